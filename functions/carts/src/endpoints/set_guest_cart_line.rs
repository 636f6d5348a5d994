//! `PUT /v1/guest-carts/{cart}/lines/{sku}` - so many of a SKU are to be in a guest's cart.

use souk_web::{Anyone, Body, Code, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{
    change::set,
    deps::StoreMediaCurrency,
    input::{GuestLine, LineChange},
    view::CartView,
};

/// Sets a line of a guest's cart.
#[derive(Debug)]
pub struct SetGuestCartLine;

impl Endpoint for SetGuestCartLine {
    const ROUTE: Route = route!(PUT "/v1/guest-carts/{cart}/lines/{sku}");
    const SUMMARY: &'static str = "Put so many of a SKU into a guest's cart, whatever was there";
    const PROBLEMS: &'static [Code] = &[Code::CartFull, Code::SoldOut];

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = (Path<GuestLine>, Body<LineChange>);
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        (Path(which), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        set(cx, which.cart, which.sku, input.quantity).await.map(Json)
    }
}
