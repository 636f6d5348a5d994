//! `DELETE /v1/products/{product}/offer` - ends the offer of a product at once. The product costs its normal price
//! again.

use souk_store_catalogue::products::Product;
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Seller, route};

use crate::own::{ProductPath, rewrite};

/// Ends an offer.
#[derive(Debug)]
pub struct EndOffer;

impl Endpoint for EndOffer {
    const ROUTE: Route = route!(DELETE "/v1/products/{product}/offer");
    const SUMMARY: &'static str = "End the offer of a product of yours, or cancel one that has not begun";
    const PROBLEMS: &'static [Code] = &[Code::NoShop];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Path<ProductPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Path(path): Path<ProductPath>,
    ) -> Result<NoContent, Problem> {
        let ended = rewrite(&cx.store, &seller, path.product, |product| {
            Ok(product.offer.is_some().then(|| Product { offer: None, updated_at: cx.now, ..product.next() }))
        });
        ended.await.map(|_| NoContent)
    }
}
