//! `DELETE /v1/cart/lines/{sku}` - removes a line from the shopper's cart. Removing a line that does not exist changes
//! nothing.

use souk_store_sales::carts::Change;
use souk_web::{Cx, Endpoint, Json, Path, Problem, Route, Shopper, route};

use crate::{change::change, deps::StoreMediaCurrency, input::CartLinePath, view::CartView};

/// Removes a line from the shopper's cart.
#[derive(Debug)]
pub struct RemoveCartLine;

impl Endpoint for RemoveCartLine {
    const ROUTE: Route = route!(DELETE "/v1/cart/lines/{sku}");
    const SUMMARY: &'static str = "Remove a variant from your cart";

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = Path<CartLinePath>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        Path(path): Path<CartLinePath>,
    ) -> Result<Self::Output, Problem> {
        change(cx, shopper.cart(), Change::Remove(path.sku)).await.map(Json)
    }
}
