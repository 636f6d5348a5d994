//! `POST /v1/products/{product}/restore` - restores a deleted product as it was.

use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::{
    own::{ProductPath, rewrite},
    view::OwnProductView,
};

/// Restores a product.
#[derive(Debug)]
pub struct RestoreProduct;

impl Endpoint for RestoreProduct {
    const ROUTE: Route = route!(POST "/v1/products/{product}/restore");
    const SUMMARY: &'static str = "Restore a deleted product of yours; one that is not deleted stays as it is";

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Path<ProductPath>;
    type Output = Json<OwnProductView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Path(path): Path<ProductPath>,
    ) -> Result<Self::Output, Problem> {
        let product = rewrite(&cx.store, &seller, path.product, |product| match product.purge_at() {
            None => Ok(None),
            // The product could have been purged already. A late purge does not extend the time.
            Some(purge_at) if purge_at <= cx.now => Err(Code::NotFound.into()),
            Some(_) => Ok(Some(product.restored(cx.now))),
        });
        Ok(Json(OwnProductView::of(&product.await?, &cx.media, cx.now)))
    }
}
