//! `GET /v1/products/{slug}/related` - lists products that are similar to a listed one, the most similar first. Two
//! reads to find the product.

use serde::Serialize;
use souk_domain::Slug;
use souk_product_views::ProductView;
use souk_store_catalogue::{CatalogueExt as _, products::Product};
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::{
    deps::ListDeps,
    listing::{cards, unreadable},
};

/// Lists related products.
#[derive(Debug)]
pub struct ListRelatedProducts;

/// The product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct ListRelatedProductsPath {
    /// The slug of the product.
    slug: Slug,
}

/// Products that are similar to another.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RelatedProducts {
    /// At most 20 products, the most similar first.
    items: Vec<ProductView>,
}

/// How many products are answered at most.
const MOST: usize = 20;

impl Endpoint for ListRelatedProducts {
    const ROUTE: Route = route!(GET "/v1/products/{slug}/related");
    const SUMMARY: &'static str = "Products similar to this one";

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = Path<ListRelatedProductsPath>;
    type Output = Json<RelatedProducts>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        _: Anyone,
        Path(ListRelatedProductsPath { slug }): Path<ListRelatedProductsPath>,
    ) -> Result<Self::Output, Problem> {
        let index_version = cx.index.newest(cx.now).await.ok_or(Code::Unavailable)?;
        let whole = cx.store.products().by_slug(&slug).await?.ok_or(Code::NotFound)?;
        let hits = index_version.index.related(&whole.product.id.to_string(), MOST).map_err(unreadable)?;
        let view = |product: Product| cx.show(&product, cx.now);
        Ok(Json(RelatedProducts { items: cards(&hits)?.into_iter().map(view).collect() }))
    }
}
