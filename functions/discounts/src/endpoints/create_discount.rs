//! `POST /v1/shop/discounts` - creates a discount for the seller's shop.

use souk_store_sales::{SalesExt as _, discounts::Rule};
use souk_web::{Body, Code, Created, Cx, Endpoint, Idempotent, Problem, Route, Seller, route};

use crate::{deps::StoreCurrency, form::DiscountForm, view::DiscountView};

/// Creates a discount for the seller's shop.
#[derive(Debug)]
pub struct CreateDiscount;

impl Endpoint for CreateDiscount {
    const ROUTE: Route = route!(POST "/v1/shop/discounts");
    const SUMMARY: &'static str = "Create a discount for shoppers who know its code";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::DiscountCodeTaken];

    type Deps = StoreCurrency;
    type Caller = Seller;
    type Input = Body<DiscountForm>;
    type Output = Created<DiscountView>;

    async fn handle(
        cx: &Cx<'_, StoreCurrency>,
        seller: Seller,
        Body(form): Body<DiscountForm>,
    ) -> Result<Self::Output, Problem> {
        form.check(&cx.store, cx.currency, seller.shop()).await?;
        let discount = form.to_discount(cx.fresh(), seller.shop(), cx.now);
        let view = DiscountView::of(discount.clone(), 0);
        let answer = cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()?;
        let created = cx.store.discounts().create(&discount, answer.as_ref()).await;
        created.map_err(|error| Problem::from_write(error, refusal))?;
        Ok(Created(view))
    }
}

/// Returns the problem for the rules that the transaction broke.
pub(crate) fn refusal(rules: &[Rule]) -> Problem {
    match rules {
        rules if rules.contains(&Rule::NoShop) => Code::NoShop.into(),
        rules if rules.contains(&Rule::CodeTaken) => {
            Problem::new(Code::DiscountCodeTaken).field("/code", "taken", "is the code of another discount of yours")
        }
        _ => Code::Unavailable.into(),
    }
}
