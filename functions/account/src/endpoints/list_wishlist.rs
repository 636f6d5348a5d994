//! `GET /v1/wishlist` - lists the products on the shopper's wishlist, newest first, with two reads.

use souk_store_shoppers::ShoppersExt as _;
use souk_views::StoreMediaCursors;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, Shopper, route};

use crate::product::{ProductLine, product_lines};

/// Lists the shopper's wishlist.
#[derive(Debug)]
pub struct ListWishlist;

impl Endpoint for ListWishlist {
    const ROUTE: Route = route!(GET "/v1/wishlist");
    const SUMMARY: &'static str = "Your wishlist with its products as they are now, newest entry first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreMediaCursors;
    type Caller = Shopper;
    type Input = Query<Paging>;
    type Output = Json<Listed<ProductLine>>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCursors>,
        shopper: Shopper,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&shopper);
        let page = cx.store.wishlists().of(shopper.id, list.open(&paging)?, paging.limit()).await?;
        let line = product_lines(&cx.store, &cx.media, &page.items, cx.now).await?;
        list.seal(page, line).map(Json)
    }
}
