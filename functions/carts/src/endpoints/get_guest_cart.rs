//! `GET /v1/guest-carts/{cart}` - a guest's cart at today's prices. Two reads.

use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{change::show, deps::StoreMediaCurrency, input::Guest, view::CartView};

/// Shows a guest's cart.
#[derive(Debug)]
pub struct GetGuestCart;

impl Endpoint for GetGuestCart {
    const ROUTE: Route = route!(GET "/v1/guest-carts/{cart}");
    const SUMMARY: &'static str = "A guest's cart, at the prices of this moment";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = Path<Guest>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        Path(which): Path<Guest>,
    ) -> Result<Self::Output, Problem> {
        show(cx, which.cart).await.map(Json)
    }
}
