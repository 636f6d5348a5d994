//! `PUT /v1/recently-viewed/{product}` - records that the shopper viewed a product.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::product::{ProductPath, require_on_sale};

/// Records that the shopper viewed a product.
#[derive(Debug)]
pub struct RecordView;

impl Endpoint for RecordView {
    const ROUTE: Route = route!(PUT "/v1/recently-viewed/{product}");
    const SUMMARY: &'static str = "Record that you viewed a product";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<ProductPath>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(path): Path<ProductPath>) -> Result<NoContent, Problem> {
        require_on_sale(cx, path.product).await?;
        cx.views().record(shopper.id, path.product, cx.now).await?;
        Ok(NoContent)
    }
}
