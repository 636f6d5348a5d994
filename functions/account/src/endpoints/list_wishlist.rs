//! `GET /v1/wishlist` - what the shopper wishes for, the newest first. Two reads.

use souk_store_shoppers::ShoppersExt as _;
use souk_views::StoreMediaCursors;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, Shopper, route};

use crate::product::{ProductLine, look_up};

/// Lists the wishes.
#[derive(Debug)]
pub struct ListWishlist;

impl Endpoint for ListWishlist {
    const ROUTE: Route = route!(GET "/v1/wishlist");
    const SUMMARY: &'static str = "Your wishlist as its products are now, the newest wish first";
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
        let list = format!("wishlist of {}", shopper.id);
        let from = cx.cursors.open(&list, &paging)?;
        let page = cx.store.wishlists().of(shopper.id, from, paging.limit()).await?;
        let line = look_up(&cx.store, &cx.media, &page.items, cx.now).await?;
        cx.cursors.seal(&list, page, line).map(Json)
    }
}
