//! How the site presents itself: its categories, its logo and its banners.
//!
//! All of it shares one partition, so the whole site is one read. Products name their category by its slug; what else
//! there is to a category is only here, so a change of it counts everywhere at once.
//!
//! A category that a product or a shop was ever in cannot just go: it retires. From then on nothing new gets in, because
//! whoever puts a product in insists on the version that was read ([`Category::admit`]), and a shop on its not retiring; a
//! worker moves what is there to another category, and closes the old one when it is empty.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Not,
};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use souk_domain::{
    Slug,
    site::{CategoryName, Commission, MAX_CATEGORIES, Subcategory},
};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError,
    audit::AuditRecord,
    entity::{Item, from_item, number},
    idempotency::Answer,
    outbox::OutboxRecord,
    table::Freshness,
    transaction::{Condition, happened},
};
use souk_store_media::media::Picture;

use crate::keys::{self, Key};

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Names it.
    pub slug: Slug,
    /// What it is called.
    pub name: CategoryName,
    /// Its place among the others: the lowest first, then by slug.
    pub position: u16,
    /// What it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// Its parts, in their order.
    pub subcategories: Vec<Subcategory>,
    /// What the marketplace keeps of its sales, instead of what it keeps elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission: Option<Commission>,
    /// Whether a product or a shop was ever in it. Set by the first one, without a new version.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub used: bool,
    /// Where its products and shops go, once it retires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiring: Option<Slug>,
    /// Counts the changes.
    pub version: u64,
}

impl Entity for Category {
    const TYPE: &'static str = "category";

    fn key(&self) -> Key {
        keys::category(&self.slug)
    }
}

impl Category {
    /// Whether a product may be put in it, in this part of it.
    pub fn takes(&self, subcategory: Option<&Slug>) -> bool {
        let known = |slug: &Slug| self.subcategories.iter().any(|own| own.slug == *slug);
        self.retiring.is_none() && subcategory.is_none_or(known)
    }

    /// Insists, in the transaction that puts a product in it, on its being as it was read. The first product leaves word
    /// that there was one.
    pub fn admit<R: Clone>(&self, transaction: Transaction<R>, rule: R) -> Transaction<R> {
        let as_read = Condition::at_version(self.version);
        if self.used {
            transaction.check(&self.key(), as_read, rule)
        } else {
            let first = as_read.value(":used", AttributeValue::Bool(true));
            transaction.update(&self.key(), "SET used = :used", first, rule)
        }
    }

    /// It is as it was read, `used` included, which has no version of its own.
    fn as_read(&self) -> Condition {
        let version = Condition::at_version(self.version);
        if self.used { version } else { version.and("attribute_not_exists(used)") }
    }
}

/// What admins chose for the whole site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Picture>,
    /// The banners, in their order.
    pub banners: Vec<Picture>,
    /// How many categories there are, those that retire included.
    pub categories: u32,
    /// Counts the changes of logo and banners.
    pub version: u64,
}

impl Entity for Settings {
    const TYPE: &'static str = "site_settings";

    fn key(&self) -> Key {
        keys::site_settings()
    }
}

/// The site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whole {
    /// What goes for all of it.
    pub settings: Settings,
    /// Its categories, in their order.
    pub categories: Vec<Category>,
}

impl Whole {
    /// A category.
    pub fn category(&self, slug: &Slug) -> Option<&Category> {
        self.categories.iter().find(|category| category.slug == *slug)
    }
}

/// Why the site was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// There is such a category.
    SlugTaken,
    /// There are as many categories as there may be.
    Full,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
    /// Somebody else wrote in between: read again.
    Stale,
}

/// The site in the table.
#[derive(Debug)]
pub struct Site<'a> {
    table: &'a Table,
}

impl<'a> Site<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// All of it. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn whole(&self) -> Result<Whole, StoreError> {
        let (settings, categories): (Vec<Item>, Vec<Item>) =
            self.table.partition(keys::site()).await?.into_iter().partition(|item| !item.contains_key("slug"));
        let settings = settings.into_iter().next().map(from_item).transpose()?.unwrap_or_default();
        let mut categories: Vec<Category> = categories.into_iter().map(from_item).collect::<Result<_, _>>()?;
        // Those of one place stay in the order of their slugs, in which they were read.
        categories.sort_by_key(|category| category.position);
        Ok(Whole { settings, categories })
    }

    /// A category.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn category(&self, slug: &Slug) -> Result<Option<Category>, StoreError> {
        self.table.get(keys::category(slug), Freshness::Strong).await
    }

    /// The commissions of those of these categories that have one of their own. One read for up to 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn commissions(
        &self,
        categories: impl IntoIterator<Item = &Slug>,
    ) -> Result<BTreeMap<Slug, Commission>, StoreError> {
        let wanted: BTreeSet<&Slug> = categories.into_iter().collect();
        let found = self.table.get_many(wanted.into_iter().map(keys::category).collect()).await?;
        let found = found.into_iter().map(from_item::<Category>).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().filter_map(|category| Some((category.slug, category.commission?))).collect())
    }

    /// Puts in what a site begins with, if it has not begun. Answers whether it did.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn begin(&self, categories: &[Category]) -> Result<bool, StoreError> {
        let count = u32::try_from(categories.len()).unwrap_or(MAX_CATEGORIES);
        let settings = Settings { categories: count, version: 1, ..Settings::default() };
        let first = Transaction::new().create(&settings, Rule::Stale);
        let all = categories.iter().fold(first, |transaction, category| transaction.put(category));
        happened(all.commit(self.table).await)
    }

    /// Puts `settings`, the next version, in place of those that were read.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn set_up(&self, settings: &Settings, record: &AuditRecord) -> Result<(), WriteError<Rule>> {
        // Adding a category counts it, without a version.
        let as_read = Condition::at_version(settings.version - 1)
            .and("categories = :categories")
            .value(":categories", number(settings.categories));
        Transaction::new().replace(settings, as_read, Rule::Stale).put(record).commit(self.table).await
    }

    /// Adds a category.
    ///
    /// # Errors
    /// [`Rule::SlugTaken`], [`Rule::Full`], [`Rule::KeyUsed`].
    pub async fn add(
        &self,
        category: &Category,
        record: &AuditRecord,
        answer: Option<&Answer>,
    ) -> Result<(), WriteError<Rule>> {
        let room_left = Condition::new("categories < :most").value(":most", number(MAX_CATEGORIES));
        let transaction = count(Transaction::new().create(category, Rule::SlugTaken), 1, room_left).put(record);
        match answer {
            Some(answer) => transaction.create(answer, Rule::KeyUsed),
            None => transaction,
        }
        .commit(self.table)
        .await
    }

    /// Puts the next version of a category in place of the one that was read, and tells of it where products must follow.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn change(
        &self,
        before: &Category,
        after: &Category,
        record: &AuditRecord,
        news: Option<&OutboxRecord>,
    ) -> Result<(), WriteError<Rule>> {
        let transaction = Transaction::new().replace(after, before.as_read(), Rule::Stale).put(record);
        match news {
            Some(news) => transaction.put(news),
            None => transaction,
        }
        .commit(self.table)
        .await
    }

    /// Removes a category that nothing was ever in.
    ///
    /// # Errors
    /// [`Rule::Stale`], also when a product or a shop came meanwhile.
    pub async fn remove(&self, category: &Category, record: &AuditRecord) -> Result<(), WriteError<Rule>> {
        let unused = category.as_read().and("attribute_not_exists(used)");
        let transaction = Transaction::new().delete(&category.key(), unused, Rule::Stale);
        count(transaction, -1, Condition::default()).put(record).commit(self.table).await
    }

    /// Retires a category in favour of another one. That one's next version begins: so it cannot retire in the same
    /// moment, and whoever wants to retire it later sees what is on its way there.
    ///
    /// # Errors
    /// [`Rule::Stale`], of either.
    pub async fn retire(
        &self,
        category: &Category,
        into: &Category,
        record: &AuditRecord,
        news: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        let retired = Category { retiring: Some(into.slug.clone()), version: category.version + 1, ..category.clone() };
        let next = Category { used: true, version: into.version + 1, ..into.clone() };
        Transaction::new()
            .replace(&retired, category.as_read(), Rule::Stale)
            .replace(&next, into.as_read(), Rule::Stale)
            .put(record)
            .put(news)
            .commit(self.table)
            .await
    }

    /// Removes a retired category, which is empty now. Once more changes nothing.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn close(&self, slug: &Slug) -> Result<(), StoreError> {
        let retired = Condition::new("attribute_exists(retiring)");
        let transaction = Transaction::new().delete(&keys::category(slug), retired, Rule::Stale);
        happened(count(transaction, -1, Condition::default()).commit(self.table).await).map(drop)
    }
}

/// Counts the categories up or down.
fn count(transaction: Transaction<Rule>, by: i64, condition: Condition) -> Transaction<Rule> {
    let condition = condition.value(":by", number(by));
    transaction.update(&keys::site_settings(), "ADD categories :by", condition, Rule::Full)
}
