//! `PUT /v1/cart/discounts/{shop}` - a shop's discount is to apply to the cart, in place of another one of the shop.

use souk_web::{Body, Code, Cx, Endpoint, Json, Limit, Path, Problem, Route, Shopper, route};

use crate::{
    change::apply,
    deps::StoreMediaCurrency,
    input::{DiscountChange, OfShop},
    view::CartView,
};

/// Applies a discount.
#[derive(Debug)]
pub struct ApplyDiscount;

impl Endpoint for ApplyDiscount {
    const ROUTE: Route = route!(PUT "/v1/cart/discounts/{shop}");
    const SUMMARY: &'static str = "Apply a shop's discount code to your cart, and see what it takes off";
    // Codes are short words, and must not be found by trying.
    const LIMIT: Option<Limit> = Some(Limit::per_minute(30, 30));
    const PROBLEMS: &'static [Code] = &[Code::DiscountRefused];

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = (Path<OfShop>, Body<DiscountChange>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        (Path(of), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        apply(cx, shopper.cart(), of.shop, input.code).await.map(Json)
    }
}
