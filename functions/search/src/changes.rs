//! What has to change in the index.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use souk_domain::{
    Slug,
    site::{CategoryName, Subcategory},
};
use souk_messaging::Failure;
use souk_search::{ArchiveError, CategoryEntry, Entry, Files, Kind, Language, Writer};
use souk_store_shops::site;

use crate::entries;

/// The file of the index that remembers which categories it tells of. The engine leaves it alone.
const CATEGORIES: &str = "categories.json";

/// A category that the index tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    slug: Slug,
    name: CategoryName,
    parts: Vec<Subcategory>,
}

/// What is to be put into the index and taken out of it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    puts: Vec<Entry>,
    removals: Vec<(Kind, String)>,
    categories: Option<Vec<Named>>,
}

impl Named {
    /// The categories that somebody may be led to.
    pub(crate) fn all_of(site: &site::Whole) -> Vec<Self> {
        let open = site.categories.iter().filter(|category| category.retiring.is_none());
        open.map(|category| Self {
            slug: category.slug.clone(),
            name: category.name.clone(),
            parts: category.subcategories.clone(),
        })
        .collect()
    }

    /// Those that an index tells of.
    fn all_in(files: &Files) -> Result<Vec<Self>, Failure> {
        Ok(files.get(CATEGORIES).map(|file| serde_json::from_slice(file)).transpose()?.unwrap_or_default())
    }

    pub(crate) fn entries(&self) -> Result<Vec<CategoryEntry>, Failure> {
        Ok(entries::category(&self.slug, &self.name, &self.parts)?)
    }

    /// Remembers these as the ones that an index tells of.
    pub(crate) fn remember(all: &[Self], files: &mut Files) -> Result<(), Failure> {
        files.insert(CATEGORIES.to_owned(), serde_json::to_vec(all)?);
        Ok(())
    }
}

impl Changes {
    /// Puts an entry in, or takes the one out that has no entry any more.
    pub(crate) fn replace(&mut self, kind: Kind, id: String, entry: Option<Entry>) {
        match entry {
            Some(entry) => self.puts.push(entry),
            None => self.removals.push((kind, id)),
        }
    }

    /// Brings an index's categories up to date, and answers those that products know by another name by now.
    pub(crate) fn rename(&mut self, files: &Files, site: &site::Whole) -> Result<Vec<Slug>, Failure> {
        let (before, after) = (Named::all_in(files)?, Named::all_of(site));
        if before == after {
            return Ok(Vec::new());
        }
        let changed: Vec<&Named> = after.iter().filter(|category| !before.contains(category)).collect();
        let there: BTreeSet<String> = ids(&after)?;
        let gone = ids(&before)?.into_iter().filter(|id| !there.contains(id));
        self.removals.extend(gone.map(|id| (Kind::Category, id)));
        for category in &changed {
            self.puts.extend(category.entries()?.into_iter().map(Entry::Category));
        }
        let known = |category: &&Named| before.iter().any(|before| before.slug == category.slug);
        let renamed = changed.into_iter().filter(known).map(|category| category.slug.clone()).collect();
        self.categories = Some(after);
        Ok(renamed)
    }

    /// Whether nothing has to change.
    pub(crate) const fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.removals.is_empty() && self.categories.is_none()
    }

    /// The index with these changes.
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
            (Some(new), _) => Named::remember(&new, &mut files)?,
            (None, Some(known)) => files.insert(CATEGORIES.to_owned(), known),
            (None, None) => {}
        }
        Ok(files)
    }
}

fn ids(categories: &[Named]) -> Result<BTreeSet<String>, Failure> {
    let mut ids = BTreeSet::new();
    for category in categories {
        ids.extend(category.entries()?.iter().map(CategoryEntry::id));
    }
    Ok(ids)
}

/// What went wrong with the index.
pub(crate) fn failed(error: impl Into<ArchiveError>) -> Failure {
    Failure::new(error.into().to_string())
}
