//! `GET /v1/shop` - shows the seller their own shop, deleted or not. One read.

use souk_store_shops::ShopsExt as _;
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::view::OwnShopView;

/// Shows a seller their shop.
#[derive(Debug)]
pub struct GetOwnShop;

impl Endpoint for GetOwnShop {
    const ROUTE: Route = route!(GET "/v1/shop");
    const SUMMARY: &'static str = "Your shop, also if it is deleted and can still be restored";
    const PROBLEMS: &'static [Code] = &[Code::NoShop];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = ();
    type Output = Json<OwnShopView>;

    async fn handle(cx: &Cx<'_, StoreMedia>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let whole = cx.store.shops().whole(seller.shop()).await?.ok_or(Code::NoShop)?;
        Ok(Json(OwnShopView::of(&whole.shop, whole.followers.followers, &cx.media)))
    }
}
