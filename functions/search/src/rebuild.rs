//! Rebuilding the index from the table.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use jiff::Timestamp;
use souk_domain::ProductId;
use souk_messaging::Failure;
use souk_search::{
    BucketError, Changed, Entry, Files, IndexStorageError, NewestManifest, ObjectStorage, Subject, Writer,
};
use souk_store_shops::site;

use crate::{
    changes::{IndexedCategory, failed},
    entries,
    indexer::{Indexer, PARALLEL_READS, indexed},
    table::Table,
};

/// How often to retry after other indexers have committed.
const ATTEMPTS: usize = 20;

impl<T: Table, B: ObjectStorage> Indexer<T, B> {
    /// Rebuilds the index from the table. Returns the number of products, or `None` if another indexer rebuilt it
    /// meanwhile.
    ///
    /// Changes that other indexers commit while this one reads are read again before this one commits. So no change is
    /// lost, whether this indexer read a product before or after the others.
    pub(crate) async fn rebuild(&self, now: Timestamp) -> Result<Option<usize>, Failure> {
        let mut base = self.storage.newest().await.map_err(failed)?;
        let site = self.table.site().await?;
        let (mut files, count) = self.read_all(base.as_ref(), &site).await?;
        for _ in 0..ATTEMPTS {
            let committed = self.storage.commit(base.as_ref(), &files, self.language, Changed::Everything, now).await;
            if committed.map_err(failed)?.is_some() {
                return Ok(Some(count));
            }
            let next = self.storage.newest().await.map_err(failed)?;
            let Some(subjects) = self.changes_since(base.as_ref(), next.as_ref()).await? else { return Ok(None) };
            files = self.read_changes(&subjects, &files).await?.apply(files, self.language)?;
            base = next;
        }
        Err(Failure::new("other indexers committed first in every attempt"))
    }

    /// Returns what others committed after `base`, or `None` if one of them rebuilt the index.
    async fn changes_since(
        &self,
        base: Option<&NewestManifest>,
        next: Option<&NewestManifest>,
    ) -> Result<Option<BTreeSet<Subject>>, Failure> {
        let (Some(base), Some(next)) = (base, next) else { return Ok(None) };
        match self.storage.changed_since(base.manifest.version, next).await.map_err(failed)? {
            Changed::Everything => Ok(None),
            Changed::These(subjects) => Ok(Some(subjects)),
        }
    }

    /// Builds an index of everything in the table. Returns it with the number of products.
    async fn read_all(
        &self,
        base: Option<&NewestManifest>,
        site: &site::SiteWithCategories,
    ) -> Result<(Files, usize), Failure> {
        let lists = site.categories.iter().map(|category| self.table.products_in(&category.slug));
        let mut products: BTreeSet<ProductId> = try_join_all(lists).await?.into_iter().flatten().collect();
        // The lists may be stale. The index may know products that they do not show yet.
        if let Some(base) = base {
            match self.indexed(base).await {
                Ok(indexed) => products.extend(indexed),
                // S3 may answer the next time. Without the index, products would be lost that the lists do not show yet.
                Err(error @ IndexStorageError::Storage(BucketError::S3 { .. })) => return Err(failed(error)),
                Err(error) => tracing::warn!(%error, "the index cannot be read, so it is rebuilt from the table alone"),
            }
        }
        let mut writer = Writer::open(None, self.language).map_err(failed)?;
        let categories = IndexedCategory::open_in(site);
        for category in &categories {
            for entry in category.entries()? {
                writer.put(&Entry::Category(entry)).map_err(failed)?;
            }
        }
        for shop in self.table.open_shops().await? {
            writer.put(&entries::shop(&shop)?).map_err(failed)?;
        }
        let mut count = 0;
        let mut read = stream::iter(products).map(|id| self.product(id, site)).buffer_unordered(PARALLEL_READS);
        while let Some((_, entry)) = read.try_next().await? {
            if let Some(entry) = entry {
                writer.put(&entry).map_err(failed)?;
                count += 1;
            }
        }
        let mut files = writer.commit().map_err(failed)?;
        IndexedCategory::store(&categories, &mut files)?;
        Ok((files, count))
    }

    /// Returns the products in a version of the index.
    async fn indexed(&self, base: &NewestManifest) -> Result<Vec<ProductId>, IndexStorageError> {
        Ok(indexed(&self.storage.open(&base.manifest, None).await?, None)?)
    }
}
