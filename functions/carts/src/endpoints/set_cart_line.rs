//! `PUT /v1/cart/lines/{sku}` - so many of a SKU are to be in the cart.

use souk_web::{Body, Code, Cx, Endpoint, Json, Path, Problem, Route, Shopper, route};

use crate::{
    change::set,
    deps::StoreMediaCurrency,
    input::{Line, LineChange},
    view::CartView,
};

/// Sets a line of the cart.
#[derive(Debug)]
pub struct SetCartLine;

impl Endpoint for SetCartLine {
    const ROUTE: Route = route!(PUT "/v1/cart/lines/{sku}");
    const SUMMARY: &'static str = "Put so many of a SKU into your cart, whatever was there";
    const PROBLEMS: &'static [Code] = &[Code::CartFull, Code::SoldOut];

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = (Path<Line>, Body<LineChange>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        (Path(which), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        set(cx, shopper.cart(), which.sku, input.quantity).await.map(Json)
    }
}
