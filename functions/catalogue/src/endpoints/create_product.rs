//! `POST /v1/products` - creates a product, as a draft or on sale.
//!
//! One transaction writes the product, the claim of its slug, its details, its SKUs and the idempotent answer. Its
//! conditions are that the shop and the category have not changed since they were read.

use souk_listing::{Draft, ProductBuilder};
use souk_web::{Body, Code, Created, Cx, Endpoint, Idempotent, Problem, Route, Seller, route};

use crate::{deps::BuilderMedia, view::OwnProductDetailsView};

/// Creates a product.
#[derive(Debug)]
pub struct CreateProduct;

impl Endpoint for CreateProduct {
    const ROUTE: Route = route!(POST "/v1/products");
    const SUMMARY: &'static str = "Create a product, as a draft or on sale";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = ProductBuilder::PROBLEMS;

    type Deps = BuilderMedia;
    type Caller = Seller;
    type Input = Body<Draft>;
    type Output = Created<OwnProductDetailsView>;

    async fn handle(
        cx: &Cx<'_, BuilderMedia>,
        seller: Seller,
        Body(draft): Body<Draft>,
    ) -> Result<Self::Output, Problem> {
        let whole = cx.builder.create(seller.id, cx.fresh(), &draft, cx.now, |whole| {
            let view = OwnProductDetailsView::of(whole, &cx.media, cx.now);
            cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()
        });
        Ok(Created(OwnProductDetailsView::of(&whole.await?, &cx.media, cx.now)))
    }
}
