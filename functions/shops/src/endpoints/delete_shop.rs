//! `DELETE /v1/shop` - a seller gives up their shop, and has 28 days to think again.
//!
//! The shop is closed at once, and its products leave every list a moment later. Orders stay with those who have to keep
//! them. The seller's address is barred from registering again.

use souk_domain::SellerId;
use souk_store::{ATTEMPTS, WriteError};
use souk_store_identity::IdentityExt as _;
use souk_store_shops::{
    ShopsExt as _,
    shops::{Barred, Rule},
};
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{create_shop::refusal, deps::changed, view::OwnView};

/// Deletes a shop.
#[derive(Debug)]
pub struct DeleteShop;

impl Endpoint for DeleteShop {
    const ROUTE: Route = route!(DELETE "/v1/shop");
    const SUMMARY: &'static str = "Delete your shop; it can be restored for 28 days, and is gone for good then";
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] = &[Code::NoShop];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = ();
    type Output = Json<OwnView>;

    async fn handle(cx: &Cx<'_, StoreMedia>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let (shops, id) = (cx.store.shops(), seller.shop());
        let account = cx.store.accounts().seller(SellerId::from(id)).await?.ok_or(Code::NotSignedIn)?;
        let barred = Barred { email: account.email, shop: id, at: cx.now };
        let news = changed(cx, id)?;
        for _ in 0..ATTEMPTS {
            let before = shops.whole(id).await?.ok_or(Code::NoShop)?;
            let followers = before.followers.followers;
            if before.shop.deleted_at.is_some() {
                return Ok(Json(OwnView::of(&before.shop, followers, &cx.media)));
            }
            let after = before.shop.clone().deleted(cx.now);
            match shops.delete(&before, &after, &barred, &news).await {
                Ok(()) => return Ok(Json(OwnView::of(&after, followers, &cx.media))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => {}
                Err(error) => return Err(Problem::from_write(error, refusal)),
            }
        }
        Err(Code::Unavailable.into())
    }
}
