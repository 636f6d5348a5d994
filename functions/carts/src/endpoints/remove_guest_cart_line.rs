//! `DELETE /v1/guest-carts/{cart}/lines/{sku}` - none of a SKU is to be in a guest's cart.

use souk_store_sales::carts::Change;
use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{change::change, deps::StoreMediaCurrency, input::GuestLine, view::CartView};

/// Takes a line out of a guest's cart.
#[derive(Debug)]
pub struct RemoveGuestCartLine;

impl Endpoint for RemoveGuestCartLine {
    const ROUTE: Route = route!(DELETE "/v1/guest-carts/{cart}/lines/{sku}");
    const SUMMARY: &'static str = "Take a SKU out of a guest's cart";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = Path<GuestLine>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        Path(which): Path<GuestLine>,
    ) -> Result<Self::Output, Problem> {
        change(cx, which.cart, Change::Remove(which.sku)).await.map(Json)
    }
}
