//! `DELETE /v1/products/{product}` - deletes a product. It leaves every list at once and can be restored for 24 hours.

use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, NoContent, Path, Problem, Route, Seller, route};

use crate::own::{ProductPath, rewrite};

/// Deletes a product.
#[derive(Debug)]
pub struct DeleteProduct;

impl Endpoint for DeleteProduct {
    const ROUTE: Route = route!(DELETE "/v1/products/{product}");
    const SUMMARY: &'static str = "Delete a product of yours; for 24 hours it can be restored";

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Path<ProductPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Path(path): Path<ProductPath>,
    ) -> Result<NoContent, Problem> {
        // A repeated deletion does not restart the 24 hours.
        let deleted = rewrite(&cx.store, &seller, path.product, |product| {
            Ok(product.deleted_at.is_none().then(|| product.deleted(cx.now)))
        });
        deleted.await.map(|_| NoContent)
    }
}
