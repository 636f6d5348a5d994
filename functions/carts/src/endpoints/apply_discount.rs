//! `PUT /v1/cart/discounts/{shop}` - adds a shop's discount to the shopper's cart and replaces another discount of
//! the shop.

use souk_web::{Body, Code, Cx, Endpoint, Json, Limit, Path, Problem, Route, Shopper, route};

use crate::{
    change::apply,
    deps::StoreMediaCurrency,
    input::{CartDiscountChange, CartDiscountPath},
    view::CartView,
};

/// Adds a shop's discount to the shopper's cart.
#[derive(Debug)]
pub struct ApplyDiscount;

impl Endpoint for ApplyDiscount {
    const ROUTE: Route = route!(PUT "/v1/cart/discounts/{shop}");
    const SUMMARY: &'static str = "Apply a shop's discount code to your cart, and get the reduced prices";
    // Codes are short words. The limit prevents finding one by trial.
    const LIMIT: Option<Limit> = Some(Limit::per_minute(30, 30));
    const PROBLEMS: &'static [Code] = &[Code::DiscountRefused];

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = (Path<CartDiscountPath>, Body<CartDiscountChange>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        apply(cx, shopper.cart(), path.shop, input.code).await.map(Json)
    }
}
