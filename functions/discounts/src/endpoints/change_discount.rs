//! `PUT /v1/shop/discounts/{discount}` - replaces the terms of a discount, or turns it off or on.
//!
//! The request replaces the whole discount, so that repeating it changes nothing. An open payment session keeps the old
//! terms. The count of uses stays.

use souk_store::{WriteError, retry_on_conflict};
use souk_store_sales::{SalesExt as _, discounts::Rule};
use souk_web::{Body, Code, Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::{
    create_discount::refusal,
    deps::StoreCurrency,
    form::DiscountForm,
    view::{DiscountPath, DiscountView},
};

/// Replaces the terms of a discount.
#[derive(Debug)]
pub struct ChangeDiscount;

impl Endpoint for ChangeDiscount {
    const ROUTE: Route = route!(PUT "/v1/shop/discounts/{discount}");
    const SUMMARY: &'static str = "Change a discount of your shop, or turn it off or on";
    const PROBLEMS: &'static [Code] = &[Code::DiscountCodeTaken];

    type Deps = StoreCurrency;
    type Caller = Seller;
    type Input = (Path<DiscountPath>, Body<DiscountForm>);
    type Output = Json<DiscountView>;

    async fn handle(
        cx: &Cx<'_, StoreCurrency>,
        seller: Seller,
        (Path(path), Body(form)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let discounts = cx.store.discounts();
        retry_on_conflict(|| async {
            let found = discounts.at(seller.shop(), path.discount).await?;
            let (before, used) = found.ok_or(Code::NotFound)?;
            form.check(&cx.store, cx.currency, seller.shop()).await?;
            let after = form.apply_to(&before);
            match discounts.change(&before, &after).await {
                Ok(()) => Ok(Some(Json(DiscountView::of(after, used)))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Ok(None),
                Err(error) => Err(Problem::from_write(error, refusal)),
            }
        })
        .await
    }
}
