//! `PUT /v1/wishlist/{product}` - adds a product to the shopper's wishlist. A product that is on it keeps its place.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::product::{ProductPath, require_on_sale};

/// Adds a product to the shopper's wishlist.
#[derive(Debug)]
pub struct AddToWishlist;

impl Endpoint for AddToWishlist {
    const ROUTE: Route = route!(PUT "/v1/wishlist/{product}");
    const SUMMARY: &'static str =
        "Add a product to your wishlist of at most 200; a product that is on it keeps its place";
    const PROBLEMS: &'static [Code] = &[Code::WishlistFull];

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<ProductPath>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(path): Path<ProductPath>) -> Result<NoContent, Problem> {
        require_on_sale(cx, path.product).await?;
        let added = cx.wishlists().add(shopper.id, path.product, cx.now).await?;
        added.map(|()| NoContent).map_err(|_| Code::WishlistFull.into())
    }
}
