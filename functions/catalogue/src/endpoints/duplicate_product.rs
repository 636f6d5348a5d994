//! `POST /v1/products/{product}/duplicate` - another product like one of the seller's, as a draft and without stock.

use souk_domain::{Stock, product::Status};
use souk_listing::{Draft, ProductBuilder};
use souk_web::{Code, Created, Cx, Endpoint, Idempotent, Path, Problem, Route, Seller, route};

use crate::{
    deps::BuilderMedia,
    own::{Which, own},
    view::OwnDetailsView,
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
    type Input = Path<Which>;
    type Output = Created<OwnDetailsView>;

    async fn handle(
        cx: &Cx<'_, BuilderMedia>,
        seller: Seller,
        Path(which): Path<Which>,
    ) -> Result<Self::Output, Problem> {
        let original = own(&cx.builder.store, &seller, which.product).await?;
        let mut draft = Draft { slug: None, status: Status::Draft, ..Draft::of(&original) };
        for sku in &mut draft.skus {
            // The pieces that there are, are the original's.
            sku.stock = Stock::NONE;
        }
        let copy = cx.builder.make(seller.id, cx.fresh(), &draft, cx.now, |whole| {
            let view = OwnDetailsView::of(whole, &cx.media, cx.now);
            cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()
        });
        Ok(Created(OwnDetailsView::of(&copy.await?, &cx.media, cx.now)))
    }
}
