//! A part of a list of products: from the index, or from the table as long as there is no index.
//!
//! A walk through a list stays in the version of the index where it began, and at the time when it began, for offers begin
//! and end by the clock. So its parts neither repeat nor leave out a product, whatever changes meanwhile. What is shown of
//! a product's offer is as it is now.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use souk_domain::Slug;
use souk_product_views::ProductView;
use souk_search::{Edition, Facets, Hit, Query};
use souk_store::{Page, Position};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Tab},
};
use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Paging, Problem};

use crate::{
    asked::{Asked, Order},
    deps::ListDeps,
};

/// Which list, in the order that it has where nobody asks for another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List {
    pub(crate) name: &'static str,
    pub(crate) order: Order,
}

/// Where a list goes on.
#[derive(Debug, Serialize, Deserialize)]
enum Place {
    Index { version: u64, at: i64, offset: usize },
    Table(Position),
}

/// A part of a list of products.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Found{T}")]
pub struct Found<T> {
    /// The products.
    items: Vec<T>,
    /// The cursor of the next part; none at the end. It is good for an hour at the least.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many there are on all parts. Not counted while there is no index.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
    /// What filtering further would give. With the first part alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<FacetsView>,
    /// The words that were searched for instead, where some were misspelt.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
}

/// For every filter, what there is to choose: counted with all filters but itself, the most frequent first, at most 50.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Facets")]
struct FacetsView {
    /// Slugs of categories.
    category: Vec<Count>,
    /// Slugs of parts of categories.
    subcategory: Vec<Count>,
    /// Slugs of shops.
    shop: Vec<Count>,
    /// Brands.
    brand: Vec<Count>,
    /// Colours.
    colour: Vec<Count>,
    /// Sizes.
    size: Vec<Count>,
    /// Tags.
    tag: Vec<Count>,
    /// What the cheapest costs now, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_price: Option<i64>,
    /// What the dearest costs now, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_price: Option<i64>,
    /// How many have at least 1, 2, 3, 4 and 5 stars.
    min_rating: [u64; 5],
    /// How many can be bought.
    in_stock: u64,
    /// How many are on offer now.
    on_offer: u64,
}

/// What a filter can be set to, and how many products that leaves.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FacetCount")]
struct Count {
    /// The filter's value.
    value: String,
    /// How many.
    count: u64,
}

impl From<Facets> for FacetsView {
    fn from(facets: Facets) -> Self {
        let counts = |counts: Vec<(String, u64)>| {
            counts.into_iter().map(|(value, count)| Count { value, count }).collect::<Vec<_>>()
        };
        Self {
            category: counts(facets.categories),
            subcategory: counts(facets.subcategories),
            shop: counts(facets.shops),
            brand: counts(facets.brands),
            colour: counts(facets.colours),
            size: counts(facets.sizes),
            tag: counts(facets.tags),
            min_price: facets.prices.map(|(min, _)| min),
            max_price: facets.prices.map(|(_, max)| max),
            min_rating: facets.ratings,
            in_stock: facets.in_stock,
            on_offer: facets.on_offer,
        }
    }
}

/// What was found, before it is answered.
#[derive(Debug)]
struct Part {
    products: Vec<Product>,
    next: Option<Place>,
    total: Option<usize>,
    facets: Option<Facets>,
    did_you_mean: Option<String>,
}

impl From<Page<Product>> for Part {
    fn from(Page { items, next }: Page<Product>) -> Self {
        Self { products: items, next: next.map(Place::Table), total: None, facets: None, did_you_mean: None }
    }
}

impl List {
    /// A part of the list. `entry` makes the answer of a product, or leaves it out.
    ///
    /// # Errors
    /// `invalid_cursor` for one of another list, and for one whose version of the index is gone. `unavailable` while there
    /// is no index, for what the table cannot answer.
    pub(crate) async fn part<T>(
        self,
        deps: &ListDeps,
        (asked, paging): (Asked, Paging),
        now: Timestamp,
        entry: impl Fn(&Product) -> Option<T>,
    ) -> Result<Found<T>, Problem> {
        let name = format!("{} {asked:?}", self.name);
        let limit = paging.limit();
        let part = match deps.cursors.open(&name, &paging)? {
            Some(Place::Index { version, at, offset }) => {
                let edition = deps.index.at(version).await.map_err(out_of_reach)?.ok_or(Code::InvalidCursor)?;
                self.in_index(&edition, &asked, (at, offset), limit)?
            }
            Some(Place::Table(position)) => self.in_table(deps, &asked, Some(position), limit, now).await?,
            None => match deps.index.newest(now).await {
                Some(edition) => self.in_index(&edition, &asked, (now.as_millisecond(), 0), limit)?,
                None => self.in_table(deps, &asked, None, limit, now).await?,
            },
        };
        Ok(Found {
            items: part.products.iter().filter_map(entry).collect(),
            next: part.next.map(|place| deps.cursors.cursor(&name, &place)).transpose()?,
            total: part.total,
            facets: part.facets.map(FacetsView::from),
            did_you_mean: part.did_you_mean,
        })
    }

    fn in_index(
        self,
        edition: &Edition,
        asked: &Asked,
        (at, offset): (i64, usize),
        limit: u8,
    ) -> Result<Part, Problem> {
        let query = Query {
            text: asked.text().map(str::to_owned),
            filters: asked.filters(),
            sort: asked.order(self.order).into(),
            offset,
            limit: limit.into(),
            facets: offset == 0,
        };
        let found = edition.index.search(&query, at).map_err(broken)?;
        let next = offset + found.hits.len();
        let goes_on = next < found.total && next > offset;
        Ok(Part {
            products: cards(&found.hits)?,
            next: goes_on.then_some(Place::Index { version: edition.version, at, offset: next }),
            total: Some(found.total),
            facets: found.facets,
            did_you_mean: found.did_you_mean,
        })
    }

    async fn in_table(
        self,
        deps: &ListDeps,
        asked: &Asked,
        from: Option<Position>,
        limit: u8,
        now: Timestamp,
    ) -> Result<Part, Problem> {
        let places = asked.places(self.order).ok_or(Code::Unavailable)?;
        let products = deps.store.products();
        let shop = match places.shop {
            Some(slug) => match deps.store.shops().named(slug).await? {
                Some(shop) => Some(shop),
                None => return Ok(Page { items: Vec::new(), next: None }.into()),
            },
            None => None,
        };
        let page = match (self.order, shop, places.category) {
            (Order::EndingSoon, shop, None) => products.on_offer(shop, from, limit, now).await?,
            (Order::Newest, None, None) => products.newest(from, limit).await?,
            (Order::Newest, None, Some(category)) => {
                products.newest_in(category, places.subcategory, from, limit).await?
            }
            (Order::Newest, Some(shop), None) => {
                let mut page = products.newest_of(shop, Tab::Active, from, limit).await?;
                // A shop that is closed keeps its tabs, and its products say that it is closed.
                page.items.retain(Product::is_listed);
                page
            }
            _ => return Err(Code::Unavailable.into()),
        };
        Ok(page.into())
    }
}

/// A shop's place in addresses.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct OfShop {
    /// The shop's place in addresses.
    pub(crate) slug: Slug,
}

impl OfShop {
    /// Insists that there is such a shop, open or not. Where something was found there is; else one read.
    pub(crate) async fn is_known<T>(&self, deps: &ListDeps, found: &Found<T>) -> Result<(), Problem> {
        if found.items.is_empty() && deps.store.shops().named(&self.slug).await?.is_none() {
            return Err(Code::NotFound.into());
        }
        Ok(())
    }
}

impl ListDeps {
    /// A product as it is shown.
    pub(crate) fn show(&self, product: &Product, now: Timestamp) -> ProductView {
        ProductView::of(product, &self.media, now)
    }

    /// A product as it is shown, if it is on offer now: it may have been when somebody began to page.
    pub(crate) fn show_offered(&self, product: &Product, now: Timestamp) -> Option<ProductView> {
        product.offer.filter(|offer| offer.runs_at(now)).map(|_| self.show(product, now))
    }
}

/// What was found, as it was put into the index.
pub(crate) fn cards<T: DeserializeOwned>(hits: &[Hit]) -> Result<Vec<T>, Problem> {
    hits.iter().map(|hit| serde_json::from_slice(&hit.card).map_err(broken)).collect()
}

/// The problem of an index that cannot be read.
pub(crate) fn broken(error: impl std::error::Error + 'static) -> Problem {
    tracing::error!(error = &error as &dyn std::error::Error, "the index cannot be read");
    Code::Internal.into()
}

fn out_of_reach(error: impl std::error::Error + 'static) -> Problem {
    tracing::error!(error = &error as &dyn std::error::Error, "an older index is out of reach");
    Code::Unavailable.into()
}
