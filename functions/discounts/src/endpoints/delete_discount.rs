//! `DELETE /v1/shop/discounts/{discount}` - a discount is no more, and its code is free.
//!
//! Who is about to pay with it pays what was agreed. Carts that ask for it say that there is no such discount.

use souk_store::{ATTEMPTS, Store, happened};
use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Seller, route};

use crate::view::Which;

/// Deletes a discount.
#[derive(Debug)]
pub struct DeleteDiscount;

impl Endpoint for DeleteDiscount {
    const ROUTE: Route = route!(DELETE "/v1/shop/discounts/{discount}");
    const SUMMARY: &'static str = "Delete a discount of your shop";

    type Deps = Store;
    type Caller = Seller;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, seller: Seller, Path(which): Path<Which>) -> Result<Self::Output, Problem> {
        for _ in 0..ATTEMPTS {
            let found = cx.discounts().at(seller.shop(), which.discount).await?;
            let (discount, _) = found.ok_or(Code::NotFound)?;
            if happened(cx.discounts().delete(&discount).await)? {
                return Ok(NoContent);
            }
        }
        Err(Code::Unavailable.into())
    }
}
