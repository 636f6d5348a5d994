//! `DELETE /v1/guest-carts/{cart}` - removes everything from a guest's cart. The cart itself stays.

use souk_store_sales::carts::Change;
use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{change::change, deps::StoreMediaCurrency, input::GuestCartPath, view::CartView};

/// Empties a guest's cart.
#[derive(Debug)]
pub struct EmptyGuestCart;

impl Endpoint for EmptyGuestCart {
    const ROUTE: Route = route!(DELETE "/v1/guest-carts/{cart}");
    const SUMMARY: &'static str = "Remove everything from a guest's cart";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = Path<GuestCartPath>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        Path(path): Path<GuestCartPath>,
    ) -> Result<Self::Output, Problem> {
        change(cx, path.cart, Change::Empty).await.map(Json)
    }
}
