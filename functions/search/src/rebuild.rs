//! Making the index anew.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use jiff::Timestamp;
use souk_domain::ProductId;
use souk_messaging::Failure;
use souk_search::{ArchiveError, Changed, Entry, Files, Head, Objects, Subject, Writer};
use souk_store_shops::site;

use crate::{
    changes::{Named, failed},
    entries,
    indexer::{AT_ONCE, Indexer, indexed},
    table::Table,
};

/// How often to catch up with those who commit meanwhile.
const ATTEMPTS: usize = 20;

impl<T: Table, B: Objects> Indexer<T, B> {
    /// Makes the index anew from the table and answers of how many products, or nothing if somebody else did meanwhile.
    ///
    /// What indexers commit while it reads is looked at again before it is committed itself. So nothing of theirs is lost,
    /// whether it read a product before or after them.
    pub(crate) async fn rebuild(&self, now: Timestamp) -> Result<Option<usize>, Failure> {
        let mut head = self.archive.newest().await.map_err(failed)?;
        let site = self.table.site().await?;
        let (mut files, count) = self.read_all(head.as_ref(), &site).await?;
        for _ in 0..ATTEMPTS {
            let committed = self.archive.commit(head.as_ref(), &files, self.language, Changed::Everything, now).await;
            if committed.map_err(failed)?.is_some() {
                return Ok(Some(count));
            }
            let next = self.archive.newest().await.map_err(failed)?;
            let Some(subjects) = self.missed(head.as_ref(), next.as_ref()).await? else { return Ok(None) };
            files = self.look(&subjects, &files).await?.apply(files, self.language)?;
            head = next;
        }
        Err(Failure::new("others kept committing"))
    }

    /// What others committed after `head`; nothing if one of them made the index anew.
    async fn missed(&self, head: Option<&Head>, next: Option<&Head>) -> Result<Option<BTreeSet<Subject>>, Failure> {
        let (Some(head), Some(next)) = (head, next) else { return Ok(None) };
        match self.archive.changed_since(head.manifest.version, next).await.map_err(failed)? {
            Changed::Everything => Ok(None),
            Changed::These(subjects) => Ok(Some(subjects)),
        }
    }

    /// An index of all that the table has, and how many products that are.
    async fn read_all(&self, head: Option<&Head>, site: &site::Whole) -> Result<(Files, usize), Failure> {
        let lists = site.categories.iter().map(|category| self.table.products_in(&category.slug));
        let mut products: BTreeSet<ProductId> = try_join_all(lists).await?.into_iter().flatten().collect();
        // The lists may lag behind by what the index knows already.
        if let Some(head) = head {
            match self.indexed(head).await {
                Ok(indexed) => products.extend(indexed),
                Err(error) => tracing::warn!(%error, "the index cannot be read; it is made anew without it"),
            }
        }
        let mut writer = Writer::open(None, self.language).map_err(failed)?;
        let categories = Named::all_of(site);
        for category in &categories {
            for entry in category.entries()? {
                writer.put(&Entry::Category(entry)).map_err(failed)?;
            }
        }
        for shop in self.table.open_shops().await? {
            writer.put(&entries::shop(&shop)?).map_err(failed)?;
        }
        let mut count = 0;
        let mut read = stream::iter(products).map(|id| self.product(id, site)).buffer_unordered(AT_ONCE);
        while let Some((_, entry)) = read.try_next().await? {
            if let Some(entry) = entry {
                writer.put(&entry).map_err(failed)?;
                count += 1;
            }
        }
        let mut files = writer.commit().map_err(failed)?;
        Named::remember(&categories, &mut files)?;
        Ok((files, count))
    }

    /// The products that a version tells of.
    async fn indexed(&self, head: &Head) -> Result<Vec<ProductId>, ArchiveError> {
        Ok(indexed(&self.archive.open(&head.manifest, None).await?, None)?)
    }
}
