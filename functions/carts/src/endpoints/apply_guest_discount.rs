//! `PUT /v1/guest-carts/{cart}/discounts/{shop}` - adds a shop's discount to a guest's cart. The limits for one shopper
//! are checked only after the sign-in.

use souk_web::{Anyone, Body, Code, Cx, Endpoint, Json, Limit, Path, Problem, Route, route};

use crate::{
    change::apply,
    deps::StoreMediaCurrency,
    input::{CartDiscountChange, GuestCartDiscountPath},
    view::CartView,
};

/// Adds a shop's discount to a guest's cart.
#[derive(Debug)]
pub struct ApplyGuestDiscount;

impl Endpoint for ApplyGuestDiscount {
    const ROUTE: Route = route!(PUT "/v1/guest-carts/{cart}/discounts/{shop}");
    const SUMMARY: &'static str = "Apply a shop's discount code to a guest's cart, and get the reduced prices";
    // Codes are short words. The limit prevents finding one by trial.
    const LIMIT: Option<Limit> = Some(Limit::per_minute(30, 30));
    const PROBLEMS: &'static [Code] = &[Code::DiscountRefused];

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = (Path<GuestCartDiscountPath>, Body<CartDiscountChange>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        apply(cx, path.cart, path.shop, input.code).await.map(Json)
    }
}
