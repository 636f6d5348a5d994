//! `PUT /v1/cart/lines/{sku}` - so many of a SKU are to be in the cart.

use souk_domain::{Quantity, SkuId};
use souk_web::{Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Shopper, route};

use crate::{
    deps::Trolley,
    view::{CartView, view},
};

/// Sets a line of the cart.
#[derive(Debug)]
pub struct Room;

/// Which line.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// What to buy.
    sku: SkuId,
}

/// How many.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "CartLineChange")]
pub struct Input {
    /// How many are to be in the cart, whatever was there before.
    quantity: Quantity,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(PUT "/v1/cart/lines/{sku}");
    const SUMMARY: &'static str = "Put so many of a SKU into your cart, whatever was there";
    const PROBLEMS: &'static [Code] = &[Code::CartFull, Code::SoldOut];

    type Deps = Trolley;
    type Caller = Shopper;
    type Input = (Path<Which>, Body<Input>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, Trolley>,
        shopper: Shopper,
        (Path(which), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let found = cx.store.products().for_sale(&[which.sku]).await?;
        let (_, sku) = found.first().ok_or(Code::NotFound)?;
        if sku.available.get() < input.quantity.get() {
            let left = format!("{} left", sku.available.get());
            return Err(Problem::new(Code::SoldOut).field("/quantity", "sold_out", left));
        }
        let cart = cx.store.carts().set(shopper.cart(), which.sku, input.quantity).await?;
        let cart = cart.map_err(|_| Problem::new(Code::CartFull))?;
        view(cx, &cart).await.map(Json)
    }
}
