//! `GET /v1/guest-carts/{cart}` - returns a guest's cart at current prices, with two reads, or three with the shipping to a
//! country.

use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Query, Route, route};

use crate::{
    change::show,
    deps::StoreMediaCurrency,
    input::{Destination, GuestCartPath},
    view::CartView,
};

/// Returns a guest's cart.
#[derive(Debug)]
pub struct GetGuestCart;

impl Endpoint for GetGuestCart {
    const ROUTE: Route = route!(GET "/v1/guest-carts/{cart}");
    const SUMMARY: &'static str = "A guest's cart at current prices";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = (Path<GuestCartPath>, Query<Destination>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        (Path(path), Query(to)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        show(cx, path.cart, to.country).await.map(Json)
    }
}
