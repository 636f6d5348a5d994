//! `DELETE /v1/shop/discounts/{discount}` - deletes a discount. Its code can be used again.
//!
//! An open payment session keeps the discount. Carts that contain its code report that the discount does not exist.

use souk_store::{Store, happened, retry_on_conflict};
use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Seller, route};

use crate::view::DiscountPath;

/// Deletes a discount of the seller's shop.
#[derive(Debug)]
pub struct DeleteDiscount;

impl Endpoint for DeleteDiscount {
    const ROUTE: Route = route!(DELETE "/v1/shop/discounts/{discount}");
    const SUMMARY: &'static str = "Delete a discount of your shop";

    type Deps = Store;
    type Caller = Seller;
    type Input = Path<DiscountPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        Path(path): Path<DiscountPath>,
    ) -> Result<Self::Output, Problem> {
        retry_on_conflict(|| async {
            let found = cx.discounts().at(seller.shop(), path.discount).await?;
            let (discount, _) = found.ok_or(Code::NotFound)?;
            Ok(happened(cx.discounts().delete(&discount).await)?.then_some(NoContent))
        })
        .await
    }
}
