//! `GET /v1/product-slugs/check` - whether a slug is free. One read.

use serde::Serialize;
use souk_domain::Slug;
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_web::{Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Query, Route, Seller, route};

/// Looks a slug up.
#[derive(Debug)]
pub struct CheckSlug;

/// Which slug.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CheckSlugQuery {
    /// The slug.
    slug: Slug,
}

/// What there is to say of a slug.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SlugCheck")]
pub struct Output {
    /// The slug.
    slug: Slug,
    /// Whether no product has it. Deleted ones have theirs until they are purged.
    free: bool,
}

impl Endpoint for CheckSlug {
    const ROUTE: Route = route!(GET "/v1/product-slugs/check");
    const SUMMARY: &'static str = "Whether a slug is free for a product";

    type Deps = Store;
    type Caller = Seller;
    type Input = Query<CheckSlugQuery>;
    type Output = Json<Output>;

    async fn handle(
        cx: &Cx<'_, Store>,
        _: Seller,
        Query(CheckSlugQuery { slug }): Query<CheckSlugQuery>,
    ) -> Result<Self::Output, Problem> {
        let taken = cx.products().taken(std::slice::from_ref(&slug)).await?;
        Ok(Json(Output { free: taken.is_empty(), slug }))
    }
}
