//! `GET /v1/shop/products/{product}` - a product of the seller's with all there is to it, on sale or not. One read.

use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::{
    own::{Which, own},
    view::OwnDetailsView,
};

/// Shows a product to its seller.
#[derive(Debug)]
pub struct GetOwnProduct;

impl Endpoint for GetOwnProduct {
    const ROUTE: Route = route!(GET "/v1/shop/products/{product}");
    const SUMMARY: &'static str = "A product of yours with all there is to it, on sale or not";

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Path<Which>;
    type Output = Json<OwnDetailsView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Path(which): Path<Which>,
    ) -> Result<Self::Output, Problem> {
        let whole = own(&cx.store, &seller, which.product).await?;
        Ok(Json(OwnDetailsView::of(&whole, &cx.media, cx.now)))
    }
}
