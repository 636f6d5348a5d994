//! `PUT /v1/wishlist/{product}` - a product comes onto the shopper's wishlist, or stays on it.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::product::{Which, must_be_on_sale};

/// Wishes for a product.
#[derive(Debug)]
pub struct AddToWishlist;

impl Endpoint for AddToWishlist {
    const ROUTE: Route = route!(PUT "/v1/wishlist/{product}");
    const SUMMARY: &'static str =
        "Put a product onto your wishlist of at most 200; one that is there stays where it is";
    const PROBLEMS: &'static [Code] = &[Code::WishlistFull];

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(which): Path<Which>) -> Result<NoContent, Problem> {
        must_be_on_sale(cx, which.product).await?;
        let added = cx.wishlists().add(shopper.id, which.product, cx.now).await?;
        added.map(|()| NoContent).map_err(|_| Code::WishlistFull.into())
    }
}
