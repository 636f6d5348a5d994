//! `GET /v1/shop/discounts/{discount}` - returns a discount of the seller's shop and how often it was used, with one
//! read.

use souk_store::Store;
use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::view::{DiscountPath, DiscountView};

/// Returns a discount of the seller's shop.
#[derive(Debug)]
pub struct GetDiscount;

impl Endpoint for GetDiscount {
    const ROUTE: Route = route!(GET "/v1/shop/discounts/{discount}");
    const SUMMARY: &'static str = "A discount of your shop, and how often it was used";

    type Deps = Store;
    type Caller = Seller;
    type Input = Path<DiscountPath>;
    type Output = Json<DiscountView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        Path(path): Path<DiscountPath>,
    ) -> Result<Self::Output, Problem> {
        let found = cx.discounts().at(seller.shop(), path.discount).await?;
        found.map(|(discount, used)| Json(DiscountView::of(discount, used))).ok_or_else(|| Code::NotFound.into())
    }
}
