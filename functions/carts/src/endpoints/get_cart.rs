//! `GET /v1/cart` - returns the shopper's cart at current prices, with two reads, or three with the shipping to a country.

use souk_web::{Cx, Endpoint, Json, Problem, Query, Route, Shopper, route};

use crate::{change::show, deps::StoreMediaCurrency, input::Destination, view::CartView};

/// Returns the shopper's cart.
#[derive(Debug)]
pub struct GetCart;

impl Endpoint for GetCart {
    const ROUTE: Route = route!(GET "/v1/cart");
    const SUMMARY: &'static str = "Your cart at current prices";

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = Query<Destination>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        Query(to): Query<Destination>,
    ) -> Result<Self::Output, Problem> {
        show(cx, shopper.cart(), to.country).await.map(Json)
    }
}
