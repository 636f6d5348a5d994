//! `DELETE /v1/guest-carts/{cart}/lines/{sku}` - removes a line from a guest's cart. Removing a line that does not
//! exist changes nothing.

use souk_store_sales::carts::Change;
use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{change::change, deps::StoreMediaCurrency, input::GuestCartLinePath, view::CartView};

/// Removes a line from a guest's cart.
#[derive(Debug)]
pub struct RemoveGuestCartLine;

impl Endpoint for RemoveGuestCartLine {
    const ROUTE: Route = route!(DELETE "/v1/guest-carts/{cart}/lines/{sku}");
    const SUMMARY: &'static str = "Remove a variant from a guest's cart";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = Path<GuestCartLinePath>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        Path(path): Path<GuestCartLinePath>,
    ) -> Result<Self::Output, Problem> {
        change(cx, path.cart, Change::Remove(path.sku)).await.map(Json)
    }
}
