//! `DELETE /v1/cart/discounts/{shop}` - removes a shop's discount from the shopper's cart. Removing a discount that
//! does not exist changes nothing.

use souk_web::{Cx, Endpoint, Json, Path, Problem, Route, Shopper, route};

use crate::{change, deps::StoreMediaCurrency, input::CartDiscountPath, view::CartView};

/// Removes a shop's discount from the shopper's cart.
#[derive(Debug)]
pub struct RemoveDiscount;

impl Endpoint for RemoveDiscount {
    const ROUTE: Route = route!(DELETE "/v1/cart/discounts/{shop}");
    const SUMMARY: &'static str = "Remove a shop's discount from your cart";

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = Path<CartDiscountPath>;
    type Output = Json<CartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        Path(path): Self::Input,
    ) -> Result<Self::Output, Problem> {
        change::remove_discount(cx, shopper.cart(), path.shop).await.map(Json)
    }
}
