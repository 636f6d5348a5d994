//! One page of a list of products, read from the index, or from the table while there is no index.
//!
//! All pages of a list are read from the version of the index from which the first page came, and as of the time of the
//! first page, because offers begin and end by the clock. So the pages neither repeat nor miss a product, whatever
//! changes meanwhile. The offer that is shown for a product is the current one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use souk_domain::Slug;
use souk_product_views::ProductView;
use souk_search::{Facets, Hit, IndexVersion, Query};
use souk_store::{Page, Position};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Tab},
};
use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Deserr, Endpoint, FieldErrors, JsonSchema, ListCursors, Paging, Problem};

use crate::{
    deps::ListDeps,
    filter::{ProductFilter, ProductOrder},
};

/// A list of products with its cursors and its default order.
#[derive(Debug)]
pub(crate) struct ProductList<'a> {
    deps: &'a ListDeps,
    cursors: ListCursors<'a>,
    order: ProductOrder,
}

/// The position where the next page of a list begins.
#[derive(Debug, Serialize, Deserialize)]
enum ListPosition {
    Index { version: u64, at: i64, offset: usize },
    Table(Position),
}

/// A page of a list of products.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Found{T}")]
pub struct Found<T> {
    /// The products.
    items: Vec<T>,
    /// The cursor of the next page; absent on the last page. It is valid for at least an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many products there are on all pages. Absent while there is no index.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
    /// The values to filter further by. On the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<FacetsView>,
    /// The words that were searched for instead, if some were misspelt.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
}

/// The values of each filter with the number of products. Each filter is counted with all other filters applied, the
/// most frequent value first, at most 50 values.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Facets")]
struct FacetsView {
    /// Slugs of categories.
    category: Vec<FacetCount>,
    /// Slugs of subcategories.
    subcategory: Vec<FacetCount>,
    /// Slugs of shops.
    shop: Vec<FacetCount>,
    /// Brands.
    brand: Vec<FacetCount>,
    /// Colours.
    colour: Vec<FacetCount>,
    /// Sizes.
    size: Vec<FacetCount>,
    /// Tags.
    tag: Vec<FacetCount>,
    /// The lowest current price, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_price: Option<i64>,
    /// The highest current price, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_price: Option<i64>,
    /// How many products have at least 1, 2, 3, 4 and 5 stars.
    min_rating: [u64; 5],
    /// How many products are in stock.
    in_stock: u64,
    /// How many products are on offer now.
    on_offer: u64,
}

/// A value of a filter, and how many products match it.
#[derive(Debug, Serialize, JsonSchema)]
struct FacetCount {
    /// The filter's value.
    value: String,
    /// How many products match.
    count: u64,
}

impl From<Facets> for FacetsView {
    fn from(facets: Facets) -> Self {
        let counts = |counts: Vec<(String, u64)>| {
            counts.into_iter().map(|(value, count)| FacetCount { value, count }).collect::<Vec<_>>()
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

/// A page before its products are turned into their representation.
#[derive(Debug)]
struct FoundPage {
    products: Vec<Product>,
    next: Option<ListPosition>,
    total: Option<usize>,
    facets: Option<Facets>,
    did_you_mean: Option<String>,
}

impl From<Page<Product>> for FoundPage {
    fn from(Page { items, next }: Page<Product>) -> Self {
        Self { products: items, next: next.map(ListPosition::Table), total: None, facets: None, did_you_mean: None }
    }
}

impl<'a> ProductList<'a> {
    /// Returns the list that an endpoint returns to a caller.
    pub(crate) fn of<E: Endpoint>(deps: &'a ListDeps, caller: &E::Caller, order: ProductOrder) -> Self {
        Self { deps, cursors: deps.cursors.list::<E>(caller), order }
    }

    /// Returns a page of the list. `entry` makes the answer of a product, or leaves it out.
    ///
    /// # Errors
    /// `invalid_cursor` if the cursor belongs to another list, or if its version of the index no longer exists.
    /// `unavailable` while there is no index, if the table cannot answer the filter.
    pub(crate) async fn page<T>(
        &self,
        (filter, paging): (ProductFilter, Paging),
        now: Timestamp,
        entry: impl Fn(&Product) -> Option<T>,
    ) -> Result<Found<T>, Problem> {
        let cursors = self.cursors.of(&filter);
        let limit = paging.limit();
        let page = match cursors.open(&paging)? {
            Some(ListPosition::Index { version, at, offset }) => {
                let index_version =
                    self.deps.index.at(version).await.map_err(version_unavailable)?.ok_or(Code::InvalidCursor)?;
                self.in_index(&index_version, &filter, (at, offset), limit)?
            }
            Some(ListPosition::Table(position)) => self.in_table(&filter, Some(position), limit, now).await?,
            None => match self.deps.index.newest(now).await {
                Some(index_version) => self.in_index(&index_version, &filter, (now.as_millisecond(), 0), limit)?,
                None => self.in_table(&filter, None, limit, now).await?,
            },
        };
        Ok(Found {
            items: page.products.iter().filter_map(entry).collect(),
            next: page.next.map(|position| cursors.cursor(&position)).transpose()?,
            total: page.total,
            facets: page.facets.map(FacetsView::from),
            did_you_mean: page.did_you_mean,
        })
    }

    fn in_index(
        &self,
        index_version: &IndexVersion,
        filter: &ProductFilter,
        (at, offset): (i64, usize),
        limit: u8,
    ) -> Result<FoundPage, Problem> {
        let query = Query {
            text: filter.text().map(str::to_owned),
            filters: filter.filters(),
            sort: filter.order(self.order).into(),
            offset,
            limit: limit.into(),
            facets: offset == 0,
        };
        let found = index_version.index.search(&query, at).map_err(unreadable)?;
        let next = offset + found.hits.len();
        let has_more = next < found.total && next > offset;
        Ok(FoundPage {
            products: cards(&found.hits)?,
            next: has_more.then_some(ListPosition::Index { version: index_version.version, at, offset: next }),
            total: Some(found.total),
            facets: found.facets,
            did_you_mean: found.did_you_mean,
        })
    }

    async fn in_table(
        &self,
        filter: &ProductFilter,
        from: Option<Position>,
        limit: u8,
        now: Timestamp,
    ) -> Result<FoundPage, Problem> {
        let table_filter = filter.table_filter(self.order).ok_or(Code::Unavailable)?;
        let products = self.deps.store.products();
        let shop = match table_filter.shop {
            Some(slug) => match self.deps.store.shops().named(slug).await? {
                Some(shop) => Some(shop),
                None => return Ok(Page { items: Vec::new(), next: None }.into()),
            },
            None => None,
        };
        let page = match (self.order, shop, table_filter.category) {
            (ProductOrder::EndingSoon, shop, None) => products.on_offer(shop, from, limit, now).await?,
            (ProductOrder::Newest, None, None) => products.newest(from, limit).await?,
            (ProductOrder::Newest, None, Some(category)) => {
                products.newest_in(category, table_filter.subcategory, from, limit).await?
            }
            (ProductOrder::Newest, Some(shop), None) => {
                let mut page = products.newest_of(shop, Tab::Active, from, limit).await?;
                // A closed shop keeps its products in their tabs. `is_listed` knows that the shop is closed.
                page.items.retain(Product::is_listed);
                page
            }
            _ => return Err(Code::Unavailable.into()),
        };
        Ok(page.into())
    }
}

/// The path of an endpoint for one shop.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct ShopPath {
    /// The shop's place in addresses.
    pub(crate) slug: Slug,
}

impl ShopPath {
    /// Answers `not_found` if there is no such shop, open or closed. Reads the table only if no product was found.
    pub(crate) async fn require_shop<T>(&self, deps: &ListDeps, found: &Found<T>) -> Result<(), Problem> {
        if found.items.is_empty() && deps.store.shops().named(&self.slug).await?.is_none() {
            return Err(Code::NotFound.into());
        }
        Ok(())
    }
}

impl ListDeps {
    /// Returns a product's representation.
    pub(crate) fn show(&self, product: &Product, now: Timestamp) -> ProductView {
        ProductView::of(product, &self.media, now)
    }

    /// Returns a product's representation if it is on offer now. Its offer may have ended since the first page was
    /// read.
    pub(crate) fn show_offered(&self, product: &Product, now: Timestamp) -> Option<ProductView> {
        product.offer.filter(|offer| offer.runs_at(now)).map(|_| self.show(product, now))
    }
}

/// Parses the documents that the index has stored with the hits.
pub(crate) fn cards<T: DeserializeOwned>(hits: &[Hit]) -> Result<Vec<T>, Problem> {
    hits.iter().map(|hit| serde_json::from_slice(&hit.card).map_err(unreadable)).collect()
}

/// Logs that the index cannot be read, and answers `internal`.
pub(crate) fn unreadable(error: impl std::error::Error + 'static) -> Problem {
    tracing::error!(error = &error as &dyn std::error::Error, "the index cannot be read");
    Code::Internal.into()
}

fn version_unavailable(error: impl std::error::Error + 'static) -> Problem {
    tracing::error!(error = &error as &dyn std::error::Error, "an older index is out of reach");
    Code::Unavailable.into()
}
