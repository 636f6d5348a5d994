//! Bringing the index up to date.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use souk_domain::{ProductId, Slug};
use souk_messaging::Failure;
use souk_runtime::{Connect, Start, StartError};
use souk_search::{Archive, Bucket, Changed, Entry, Files, Index, Kind, Language, Objects, SearchError, Subject};
use souk_store::Store;
use souk_store_shops::site;

use crate::{
    changes::{Changes, failed},
    entries,
    table::Table,
};

/// How many reads of the table are under way at once.
pub(crate) const AT_ONCE: usize = 16;
/// How often to begin when somebody else commits first, or something fails: half a minute's patience, as a message that
/// goes back to the queue comes again only after half an hour.
const ATTEMPTS: u32 = 30;
/// How many times the first pause the longest one is.
const LONGEST_PAUSE: u64 = 10;

/// Who writes the index.
#[derive(Debug)]
pub struct Indexer<T = Store, B = Bucket> {
    pub(crate) table: T,
    pub(crate) archive: Archive<B>,
    pub(crate) language: Language,
    /// How long to wait at most before the second attempt, in milliseconds; twice as long before each further one, up to
    /// [`LONGEST_PAUSE`] times as long.
    pub(crate) pause: u64,
}

impl Connect for Indexer {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self {
            table: Store::connect(start).await?,
            archive: Archive::connect(start).await?,
            language: start.setting("SEARCH_LANGUAGE")?,
            pause: 200,
        })
    }
}

impl<T: Table, B: Objects> Indexer<T, B> {
    /// Has the index say of these what the table says now. Where there is no index yet, makes it.
    pub(crate) async fn update(&self, subjects: &BTreeSet<Subject>, now: Timestamp) -> Result<(), Failure> {
        let mut last = Failure::new("others kept committing");
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                let most = self.pause * LONGEST_PAUSE.min(1 << (attempt - 1));
                tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=most))).await;
            }
            match self.try_to_update(subjects, now).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(failure) => {
                    tracing::warn!(attempt, error = %failure, "begins again");
                    last = failure;
                }
            }
        }
        Err(last)
    }

    /// Answers whether it came to that before somebody else committed.
    async fn try_to_update(&self, subjects: &BTreeSet<Subject>, now: Timestamp) -> Result<bool, Failure> {
        let head = self.archive.newest().await.map_err(failed)?;
        let Some(head) = head.filter(|head| head.manifest.language == self.language.name()) else {
            self.rebuild(now).await?;
            // What it is made from are lists, and these may not show yet what the messages are of.
            return Ok(false);
        };
        let files = self.archive.files(&head.manifest).await.map_err(failed)?;
        let changes = self.look(subjects, &files).await?;
        if changes.is_empty() {
            return Ok(true);
        }
        let files = changes.apply(files, self.language)?;
        let changed = Changed::These(subjects.clone());
        let committed = self.archive.commit(Some(&head), &files, self.language, changed, now).await;
        Ok(committed.map_err(failed)?.is_some())
    }

    /// What the table says now of these, as far as the index has to follow.
    pub(crate) async fn look(&self, subjects: &BTreeSet<Subject>, files: &Files) -> Result<Changes, Failure> {
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
                    let renamed = changes.rename(files, &site)?;
                    if !renamed.is_empty() {
                        let index = Index::open(files.clone(), self.language).map_err(failed)?;
                        for category in &renamed {
                            products.extend(indexed(&index, Some(category)).map_err(failed)?);
                        }
                    }
                }
            }
        }
        let mut read = stream::iter(products).map(|id| self.product(id, &site)).buffer_unordered(AT_ONCE);
        while let Some((id, entry)) = read.try_next().await? {
            changes.replace(Kind::Product, id.to_string(), entry);
        }
        Ok(changes)
    }

    /// A product as the table has it now.
    pub(crate) async fn product(
        &self,
        id: ProductId,
        site: &site::Whole,
    ) -> Result<(ProductId, Option<Entry>), Failure> {
        let whole = self.table.product(id).await?;
        Ok((id, whole.map(|whole| entries::product(&whole, site)).transpose()?))
    }

    /// Removes what no version of the index needs any more. Answers how many objects that were.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<usize, Failure> {
        self.archive.sweep(now).await.map_err(failed)
    }
}

/// The products that a version tells of, all or those of a category.
pub(crate) fn indexed(index: &Index, category: Option<&Slug>) -> Result<Vec<ProductId>, SearchError> {
    let products = index.products(category.map(Slug::as_str))?;
    Ok(products.iter().filter_map(|(id, _)| ProductId::parse(id).ok()).collect())
}
