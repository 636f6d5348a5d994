//! `GET /v1/product-slugs/suggestion` - suggests a slug for a product's title that no product has. One read.

use serde::Serialize;
use souk_domain::{Slug, Title};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_web::{Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Query, Route, Seller, route};
use uuid::Uuid;

/// Suggests a slug.
#[derive(Debug)]
pub struct SuggestSlug;

/// The title to make a slug of.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SuggestSlugQuery {
    /// The title of the product.
    title: Title,
}

/// A slug that no product has now. It is not reserved: another seller may take it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SlugSuggestion {
    /// The slug.
    slug: Slug,
}

impl Endpoint for SuggestSlug {
    const ROUTE: Route = route!(GET "/v1/product-slugs/suggestion");
    const SUMMARY: &'static str = "Suggest a slug for a title that no product has";

    type Deps = Store;
    type Caller = Seller;
    type Input = Query<SuggestSlugQuery>;
    type Output = Json<SlugSuggestion>;

    async fn handle(
        cx: &Cx<'_, Store>,
        _: Seller,
        Query(input): Query<SuggestSlugQuery>,
    ) -> Result<Self::Output, Problem> {
        let salt = format!("{:08x}", Uuid::new_v4().as_fields().0);
        let plain = Slug::suggest(input.title.as_str(), "product", &salt);
        let salted = plain.with_suffix(&salt);
        let numbered = (2..10).map(|number| plain.with_suffix(&number.to_string()));
        let candidates: Vec<Slug> = std::iter::once(plain.clone()).chain(numbered).collect();
        let taken = cx.products().taken(&candidates).await?;
        let slug = candidates.into_iter().find(|slug| !taken.contains(slug)).unwrap_or(salted);
        Ok(Json(SlugSuggestion { slug }))
    }
}
