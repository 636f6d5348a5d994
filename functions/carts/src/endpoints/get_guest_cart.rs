//! `GET /v1/guest-carts/{cart}` - returns a guest's cart at current prices, with two reads.

use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{change::show, deps::StoreMediaCurrency, input::GuestCartPath, view::CartView};

/// Returns a guest's cart.
#[derive(Debug)]
pub struct GetGuestCart;

impl Endpoint for GetGuestCart {
    const ROUTE: Route = route!(GET "/v1/guest-carts/{cart}");
    const SUMMARY: &'static str = "A guest's cart at current prices";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = Path<GuestCartPath>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        Path(path): Path<GuestCartPath>,
    ) -> Result<Self::Output, Problem> {
        show(cx, path.cart).await.map(Json)
    }
}
