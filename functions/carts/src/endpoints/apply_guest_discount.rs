//! `PUT /v1/guest-carts/{cart}/discounts/{shop}` - a shop's discount is to apply to a guest's cart. What one shopper may have
//! is looked at once somebody signs in.

use souk_web::{Anyone, Body, Code, Cx, Endpoint, Json, Limit, Path, Problem, Route, route};

use crate::{
    change::apply,
    deps::StoreMediaCurrency,
    input::{DiscountChange, GuestOfShop},
    view::CartView,
};

/// Applies a discount to a guest's cart.
#[derive(Debug)]
pub struct ApplyGuestDiscount;

impl Endpoint for ApplyGuestDiscount {
    const ROUTE: Route = route!(PUT "/v1/guest-carts/{cart}/discounts/{shop}");
    const SUMMARY: &'static str = "Apply a shop's discount code to a guest's cart, and see what it takes off";
    // Codes are short words, and must not be found by trying.
    const LIMIT: Option<Limit> = Some(Limit::per_minute(30, 30));
    const PROBLEMS: &'static [Code] = &[Code::DiscountRefused];

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = (Path<GuestOfShop>, Body<DiscountChange>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        (Path(of), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        apply(cx, of.cart, of.shop, input.code).await.map(Json)
    }
}
