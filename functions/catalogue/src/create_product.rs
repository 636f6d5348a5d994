//! `POST /v1/products` - a seller creates a product, as a draft or on sale.
//!
//! The product, its slug's claim, its details, its SKUs and the repeatable answer are one transaction, whose conditions
//! are the shop and the category as they were read.

use souk_listing::{Bench, Draft};
use souk_web::{Body, Code, Created, Cx, Endpoint, Idempotent, Problem, Route, Seller, route};

use crate::{deps::Workbench, view::OwnDetailsView};

/// Creates a product.
#[derive(Debug)]
pub struct Room;

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/products");
    const SUMMARY: &'static str = "Create a product, as a draft or on sale";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = Bench::PROBLEMS;

    type Deps = Workbench;
    type Caller = Seller;
    type Input = Body<Draft>;
    type Output = Created<OwnDetailsView>;

    async fn handle(cx: &Cx<'_, Workbench>, seller: Seller, Body(draft): Body<Draft>) -> Result<Self::Output, Problem> {
        let whole = cx.bench.make(seller.id, cx.fresh(), &draft, cx.now, |whole| {
            let view = OwnDetailsView::of(whole, &cx.media, cx.now);
            cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()
        });
        Ok(Created(OwnDetailsView::of(&whole.await?, &cx.media, cx.now)))
    }
}
