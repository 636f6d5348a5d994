//! `PUT /v1/recently-viewed/{product}` - the shopper looked at a product just now.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::product::{Which, must_be_on_sale};

/// Remembers a look at a product.
#[derive(Debug)]
pub struct RecordView;

impl Endpoint for RecordView {
    const ROUTE: Route = route!(PUT "/v1/recently-viewed/{product}");
    const SUMMARY: &'static str = "Remember that you looked at a product just now";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(which): Path<Which>) -> Result<NoContent, Problem> {
        must_be_on_sale(cx, which.product).await?;
        cx.views().record(shopper.id, which.product, cx.now).await?;
        Ok(NoContent)
    }
}
