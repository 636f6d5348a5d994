//! `GET /v1/product-slugs/check` - tells whether a slug is free for a product. One read.

use serde::Serialize;
use souk_domain::Slug;
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_web::{Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Query, Route, Seller, route};

/// Checks whether a slug is free.
#[derive(Debug)]
pub struct CheckSlug;

/// The slug to check.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CheckSlugQuery {
    /// The slug.
    slug: Slug,
}

/// The result of the check.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SlugCheck {
    /// The slug.
    slug: Slug,
    /// Whether no product has it. A deleted product keeps its slug until it is purged.
    free: bool,
}

impl Endpoint for CheckSlug {
    const ROUTE: Route = route!(GET "/v1/product-slugs/check");
    const SUMMARY: &'static str = "Check whether a slug is free for a product";

    type Deps = Store;
    type Caller = Seller;
    type Input = Query<CheckSlugQuery>;
    type Output = Json<SlugCheck>;

    async fn handle(
        cx: &Cx<'_, Store>,
        _: Seller,
        Query(CheckSlugQuery { slug }): Query<CheckSlugQuery>,
    ) -> Result<Self::Output, Problem> {
        let taken = cx.products().taken(std::slice::from_ref(&slug)).await?;
        Ok(Json(SlugCheck { free: taken.is_empty(), slug }))
    }
}
