//! `GET /v1/products/{slug}` - a product with its variants. Two reads, or one where the process has met the slug before.
//!
//! Which product a slug names is remembered in the process and proven by the product itself, which says its slug: a
//! memory that is out of date costs a read and never a wrong answer.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use souk_domain::{ProductId, Slug};
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_store_catalogue::{CatalogueExt as _, products::Whole};
use souk_views::MediaUrl;
use souk_web::{Anyone, Code, Cx, Deps, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::view::DetailsView;

/// Shows a product.
#[derive(Debug)]
pub struct GetProduct;

/// Which product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetProductPath {
    /// The product's place in addresses.
    slug: Slug,
}

/// The table, the public address of pictures, and the slugs that were asked for before.
#[derive(Debug)]
pub struct GetProductDeps {
    store: Store,
    media: MediaUrl,
    known: Mutex<HashMap<Slug, ProductId>>,
}

/// How many slugs a process remembers: some 100 KB.
const MEMORY: usize = 1_000;

impl Connect for GetProductDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self {
            store: Store::connect(start).await?,
            media: MediaUrl::connect(start).await?,
            known: Mutex::default(),
        })
    }
}

impl Deps for GetProductDeps {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

impl GetProductDeps {
    async fn find(&self, slug: &Slug) -> Result<Option<Whole>, Problem> {
        let products = self.store.products();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(slug).copied();
        if let Some(id) = known {
            let whole = products.whole(id).await?;
            if let Some(whole) = whole.filter(|whole| whole.product.slug == *slug && whole.product.is_listed()) {
                return Ok(Some(whole));
            }
        }
        let whole = products.by_slug(slug).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &whole {
            Some(whole) => {
                if known.len() >= MEMORY {
                    known.clear();
                }
                known.insert(slug.clone(), whole.product.id);
            }
            None => drop(known.remove(slug)),
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
    type Output = Json<DetailsView>;

    async fn handle(
        cx: &Cx<'_, GetProductDeps>,
        _: Anyone,
        Path(input): Path<GetProductPath>,
    ) -> Result<Self::Output, Problem> {
        let whole = cx.find(&input.slug).await?.ok_or(Code::NotFound)?;
        Ok(Json(DetailsView::of(&whole, &cx.media, cx.now)))
    }
}
