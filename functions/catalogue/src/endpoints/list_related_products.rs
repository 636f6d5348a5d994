//! `GET /v1/products/{slug}/related` - products like one that is on sale, the likest first. Two reads, to know which one.

use serde::Serialize;
use souk_domain::Slug;
use souk_product_views::ProductView;
use souk_store_catalogue::{CatalogueExt as _, products::Product};
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::{
    deps::ListDeps,
    listing::{broken, cards},
};

/// Lists related products.
#[derive(Debug)]
pub struct ListRelatedProducts;

/// Which product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct ListRelatedProductsPath {
    /// The product's place in addresses.
    slug: Slug,
}

/// Products like another.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RelatedProducts")]
pub struct Output {
    /// At most 20, the likest first.
    items: Vec<ProductView>,
}

/// How many are shown at most.
const MOST: usize = 20;

impl Endpoint for ListRelatedProducts {
    const ROUTE: Route = route!(GET "/v1/products/{slug}/related");
    const SUMMARY: &'static str = "Products like this one";

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = Path<ListRelatedProductsPath>;
    type Output = Json<Output>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        _: Anyone,
        Path(ListRelatedProductsPath { slug }): Path<ListRelatedProductsPath>,
    ) -> Result<Self::Output, Problem> {
        let edition = cx.index.newest(cx.now).await.ok_or(Code::Unavailable)?;
        let whole = cx.store.products().by_slug(&slug).await?.ok_or(Code::NotFound)?;
        let hits = edition.index.related(&whole.product.id.to_string(), MOST).map_err(broken)?;
        let view = |product: Product| cx.show(&product, cx.now);
        Ok(Json(Output { items: cards(&hits)?.into_iter().map(view).collect() }))
    }
}
