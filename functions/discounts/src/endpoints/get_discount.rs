//! `GET /v1/shop/discounts/{discount}` - a discount of the seller's shop, and how often it was used. One read.

use souk_store::Store;
use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::view::{DiscountView, Which};

/// Shows a discount.
#[derive(Debug)]
pub struct GetDiscount;

impl Endpoint for GetDiscount {
    const ROUTE: Route = route!(GET "/v1/shop/discounts/{discount}");
    const SUMMARY: &'static str = "A discount of your shop, and how often it was used";

    type Deps = Store;
    type Caller = Seller;
    type Input = Path<Which>;
    type Output = Json<DiscountView>;

    async fn handle(cx: &Cx<'_, Store>, seller: Seller, Path(which): Path<Which>) -> Result<Self::Output, Problem> {
        let found = cx.discounts().at(seller.shop(), which.discount).await?;
        found.map(|(discount, used)| Json(DiscountView::of(discount, used))).ok_or_else(|| Code::NotFound.into())
    }
}
