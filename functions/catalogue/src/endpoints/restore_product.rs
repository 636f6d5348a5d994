//! `POST /v1/products/{product}/restore` - a deleted product is had back as it was.

use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::{
    own::{Which, rewrite},
    view::OwnProductView,
};

/// Restores a product.
#[derive(Debug)]
pub struct RestoreProduct;

impl Endpoint for RestoreProduct {
    const ROUTE: Route = route!(POST "/v1/products/{product}/restore");
    const SUMMARY: &'static str = "Have a deleted product of yours back; one that is not deleted stays as it is";

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Path<Which>;
    type Output = Json<OwnProductView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Path(which): Path<Which>,
    ) -> Result<Self::Output, Problem> {
        let product = rewrite(&cx.store, &seller, which.product, |product| match product.purge_at() {
            None => Ok(None),
            // The purge is late, and does not make anybody's time longer.
            Some(purge_at) if purge_at <= cx.now => Err(Code::NotFound.into()),
            Some(_) => Ok(Some(product.restored(cx.now))),
        });
        Ok(Json(OwnProductView::of(&product.await?, &cx.media, cx.now)))
    }
}
