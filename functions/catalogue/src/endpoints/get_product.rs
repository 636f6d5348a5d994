//! `GET /v1/products/{slug}` - shows a product with its variants. Two reads, or one if the process has the slug in its
//! cache.
//!
//! The cache maps a slug to a product id. The product itself says its slug, so a stale entry costs one read and never
//! gives a wrong answer.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use souk_domain::{ProductId, Slug};
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_store_catalogue::{CatalogueExt as _, products::ProductWithSkus};
use souk_views::MediaUrl;
use souk_web::{Anyone, Code, Cx, Deps, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::view::ProductDetailsView;

/// Shows a product.
#[derive(Debug)]
pub struct GetProduct;

/// The product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetProductPath {
    /// The slug of the product.
    slug: Slug,
}

/// The table, the public address of pictures and the cache of slugs.
#[derive(Debug)]
pub struct GetProductDeps {
    store: Store,
    media: MediaUrl,
    slugs: Mutex<HashMap<Slug, ProductId>>,
}

/// How many slugs a process caches: about 100 KB.
const CACHED_SLUGS: usize = 1_000;

impl Connect for GetProductDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self {
            store: Store::connect(start).await?,
            media: MediaUrl::connect(start).await?,
            slugs: Mutex::default(),
        })
    }
}

impl Deps for GetProductDeps {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

impl GetProductDeps {
    async fn find(&self, slug: &Slug) -> Result<Option<ProductWithSkus>, Problem> {
        let products = self.store.products();
        let cached = self.slugs.lock().unwrap_or_else(PoisonError::into_inner).get(slug).copied();
        if let Some(id) = cached {
            let whole = products.whole(id).await?;
            if let Some(whole) = whole.filter(|whole| whole.product.slug == *slug && whole.product.is_listed()) {
                return Ok(Some(whole));
            }
        }
        let whole = products.by_slug(slug).await?;
        let mut slugs = self.slugs.lock().unwrap_or_else(PoisonError::into_inner);
        match &whole {
            Some(whole) => {
                if slugs.len() >= CACHED_SLUGS {
                    slugs.clear();
                }
                slugs.insert(slug.clone(), whole.product.id);
            }
            None => drop(slugs.remove(slug)),
        }
        Ok(whole)
    }
}

impl Endpoint for GetProduct {
    const ROUTE: Route = route!(GET "/v1/products/{slug}");
    const SUMMARY: &'static str = "A product by its slug, with its variants and their stock";

    type Deps = GetProductDeps;
    type Caller = Anyone;
    type Input = Path<GetProductPath>;
    type Output = Json<ProductDetailsView>;

    async fn handle(
        cx: &Cx<'_, GetProductDeps>,
        _: Anyone,
        Path(input): Path<GetProductPath>,
    ) -> Result<Self::Output, Problem> {
        let whole = cx.find(&input.slug).await?.ok_or(Code::NotFound)?;
        Ok(Json(ProductDetailsView::of(&whole, &cx.media, cx.now)))
    }
}
