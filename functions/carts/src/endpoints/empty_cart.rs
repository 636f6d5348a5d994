//! `DELETE /v1/cart` - removes everything from the shopper's cart.

use souk_store_sales::carts::Change;
use souk_web::{Cx, Endpoint, Json, Problem, Route, Shopper, route};

use crate::{change::change, deps::StoreMediaCurrency, view::CartView};

/// Empties the shopper's cart.
#[derive(Debug)]
pub struct EmptyCart;

impl Endpoint for EmptyCart {
    const ROUTE: Route = route!(DELETE "/v1/cart");
    const SUMMARY: &'static str = "Remove everything from your cart";

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = ();
    type Output = Json<CartView>;

    async fn handle(cx: &Cx<'_, StoreMediaCurrency>, shopper: Shopper, (): ()) -> Result<Self::Output, Problem> {
        change(cx, shopper.cart(), Change::Empty).await.map(Json)
    }
}
