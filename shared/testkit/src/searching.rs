//! Lists of products, and waiting until the index shows a change.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::Value;

use crate::{Client, PATIENCE, Request, Result, await_until, operation};

/// How far one process that answers from the index may lag behind another: a second between checks, and the time to
/// load the new version.
const MAX_LAG: Duration = Duration::from_millis(1_500);

/// A page of a list of products.
#[derive(Debug, Clone, Deserialize)]
pub struct ProductPage {
    /// The products.
    pub items: Vec<Value>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// The number of products on all pages, if it was counted.
    pub total: Option<usize>,
    /// The facets; null on every page but the first.
    #[serde(default)]
    pub facets: Value,
    /// The corrected words that were searched for instead.
    pub did_you_mean: Option<String>,
}

impl ProductPage {
    /// Returns the ids of the products, in order.
    pub fn ids(&self) -> Vec<&str> {
        self.items.iter().filter_map(|item| item["id"].as_str()).collect()
    }

    /// Returns the values of a facet and how many products each has.
    pub fn facet(&self, name: &str) -> Vec<(&str, usize)> {
        let counts = self.facets[name].as_array().into_iter().flatten();
        counts
            .filter_map(|count| Some((count["value"].as_str()?, usize::try_from(count["count"].as_u64()?).ok()?)))
            .collect()
    }
}

impl Client {
    /// Reads the first page of a list of products: `list_products`, `list_shop_offers`, ... Entries of `query` that the
    /// list's path names are filled in there.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn search(&self, list: &str, query: &[(&str, &str)]) -> Result<ProductPage> {
        self.list_request(list, query)?.send().await?.read()
    }

    /// Reads all pages of a list of products and calls `between` before each page but the first.
    ///
    /// # Errors
    /// Fails if a page is refused or `between` fails.
    pub async fn search_through(
        &self,
        list: &str,
        query: &[(&str, &str)],
        limit: usize,
        between: impl AsyncFn() -> Result,
    ) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let request = self.list_request(list, query)?.query("limit", limit);
            let request = match &cursor {
                Some(cursor) => request.query("cursor", cursor),
                None => request,
            };
            let page: ProductPage = request.send().await?.read()?;
            assert!(page.items.len() <= limit, "{} entries on a page of {limit}", page.items.len());
            items.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(items),
            }
            between().await?;
        }
    }

    /// Searches until `matches` accepts the answer of every process. The index is some seconds behind the table, and a
    /// process that checked for a new version just before it was written checks again only after a second. So the
    /// answer must stay right for longer than that.
    ///
    /// # Errors
    /// Fails if a search is refused, or if no answer is accepted within [`PATIENCE`].
    pub async fn await_search(
        &self,
        list: &str,
        query: &[(&str, &str)],
        matches: impl Fn(&ProductPage) -> bool,
    ) -> Result<ProductPage> {
        let what = format!("{list} {query:?} to return the expected products");
        let accepted_since = Cell::new(None::<Instant>);
        await_until(PATIENCE, &what, async || {
            let found = self.search(list, query).await?;
            let since = matches(&found).then(|| accepted_since.get().unwrap_or_else(Instant::now));
            accepted_since.set(since);
            Ok(since.is_some_and(|since| since.elapsed() > MAX_LAG).then_some(found))
        })
        .await
    }

    /// Searches until the first page holds exactly these products, in this order.
    ///
    /// # Errors
    /// Those of [`Client::await_search`].
    pub async fn await_ids(&self, list: &str, query: &[(&str, &str)], ids: &[&str]) -> Result<ProductPage> {
        self.await_search(list, query, |found| found.ids() == ids).await
    }

    /// Searches until a shop has `count` products on sale.
    ///
    /// # Errors
    /// Those of [`Client::await_search`].
    pub async fn await_count(&self, shop: &str, count: usize) -> Result<ProductPage> {
        self.await_search("list_products", &[("shop", shop)], |found| found.total == Some(count)).await
    }

    /// Searches as an admin until a shop's product has at least this version.
    ///
    /// # Errors
    /// Those of [`Client::await_search`].
    pub async fn await_version(&self, shop: &str, product: &str, version: u64) -> Result<ProductPage> {
        let shown = |item: &Value| item["id"] == product && item["version"].as_u64() >= Some(version);
        self.await_search("list_all_products", &[("shop", shop)], |found| found.items.iter().any(shown)).await
    }

    fn list_request(&self, list: &str, query: &[(&str, &str)]) -> Result<Request<'_>> {
        let path = &operation(list)?.path;
        Ok(query.iter().fold(self.ask(list)?, |request, (name, value)| {
            if path.contains(&format!("{{{name}}}")) { request.path(name, value) } else { request.text(name, value) }
        }))
    }
}
