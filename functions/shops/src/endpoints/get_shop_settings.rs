//! `GET /v1/shop/settings` - shows the settings of the seller's shop. One read.

use souk_store::Store;
use souk_web::{Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{deps::own_shop, settings::ShopSettings};

/// Shows a shop's settings.
#[derive(Debug)]
pub struct GetShopSettings;

impl Endpoint for GetShopSettings {
    const ROUTE: Route = route!(GET "/v1/shop/settings");
    const SUMMARY: &'static str = "The settings of your shop";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopDeleted];

    type Deps = Store;
    type Caller = Seller;
    type Input = ();
    type Output = Json<ShopSettings>;

    async fn handle(cx: &Cx<'_, Store>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let whole = own_shop(cx, seller.shop()).await?;
        Ok(Json(ShopSettings::of(&whole.shop)))
    }
}
