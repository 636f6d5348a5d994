//! `DELETE /v1/guest-carts/{cart}` - nothing is to be in a guest's cart, which stays.

use souk_store_sales::carts::Change;
use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{change::change, deps::StoreMediaCurrency, input::Guest, view::CartView};

/// Empties a guest's cart.
#[derive(Debug)]
pub struct EmptyGuestCart;

impl Endpoint for EmptyGuestCart {
    const ROUTE: Route = route!(DELETE "/v1/guest-carts/{cart}");
    const SUMMARY: &'static str = "Take everything out of a guest's cart";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = Path<Guest>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        Path(which): Path<Guest>,
    ) -> Result<Self::Output, Problem> {
        change(cx, which.cart, Change::Empty).await.map(Json)
    }
}
