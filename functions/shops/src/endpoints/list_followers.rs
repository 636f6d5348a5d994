//! `GET /v1/shop/followers` - who follows the seller's shop, the newest follow first. Two reads.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::PersonName;
use souk_store_identity::accounts::User;
use souk_store_shoppers::{ShoppersExt as _, follows::Follower};
use souk_views::{PictureView, StoreMediaCursors};
use souk_web::{Code, Cx, Endpoint, Json, JsonSchema, Listed, Paging, Problem, Query, Route, Seller, route};

/// Lists followers.
#[derive(Debug)]
pub struct ListFollowers;

/// Somebody who follows a shop.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Follower")]
pub struct FollowerView {
    /// What they are called; none where the account is just gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    /// What they look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<PictureView>,
    /// Since when they follow.
    at: Timestamp,
}

impl Endpoint for ListFollowers {
    const ROUTE: Route = route!(GET "/v1/shop/followers");
    const SUMMARY: &'static str = "Who follows your shop, the newest follow first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreMediaCursors;
    type Caller = Seller;
    type Input = Query<Paging>;
    type Output = Json<Listed<FollowerView>>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCursors>,
        seller: Seller,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let (shop, media) = (seller.shop(), &cx.media);
        let list = format!("followers of {shop}");
        let from = cx.cursors.open(&list, &paging)?;
        let page = cx.store.follows().followers(shop, from, paging.limit()).await?;
        let view = |(follower, user): (Follower, Option<User>)| {
            let avatar = user.as_ref().and_then(|user| user.avatar.as_ref());
            FollowerView {
                avatar: avatar.map(|avatar| media.view(&avatar.picture)),
                name: user.map(|user| user.name),
                at: follower.at,
            }
        };
        cx.cursors.seal(&list, page, view).map(Json)
    }
}
