//! `PUT /v1/shop` - replaces the description of the seller's shop.
//!
//! The body replaces everything, so the request is idempotent. Products show the shop's new name and slug a moment
//! later.

use souk_domain::media::Referrer;
use souk_store::{WriteError, retry_on_conflict};
use souk_store_media::MediaExt as _;
use souk_store_shops::{
    ShopsExt as _,
    shops::{Rule, ShopWithFollowers},
};
use souk_views::StoreMedia;
use souk_web::{Body, Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{
    create_shop::refusal,
    deps::{own_shop, shop_changed},
    form::ShopForm,
    view::OwnShopView,
};

/// Edits a shop.
#[derive(Debug)]
pub struct EditShop;

impl Endpoint for EditShop {
    const ROUTE: Route = route!(PUT "/v1/shop");
    const SUMMARY: &'static str = "Replace the description of your shop";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopDeleted, Code::SlugTaken];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Body<ShopForm>;
    type Output = Json<OwnShopView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Body(form): Body<ShopForm>,
    ) -> Result<Self::Output, Problem> {
        let id = seller.shop();
        let pictures = form.add_references(&cx.store, id).await?;
        let event = shop_changed(cx, id)?;
        retry_on_conflict(|| async {
            let ShopWithFollowers { shop: before, followers } = own_shop(&cx.store, id).await?;
            let after = form.fill(before.clone().next(), &pictures);
            let shown_on_products = (&before.name, &before.slug) != (&after.name, &after.slug);
            match cx.store.shops().edit(&before, &after, shown_on_products.then_some(&event)).await {
                Ok(()) => {
                    let (shown, kept) = (before.pictures(), after.pictures());
                    cx.store.media().remove_references(Referrer::Shop(id), &shown, &kept, cx.now).await?;
                    Ok(Some(Json(OwnShopView::of(&after, followers.followers, &cx.media))))
                }
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Ok(None),
                Err(error) => Err(Problem::from_write(error, refusal)),
            }
        })
        .await
    }
}
