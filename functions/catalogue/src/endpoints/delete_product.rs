//! `DELETE /v1/products/{product}` - a product is gone from every list, and can be had back for 24 hours.

use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, NoContent, Path, Problem, Route, Seller, route};

use crate::own::{Which, rewrite};

/// Deletes a product.
#[derive(Debug)]
pub struct DeleteProduct;

impl Endpoint for DeleteProduct {
    const ROUTE: Route = route!(DELETE "/v1/products/{product}");
    const SUMMARY: &'static str = "Delete a product of yours; for 24 hours it can be restored";

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, StoreMedia>, seller: Seller, Path(which): Path<Which>) -> Result<NoContent, Problem> {
        // Deleting again does not begin the 24 hours anew.
        let deleted = rewrite(&cx.store, &seller, which.product, |product| {
            Ok(product.deleted_at.is_none().then(|| product.deleted(cx.now)))
        });
        deleted.await.map(|_| NoContent)
    }
}
