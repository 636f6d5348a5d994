//! `PUT /v1/shop/discounts/{discount}` - a discount is given on other terms, or no longer.
//!
//! The whole of it is replaced, so that repeating the request changes nothing. Who is about to pay with it pays what was
//! agreed; how often it was used stays.

use souk_store::{ATTEMPTS, WriteError};
use souk_store_sales::{SalesExt as _, discounts::Rule};
use souk_web::{Body, Code, Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::{
    create_discount::refusal,
    deps::StoreCurrency,
    form::Form,
    view::{DiscountView, Which},
};

/// Changes a discount.
#[derive(Debug)]
pub struct ChangeDiscount;

impl Endpoint for ChangeDiscount {
    const ROUTE: Route = route!(PUT "/v1/shop/discounts/{discount}");
    const SUMMARY: &'static str = "Change a discount of your shop, or switch it off and on";
    const PROBLEMS: &'static [Code] = &[Code::DiscountCodeTaken];

    type Deps = StoreCurrency;
    type Caller = Seller;
    type Input = (Path<Which>, Body<Form>);
    type Output = Json<DiscountView>;

    async fn handle(
        cx: &Cx<'_, StoreCurrency>,
        seller: Seller,
        (Path(which), Body(form)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let discounts = cx.store.discounts();
        for attempt in 0..ATTEMPTS {
            let found = discounts.at(seller.shop(), which.discount).await?;
            let (before, used) = found.ok_or(Code::NotFound)?;
            if attempt == 0 {
                form.check(&cx.store, cx.currency, seller.shop()).await?;
            }
            let after = form.applied(&before);
            match discounts.change(&before, &after).await {
                Ok(()) => return Ok(Json(DiscountView::of(after, used))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => {}
                Err(error) => return Err(Problem::from_write(error, refusal)),
            }
        }
        Err(Code::Unavailable.into())
    }
}
