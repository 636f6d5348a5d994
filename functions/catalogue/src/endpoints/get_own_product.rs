//! `GET /v1/shop/products/{product}` - shows the seller one of their products with all details, listed or not. One
//! read.

use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::{
    own::{ProductPath, own},
    view::OwnProductDetailsView,
};

/// Shows a product to its seller.
#[derive(Debug)]
pub struct GetOwnProduct;

impl Endpoint for GetOwnProduct {
    const ROUTE: Route = route!(GET "/v1/shop/products/{product}");
    const SUMMARY: &'static str = "A product of yours with all details, on sale or not";

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Path<ProductPath>;
    type Output = Json<OwnProductDetailsView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Path(path): Path<ProductPath>,
    ) -> Result<Self::Output, Problem> {
        let whole = own(&cx.store, &seller, path.product).await?;
        Ok(Json(OwnProductDetailsView::of(&whole, &cx.media, cx.now)))
    }
}
