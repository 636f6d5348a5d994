//! Searching, and waiting until what was written is found.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::Value;

use crate::{Client, PATIENCE, Request, Result, await_until, operation};

/// By how much a process that answers from the index may be behind another one: a second, and the time to load what is new.
const BEHIND: Duration = Duration::from_millis(1_500);

/// A part of a list of products, as it is answered.
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    /// The products.
    pub items: Vec<Value>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// How many there are on all parts, if that was counted.
    pub total: Option<usize>,
    /// What filtering further would give; null behind the first part.
    #[serde(default)]
    pub facets: Value,
    /// The words that were searched for instead.
    pub did_you_mean: Option<String>,
}

impl Found {
    /// The ids of the products, in order.
    pub fn ids(&self) -> Vec<&str> {
        self.items.iter().filter_map(|item| item["id"].as_str()).collect()
    }

    /// What a facet can be set to, and how many products that leaves.
    pub fn facet(&self, name: &str) -> Vec<(&str, usize)> {
        let counts = self.facets[name].as_array().into_iter().flatten();
        counts
            .filter_map(|count| Some((count["value"].as_str()?, usize::try_from(count["count"].as_u64()?).ok()?)))
            .collect()
    }
}

impl Client {
    /// Asks for the first part of a list of products: `list_products`, `list_shop_offers`, ... What the list's path names is
    /// filled in there, everything else goes into the query.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn search(&self, list: &str, query: &[(&str, &str)]) -> Result<Found> {
        self.question(list, query)?.send().await?.read()
    }

    /// All parts of a list of products, one after the other, with something done after each.
    ///
    /// # Errors
    /// When one is refused, has more than the limit or counts otherwise than the one before, or what is done fails.
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
            let request = self.question(list, query)?.query("limit", limit);
            let request = match &cursor {
                Some(cursor) => request.query("cursor", cursor),
                None => request,
            };
            let page: Found = request.send().await?.read()?;
            assert!(page.items.len() <= limit, "{} entries on a page of {limit}", page.items.len());
            items.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(items),
            }
            between().await?;
        }
    }

    /// Searches again and again until what is found is as it should be, whichever process answers. The index is some seconds
    /// behind the table, and a process that looked for a new version just before this one came looks again after a second:
    /// so the answer has to be right for longer than that.
    ///
    /// # Errors
    /// When a search is refused, or nothing is as it should be within [`PATIENCE`].
    pub async fn await_search(
        &self,
        list: &str,
        query: &[(&str, &str)],
        wanted: impl Fn(&Found) -> bool,
    ) -> Result<Found> {
        let what = format!("{list} {query:?} to find what it should");
        let right_since = Cell::new(None::<Instant>);
        await_until(PATIENCE, &what, async || {
            let found = self.search(list, query).await?;
            let since = wanted(&found).then(|| right_since.get().unwrap_or_else(Instant::now));
            right_since.set(since);
            Ok(since.is_some_and(|since| since.elapsed() > BEHIND).then_some(found))
        })
        .await
    }

    /// Searches until just these products are found, in this order, all on the first part.
    ///
    /// # Errors
    /// Those of [`Client::await_search`].
    pub async fn await_ids(&self, list: &str, query: &[(&str, &str)], ids: &[&str]) -> Result<Found> {
        self.await_search(list, query, |found| found.ids() == ids).await
    }

    /// Searches until a shop's products on sale are so many.
    ///
    /// # Errors
    /// Those of [`Client::await_search`].
    pub async fn await_count(&self, shop: &str, count: usize) -> Result<Found> {
        self.await_search("list_products", &[("shop", shop)], |found| found.total == Some(count)).await
    }

    /// Searches, as an admin, until a product of a shop is found as it was after so many writes or more.
    ///
    /// # Errors
    /// Those of [`Client::await_search`].
    pub async fn await_version(&self, shop: &str, product: &str, version: u64) -> Result<Found> {
        let shown = |item: &Value| item["id"] == product && item["version"].as_u64() >= Some(version);
        self.await_search("list_all_products", &[("shop", shop)], |found| found.items.iter().any(shown)).await
    }

    fn question(&self, list: &str, query: &[(&str, &str)]) -> Result<Request<'_>> {
        let path = &operation(list)?.path;
        Ok(query.iter().fold(self.ask(list)?, |request, (name, value)| {
            if path.contains(&format!("{{{name}}}")) { request.path(name, value) } else { request.text(name, value) }
        }))
    }
}
