//! `PUT /v1/shop/settings` - replaces the settings of the seller's shop.

use souk_store::{Store, WriteError, retry_on_conflict};
use souk_store_shops::{
    ShopsExt as _,
    shops::{Rule, Shop},
};
use souk_web::{Body, Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{create_shop::refusal, deps::own_shop, settings::ShopSettings};

/// Sets a shop's settings.
#[derive(Debug)]
pub struct SetShopSettings;

impl Endpoint for SetShopSettings {
    const ROUTE: Route = route!(PUT "/v1/shop/settings");
    const SUMMARY: &'static str = "Change the settings of your shop";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopDeleted];

    type Deps = Store;
    type Caller = Seller;
    type Input = Body<ShopSettings>;
    type Output = Json<ShopSettings>;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        Body(settings): Body<ShopSettings>,
    ) -> Result<Self::Output, Problem> {
        retry_on_conflict(|| async {
            let before = own_shop(cx, seller.shop()).await?.shop;
            let after = Shop { low_stock: settings.low_stock, ..before.clone().next() };
            match cx.shops().edit(&before, &after, None).await {
                Ok(()) => Ok(Some(Json(settings))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Ok(None),
                Err(error) => Err(Problem::from_write(error, refusal)),
            }
        })
        .await
    }
}
