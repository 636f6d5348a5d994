//! Updating the index.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use souk_domain::{ProductId, Slug};
use souk_messaging::Failure;
use souk_runtime::{Connect, Start, StartError};
use souk_search::{
    Bucket, Changed, Entry, Files, Index, IndexStorage, Kind, Language, ObjectStorage, SearchError, Subject,
};
use souk_store::Store;
use souk_store_shops::site;

use crate::{
    changes::{Changes, failed},
    entries,
    table::Table,
};

/// How many items are read from the table in parallel.
pub(crate) const PARALLEL_READS: usize = 16;
/// How many attempts there are if another indexer commits first or something fails. They take about half a minute,
/// because a message that returns to the queue is delivered again only after half an hour.
const ATTEMPTS: u32 = 30;
/// The limit of the backoff, as a multiple of the first pause.
const MAX_BACKOFF: u64 = 10;

/// Writes the index.
#[derive(Debug)]
pub struct Indexer<T = Store, B = Bucket> {
    pub(crate) table: T,
    pub(crate) storage: IndexStorage<B>,
    pub(crate) language: Language,
    /// The longest pause before the second attempt, in milliseconds. It doubles with each further attempt, up to
    /// [`MAX_BACKOFF`] times its length.
    pub(crate) pause: u64,
}

impl Connect for Indexer {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self {
            table: Store::connect(start).await?,
            storage: IndexStorage::connect(start).await?,
            language: start.setting("SEARCH_LANGUAGE")?,
            pause: 200,
        })
    }
}

impl<T: Table, B: ObjectStorage> Indexer<T, B> {
    /// Brings the entries of these subjects up to date with the table. Builds the index if there is none.
    pub(crate) async fn update(&self, subjects: &BTreeSet<Subject>, now: Timestamp) -> Result<(), Failure> {
        let mut last = Failure::new("other indexers committed first in every attempt");
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                let longest = self.pause * MAX_BACKOFF.min(1 << (attempt - 1));
                tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=longest))).await;
            }
            match self.try_to_update(subjects, now).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(failure) => {
                    tracing::warn!(attempt, error = %failure, "the index was not updated; retrying");
                    last = failure;
                }
            }
        }
        Err(last)
    }

    /// Returns `false` if another indexer committed first.
    async fn try_to_update(&self, subjects: &BTreeSet<Subject>, now: Timestamp) -> Result<bool, Failure> {
        let newest = self.storage.newest().await.map_err(failed)?;
        let Some(newest) = newest.filter(|newest| newest.manifest.language == self.language.name()) else {
            self.rebuild(now).await?;
            // The index was built from lists, which may not show yet what the messages are about.
            return Ok(false);
        };
        let files = self.storage.files(&newest.manifest).await.map_err(failed)?;
        let changes = self.read_changes(subjects, &files).await?;
        if changes.is_empty() {
            return Ok(true);
        }
        let files = changes.apply(files, self.language)?;
        let changed = Changed::These(subjects.clone());
        let committed = self.storage.commit(Some(&newest), &files, self.language, changed, now).await;
        Ok(committed.map_err(failed)?.is_some())
    }

    /// Reads these subjects from the table. Returns the changes that the index needs.
    pub(crate) async fn read_changes(&self, subjects: &BTreeSet<Subject>, files: &Files) -> Result<Changes, Failure> {
        let site = self.table.site().await?;
        let mut changes = Changes::default();
        let mut products: BTreeSet<ProductId> = BTreeSet::new();
        for subject in subjects {
            match subject {
                Subject::Product(id) => {
                    products.insert(*id);
                }
                Subject::Shop(id) => {
                    let shop = self.table.shop(*id).await?.filter(|shop| shop.is_open());
                    let entry = shop.as_ref().map(entries::shop).transpose()?;
                    changes.replace(Kind::Shop, id.to_string(), entry);
                }
                Subject::Site => {
                    let renamed = changes.update_categories(files, &site)?;
                    if !renamed.is_empty() {
                        let index = Index::open(files.clone(), self.language).map_err(failed)?;
                        for category in &renamed {
                            products.extend(indexed(&index, Some(category)).map_err(failed)?);
                        }
                    }
                }
            }
        }
        let mut read = stream::iter(products).map(|id| self.product(id, &site)).buffer_unordered(PARALLEL_READS);
        while let Some((id, entry)) = read.try_next().await? {
            changes.replace(Kind::Product, id.to_string(), entry);
        }
        Ok(changes)
    }

    /// Reads a product from the table and converts it.
    pub(crate) async fn product(
        &self,
        id: ProductId,
        site: &site::SiteWithCategories,
    ) -> Result<(ProductId, Option<Entry>), Failure> {
        let whole = self.table.product(id).await?;
        Ok((id, whole.map(|whole| entries::product(&whole, site)).transpose()?))
    }

    /// Deletes the objects that no version of the index needs any more. Returns their number.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<usize, Failure> {
        self.storage.sweep(now).await.map_err(failed)
    }
}

/// Returns the products in a version of the index, all of them or those of one category.
pub(crate) fn indexed(index: &Index, category: Option<&Slug>) -> Result<Vec<ProductId>, SearchError> {
    let products = index.products(category.map(Slug::as_str))?;
    Ok(products.iter().filter_map(|(id, _)| ProductId::parse(id).ok()).collect())
}
