//! `DELETE /v1/wishlist/{product}` - removes a product from the shopper's wishlist. Removing a product that is not on
//! it changes nothing.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::product::ProductPath;

/// Removes a product from the shopper's wishlist.
#[derive(Debug)]
pub struct RemoveFromWishlist;

impl Endpoint for RemoveFromWishlist {
    const ROUTE: Route = route!(DELETE "/v1/wishlist/{product}");
    const SUMMARY: &'static str = "Remove a product from your wishlist; this succeeds if it is not on it";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<ProductPath>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(path): Path<ProductPath>) -> Result<NoContent, Problem> {
        cx.wishlists().remove(shopper.id, path.product).await?;
        Ok(NoContent)
    }
}
