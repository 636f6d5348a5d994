//! `DELETE /v1/wishlist/{product}` - a product is not on the shopper's wishlist, whether it was or not.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::product::Which;

/// Wishes no longer for a product.
#[derive(Debug)]
pub struct RemoveFromWishlist;

impl Endpoint for RemoveFromWishlist {
    const ROUTE: Route = route!(DELETE "/v1/wishlist/{product}");
    const SUMMARY: &'static str = "Take a product off your wishlist, whether it was there or not";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(which): Path<Which>) -> Result<NoContent, Problem> {
        cx.wishlists().remove(shopper.id, which.product).await?;
        Ok(NoContent)
    }
}
