//! `GET /v1/shop/followers` - lists the shoppers who follow the seller's shop, the newest follow first. Two reads.

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

/// A shopper who follows a shop.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Follower")]
pub struct FollowerView {
    /// The name; absent if the account was just deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    /// The picture that represents the shopper.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<PictureView>,
    /// Since when the shopper follows the shop.
    at: Timestamp,
}

impl Endpoint for ListFollowers {
    const ROUTE: Route = route!(GET "/v1/shop/followers");
    const SUMMARY: &'static str = "The shoppers who follow your shop, the newest follow first";
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
        let list = cx.cursors.list::<Self>(&seller);
        let page = cx.store.follows().followers(shop, list.open(&paging)?, paging.limit()).await?;
        let view = |(follower, user): (Follower, Option<User>)| {
            let avatar = user.as_ref().and_then(|user| user.avatar.as_ref());
            FollowerView {
                avatar: avatar.map(|avatar| media.view(&avatar.picture)),
                name: user.map(|user| user.name),
                at: follower.at,
            }
        };
        list.seal(page, view).map(Json)
    }
}
