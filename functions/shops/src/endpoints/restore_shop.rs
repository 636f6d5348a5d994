//! `POST /v1/shop/restore` - reopens a deleted shop with everything that it had.

use souk_domain::SellerId;
use souk_store::{WriteError, retry_on_conflict};
use souk_store_identity::IdentityExt as _;
use souk_store_shops::{ShopsExt as _, shops::Rule};
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{create_shop::refusal, deps::shop_changed, view::OwnShopView};

/// Restores a shop.
#[derive(Debug)]
pub struct RestoreShop;

impl Endpoint for RestoreShop {
    const ROUTE: Route = route!(POST "/v1/shop/restore");
    const SUMMARY: &'static str = "Restore your deleted shop; one that is not deleted stays as it is";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopClosed];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = ();
    type Output = Json<OwnShopView>;

    async fn handle(cx: &Cx<'_, StoreMedia>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let (shops, id) = (cx.store.shops(), seller.shop());
        let account = cx.store.accounts().seller(SellerId::from(id)).await?.ok_or(Code::NotSignedIn)?;
        let event = shop_changed(cx, id)?;
        retry_on_conflict(|| async {
            let before = shops.whole(id).await?.ok_or(Code::NoShop)?;
            let followers = before.followers.followers;
            match before.shop.purge_at() {
                None => return Ok(Some(Json(OwnShopView::of(&before.shop, followers, &cx.media)))),
                Some(purge_at) if before.shop.purging || purge_at <= cx.now => return Err(Code::ShopClosed.into()),
                Some(_) => {}
            }
            let after = before.shop.clone().restored();
            match shops.restore(&before, &after, &account.email, &event).await {
                Ok(()) => Ok(Some(Json(OwnShopView::of(&after, followers, &cx.media)))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Ok(None),
                Err(error) => Err(Problem::from_write(error, refusal)),
            }
        })
        .await
    }
}
