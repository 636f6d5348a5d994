//! The changes that bring the index up to date.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use souk_domain::{
    Slug,
    site::{CategoryName, Subcategory},
};
use souk_messaging::Failure;
use souk_search::{CategoryEntry, Entry, Files, IndexStorageError, Kind, Language, Writer};
use souk_store_shops::site;

use crate::entries;

/// The file of the index that lists its categories. The search engine ignores it.
const CATEGORIES: &str = "categories.json";

/// A category that the index contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IndexedCategory {
    slug: Slug,
    name: CategoryName,
    parts: Vec<Subcategory>,
}

/// The entries to put into the index and to remove from it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    puts: Vec<Entry>,
    removals: Vec<(Kind, String)>,
    categories: Option<Vec<IndexedCategory>>,
}

impl IndexedCategory {
    /// Returns the categories that are not being deleted.
    pub(crate) fn open_in(site: &site::SiteWithCategories) -> Vec<Self> {
        let open = site.categories.iter().filter(|category| category.retiring.is_none());
        open.map(|category| Self {
            slug: category.slug.clone(),
            name: category.name.clone(),
            parts: category.subcategories.clone(),
        })
        .collect()
    }

    /// Returns the categories that an index contains.
    fn stored_in(files: &Files) -> Result<Vec<Self>, Failure> {
        Ok(files.get(CATEGORIES).map(|file| serde_json::from_slice(file)).transpose()?.unwrap_or_default())
    }

    pub(crate) fn entries(&self) -> Result<Vec<CategoryEntry>, Failure> {
        Ok(entries::category(&self.slug, &self.name, &self.parts)?)
    }

    /// Stores these as the categories that an index contains.
    pub(crate) fn store(all: &[Self], files: &mut Files) -> Result<(), Failure> {
        files.insert(CATEGORIES.to_owned(), serde_json::to_vec(all)?);
        Ok(())
    }
}

impl Changes {
    /// Puts an entry, or removes it if there is none any more.
    pub(crate) fn replace(&mut self, kind: Kind, id: String, entry: Option<Entry>) {
        match entry {
            Some(entry) => self.puts.push(entry),
            None => self.removals.push((kind, id)),
        }
    }

    /// Updates the categories of the index. Returns those whose products still have the old name in the index.
    pub(crate) fn update_categories(
        &mut self,
        files: &Files,
        site: &site::SiteWithCategories,
    ) -> Result<Vec<Slug>, Failure> {
        let (before, after) = (IndexedCategory::stored_in(files)?, IndexedCategory::open_in(site));
        if before == after {
            return Ok(Vec::new());
        }
        let changed: Vec<&IndexedCategory> = after.iter().filter(|category| !before.contains(category)).collect();
        let current: BTreeSet<String> = ids(&after)?;
        let removed = ids(&before)?.into_iter().filter(|id| !current.contains(id));
        self.removals.extend(removed.map(|id| (Kind::Category, id)));
        for category in &changed {
            self.puts.extend(category.entries()?.into_iter().map(Entry::Category));
        }
        let existed = |category: &&IndexedCategory| before.iter().any(|before| before.slug == category.slug);
        let renamed = changed.into_iter().filter(existed).map(|category| category.slug.clone()).collect();
        self.categories = Some(after);
        Ok(renamed)
    }

    /// Tells whether there is nothing to change.
    pub(crate) const fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.removals.is_empty() && self.categories.is_none()
    }

    /// Returns the index with these changes.
    pub(crate) fn apply(self, files: Files, language: Language) -> Result<Files, Failure> {
        let categories = files.get(CATEGORIES).cloned();
        let mut writer = Writer::open(Some(files), language).map_err(failed)?;
        for entry in &self.puts {
            writer.put(entry).map_err(failed)?;
        }
        for (kind, id) in &self.removals {
            writer.remove(*kind, id);
        }
        let mut files = writer.commit().map_err(failed)?;
        match (self.categories, categories) {
            (Some(new), _) => IndexedCategory::store(&new, &mut files)?,
            (None, Some(known)) => files.insert(CATEGORIES.to_owned(), known),
            (None, None) => {}
        }
        Ok(files)
    }
}

fn ids(categories: &[IndexedCategory]) -> Result<BTreeSet<String>, Failure> {
    let mut ids = BTreeSet::new();
    for category in categories {
        ids.extend(category.entries()?.iter().map(CategoryEntry::id));
    }
    Ok(ids)
}

/// Turns an error of the index into a failure.
pub(crate) fn failed(error: impl Into<IndexStorageError>) -> Failure {
    Failure::new(error.into().to_string())
}
