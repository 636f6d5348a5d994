//! `POST /v1/products/{product}/duplicate` - copies one of the seller's products to a draft without stock.

use souk_domain::{Stock, product::Status};
use souk_listing::{Draft, ProductBuilder};
use souk_web::{Code, Created, Cx, Endpoint, Idempotent, Path, Problem, Route, Seller, route};

use crate::{
    deps::BuilderMedia,
    own::{ProductPath, own},
    view::OwnProductDetailsView,
};

/// Duplicates a product.
#[derive(Debug)]
pub struct DuplicateProduct;

impl Endpoint for DuplicateProduct {
    const ROUTE: Route = route!(POST "/v1/products/{product}/duplicate");
    const SUMMARY: &'static str = "Copy a product of yours: a draft with a slug of its own, no stock and no offer";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = ProductBuilder::PROBLEMS;

    type Deps = BuilderMedia;
    type Caller = Seller;
    type Input = Path<ProductPath>;
    type Output = Created<OwnProductDetailsView>;

    async fn handle(
        cx: &Cx<'_, BuilderMedia>,
        seller: Seller,
        Path(path): Path<ProductPath>,
    ) -> Result<Self::Output, Problem> {
        let original = own(&cx.builder.store, &seller, path.product).await?;
        let mut draft = Draft { slug: None, status: Status::Draft, ..Draft::of(&original) };
        for sku in &mut draft.skus {
            // The existing pieces belong to the original.
            sku.stock = Stock::NONE;
        }
        let copy = cx.builder.create(seller.id, cx.fresh(), &draft, cx.now, |whole| {
            let view = OwnProductDetailsView::of(whole, &cx.media, cx.now);
            cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()
        });
        Ok(Created(OwnProductDetailsView::of(&copy.await?, &cx.media, cx.now)))
    }
}
