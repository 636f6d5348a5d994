//! `DELETE /v1/cart/lines/{sku}` - none of a SKU is to be in the cart. Taking out what is not there changes nothing.

use souk_store_sales::carts::Change;
use souk_web::{Cx, Endpoint, Json, Path, Problem, Route, Shopper, route};

use crate::{change::change, deps::StoreMediaCurrency, input::Line, view::CartView};

/// Takes a line out of the cart.
#[derive(Debug)]
pub struct RemoveCartLine;

impl Endpoint for RemoveCartLine {
    const ROUTE: Route = route!(DELETE "/v1/cart/lines/{sku}");
    const SUMMARY: &'static str = "Take a SKU out of your cart";

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = Path<Line>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        Path(which): Path<Line>,
    ) -> Result<Self::Output, Problem> {
        change(cx, shopper.cart(), Change::Remove(which.sku)).await.map(Json)
    }
}
