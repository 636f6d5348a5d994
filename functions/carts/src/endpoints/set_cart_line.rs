//! `PUT /v1/cart/lines/{sku}` - sets the quantity of a variant in the shopper's cart.

use souk_web::{Body, Code, Cx, Endpoint, Json, Path, Problem, Route, Shopper, route};

use crate::{
    change::set,
    deps::StoreMediaCurrency,
    input::{CartLineChange, CartLinePath},
    view::CartView,
};

/// Sets the quantity of a variant in the shopper's cart.
#[derive(Debug)]
pub struct SetCartLine;

impl Endpoint for SetCartLine {
    const ROUTE: Route = route!(PUT "/v1/cart/lines/{sku}");
    const SUMMARY: &'static str = "Set the quantity of a variant in your cart";
    const PROBLEMS: &'static [Code] = &[Code::CartFull, Code::SoldOut];

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = (Path<CartLinePath>, Body<CartLineChange>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        set(cx, shopper.cart(), path.sku, input.quantity).await.map(Json)
    }
}
