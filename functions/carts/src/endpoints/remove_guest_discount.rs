//! `DELETE /v1/guest-carts/{cart}/discounts/{shop}` - a shop's discount is not to apply to a guest's cart.

use souk_web::{Anyone, Cx, Endpoint, Json, Path, Problem, Route, route};

use crate::{change::drop_discount, deps::StoreMediaCurrency, input::GuestOfShop, view::CartView};

/// Removes a discount from a guest's cart.
#[derive(Debug)]
pub struct RemoveGuestDiscount;

impl Endpoint for RemoveGuestDiscount {
    const ROUTE: Route = route!(DELETE "/v1/guest-carts/{cart}/discounts/{shop}");
    const SUMMARY: &'static str = "Take a shop's discount off a guest's cart";

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = Path<GuestOfShop>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        _: Anyone,
        Path(of): Self::Input,
    ) -> Result<Self::Output, Problem> {
        drop_discount(cx, of.cart, of.shop).await.map(Json)
    }
}
