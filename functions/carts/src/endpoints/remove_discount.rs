//! `DELETE /v1/cart/discounts/{shop}` - a shop's discount is not to apply to the cart. Removing what is not there changes
//! nothing.

use souk_web::{Cx, Endpoint, Json, Path, Problem, Route, Shopper, route};

use crate::{change::drop_discount, deps::StoreMediaCurrency, input::OfShop, view::CartView};

/// Removes a discount.
#[derive(Debug)]
pub struct RemoveDiscount;

impl Endpoint for RemoveDiscount {
    const ROUTE: Route = route!(DELETE "/v1/cart/discounts/{shop}");
    const SUMMARY: &'static str = "Take a shop's discount off your cart";

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = Path<OfShop>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        Path(of): Self::Input,
    ) -> Result<Self::Output, Problem> {
        drop_discount(cx, shopper.cart(), of.shop).await.map(Json)
    }
}
