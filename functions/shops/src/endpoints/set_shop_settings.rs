//! `PUT /v1/shop/settings` - replaces the settings of the seller's shop.
//!
//! Carts show new terms of shipping and tax at once. Open payment sessions and orders keep those of their checkout.

use souk_store::{WriteError, retry_on_conflict};
use souk_store_shops::{ShopsExt as _, shops::Rule};
use souk_web::{Body, Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{
    create_shop::refusal,
    deps::{StoreCurrency, own_shop},
    settings::ShopSettings,
};

/// Sets a shop's settings.
#[derive(Debug)]
pub struct SetShopSettings;

impl Endpoint for SetShopSettings {
    const ROUTE: Route = route!(PUT "/v1/shop/settings");
    const SUMMARY: &'static str = "Change the settings of your shop";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopDeleted];

    type Deps = StoreCurrency;
    type Caller = Seller;
    type Input = Body<ShopSettings>;
    type Output = Json<ShopSettings>;

    async fn handle(
        cx: &Cx<'_, StoreCurrency>,
        seller: Seller,
        Body(settings): Body<ShopSettings>,
    ) -> Result<Self::Output, Problem> {
        settings.check(&cx.store, cx.currency).await?;
        retry_on_conflict(|| async {
            let before = own_shop(&cx.store, seller.shop()).await?.shop;
            let after = settings.apply_to(before.clone());
            match cx.store.shops().edit(&before, &after, None).await {
                Ok(()) => Ok(Some(Json(ShopSettings::of(&after)))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Ok(None),
                Err(error) => Err(Problem::from_write(error, refusal)),
            }
        })
        .await
    }
}
