//! `PUT /v1/guest-carts/{cart}/lines/{sku}` - sets the quantity of a variant in a guest's cart.

use souk_web::{Anyone, Body, Code, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{
    change::set,
    deps::StoreMediaCurrency,
    input::{CartLineChange, GuestCartLinePath},
    view::CartView,
};

/// Sets the quantity of a variant in a guest's cart.
#[derive(Debug)]
pub struct SetGuestCartLine;

impl Endpoint for SetGuestCartLine {
    const ROUTE: Route = route!(PUT "/v1/guest-carts/{cart}/lines/{sku}");
    const SUMMARY: &'static str = "Set the quantity of a variant in a guest's cart";
    const PROBLEMS: &'static [Code] = &[Code::CartFull, Code::SoldOut];

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = (Path<GuestCartLinePath>, Body<CartLineChange>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        set(cx, path.cart, path.sku, input.quantity).await.map(Json)
    }
}
