//! `DELETE /v1/shop` - deletes the seller's shop. It can be restored for 28 days.
//!
//! The shop is closed at once, and its products leave every list a moment later. Orders are kept for those who must
//! keep them. The seller's mail address cannot be registered again. A seller with orders that are not delivered yet must
//! say that they know it: they have to deliver or refund them after the shop is closed, too.

use souk_domain::SellerId;
use souk_store::{WriteError, retry_on_conflict};
use souk_store_identity::IdentityExt as _;
use souk_store_sales::SalesExt as _;
use souk_store_shops::{
    ShopsExt as _,
    shops::{Barred, Rule},
};
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Deserr, Endpoint, FieldErrors, Flag, Json, JsonSchema, Problem, Query, Route, Seller, route};

use crate::{create_shop::refusal, deps::shop_changed, view::OwnShopView};

/// Deletes a shop.
#[derive(Debug)]
pub struct DeleteShop;

/// What the seller knows of the shop's orders.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct DeleteShopQuery {
    /// Whether to delete the shop although orders are not delivered yet. They remain to be delivered or refunded.
    #[deserr(default)]
    despite_undelivered_orders: Option<Flag>,
}

impl Endpoint for DeleteShop {
    const ROUTE: Route = route!(DELETE "/v1/shop");
    const SUMMARY: &'static str = "Delete your shop; it can be restored for 28 days and is then removed for good";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::UndeliveredOrders];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Query<DeleteShopQuery>;
    type Output = Json<OwnShopView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Query(input): Query<DeleteShopQuery>,
    ) -> Result<Self::Output, Problem> {
        let (shops, id) = (cx.store.shops(), seller.shop());
        let account = cx.store.accounts().seller(SellerId::from(id)).await?.ok_or(Code::NotSignedIn)?;
        let barred = Barred { email: account.email, shop: id, at: cx.now };
        let event = shop_changed(cx, id)?;
        let knowingly = input.despite_undelivered_orders == Some(Flag(true));
        retry_on_conflict(|| async {
            let before = shops.whole(id).await?.ok_or(Code::NoShop)?;
            let followers = before.followers.followers;
            if before.shop.deleted_at.is_some() {
                return Ok(Some(Json(OwnShopView::of(&before.shop, followers, &cx.media))));
            }
            if !knowingly && cx.store.orders().has_undelivered(id).await? {
                return Err(Code::UndeliveredOrders.into());
            }
            let after = before.shop.clone().deleted(cx.now);
            match shops.delete(&before, &after, &barred, &event).await {
                Ok(()) => Ok(Some(Json(OwnShopView::of(&after, followers, &cx.media)))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Ok(None),
                Err(error) => Err(Problem::from_write(error, refusal)),
            }
        })
        .await
    }
}
