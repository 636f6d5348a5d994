//! `DELETE /v1/guest-carts/{cart}/discounts/{shop}` - removes a shop's discount from a guest's cart. Removing a
//! discount that does not exist changes nothing.

use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{change, deps::StoreMediaCurrency, input::GuestCartDiscountPath, view::CartView};

/// Removes a shop's discount from a guest's cart.
#[derive(Debug)]
pub struct RemoveGuestDiscount;

impl Endpoint for RemoveGuestDiscount {
    const ROUTE: Route = route!(DELETE "/v1/guest-carts/{cart}/discounts/{shop}");
    const SUMMARY: &'static str = "Remove a shop's discount from a guest's cart";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = Path<GuestCartDiscountPath>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        Path(path): Self::Input,
    ) -> Result<Self::Output, Problem> {
        change::remove_discount(cx, path.cart, path.shop).await.map(Json)
    }
}
