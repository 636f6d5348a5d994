//! The site: its categories, its logo and its banners.
//!
//! All of it shares one partition, so one read returns the whole site. Products name their category by its slug.
//! Everything else about a category is stored only here, so a change of it takes effect everywhere at once.
//!
//! A category that ever had a product or a shop cannot be deleted; it retires. Then it gets no new members: whoever
//! puts a product in requires the version that was read ([`Category::admit`]), and whoever puts a shop in requires that
//! it does not retire. A worker moves the members to another category, and deletes the retired one when it is empty.

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
    /// The slug, which is the category's id.
    pub slug: Slug,
    /// The name.
    pub name: CategoryName,
    /// The position among the categories: lowest first, then by slug.
    pub position: u16,
    /// The picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// The subcategories, in order.
    pub subcategories: Vec<Subcategory>,
    /// The commission on its products. Absent if the site's commission applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission: Option<Commission>,
    /// Whether it ever had a product or a shop. The first member sets it, without a new version.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub used: bool,
    /// The category to which its members move, if it retires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiring: Option<Slug>,
    /// The version. Every change increments it.
    pub version: u64,
}

impl Entity for Category {
    const TYPE: &'static str = "category";

    fn key(&self) -> Key {
        keys::category(&self.slug)
    }
}

impl Category {
    /// Creates a category without products, subcategories and picture.
    pub fn new(slug: Slug, name: CategoryName, position: u16) -> Self {
        Self {
            slug,
            name,
            position,
            picture: None,
            subcategories: Vec::new(),
            commission: None,
            used: false,
            retiring: None,
            version: 1,
        }
    }

    /// Returns whether a product may be put into it, and into this subcategory.
    pub fn takes(&self, subcategory: Option<&Slug>) -> bool {
        let known = |slug: &Slug| self.subcategories.iter().any(|own| own.slug == *slug);
        self.retiring.is_none() && subcategory.is_none_or(known)
    }

    /// Requires, in the transaction that puts a product into it, the category to be as it was read. The first product
    /// marks it as used.
    pub fn admit<R: Clone>(&self, transaction: Transaction<R>, rule: R) -> Transaction<R> {
        let as_read = Condition::at_version(self.version);
        if self.used {
            transaction.check(&self.key(), as_read, rule)
        } else {
            let first = as_read.value(":used", AttributeValue::Bool(true));
            transaction.update(&self.key(), "SET used = :used", first, rule)
        }
    }

    /// Requires the category to be as it was read, including `used`, which does not change the version.
    fn as_read(&self) -> Condition {
        let version = Condition::at_version(self.version);
        if self.used { version } else { version.and("attribute_not_exists(used)") }
    }
}

/// The settings of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Picture>,
    /// The banners, in their order.
    pub banners: Vec<Picture>,
    /// How many categories there are, retiring ones included.
    pub categories: u32,
    /// The version. Every change of logo or banners increments it.
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
pub struct SiteWithCategories {
    /// The settings.
    pub settings: Settings,
    /// The categories, in order.
    pub categories: Vec<Category>,
}

impl SiteWithCategories {
    /// A category.
    pub fn category(&self, slug: &Slug) -> Option<&Category> {
        self.categories.iter().find(|category| category.slug == *slug)
    }
}

/// Why the site was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A category with this slug exists.
    SlugTaken,
    /// There are as many categories as there may be.
    Full,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
    /// Somebody else wrote meanwhile. Read again.
    Stale,
}

/// Access to the site.
#[derive(Debug)]
pub struct Site<'a> {
    table: &'a Table,
}

impl<'a> Site<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns the whole site. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn whole(&self) -> Result<SiteWithCategories, StoreError> {
        let (settings, categories): (Vec<Item>, Vec<Item>) =
            self.table.partition(keys::site()).await?.into_iter().partition(|item| !item.contains_key("slug"));
        let settings = settings.into_iter().next().map(from_item).transpose()?.unwrap_or_default();
        let mut categories: Vec<Category> = categories.into_iter().map(from_item).collect::<Result<_, _>>()?;
        // Categories with the same position stay in the order of their slugs, in which they were read.
        categories.sort_by_key(|category| category.position);
        Ok(SiteWithCategories { settings, categories })
    }

    /// Returns a category.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn category(&self, slug: &Slug) -> Result<Option<Category>, StoreError> {
        self.table.get(keys::category(slug), Freshness::Strong).await
    }

    /// Returns those of these categories that exist, in no order. One read for up to 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn categories(&self, slugs: impl IntoIterator<Item = &Slug>) -> Result<Vec<Category>, StoreError> {
        let wanted: BTreeSet<&Slug> = slugs.into_iter().collect();
        let found = self.table.get_many(wanted.into_iter().map(keys::category).collect()).await?;
        found.into_iter().map(from_item).collect()
    }

    /// Returns the commissions of those of these categories that have one. One read for up to 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn commissions(
        &self,
        categories: impl IntoIterator<Item = &Slug>,
    ) -> Result<BTreeMap<Slug, Commission>, StoreError> {
        let found = self.categories(categories).await?;
        Ok(found.into_iter().filter_map(|category| Some((category.slug, category.commission?))).collect())
    }

    /// Creates the first categories, unless the site has settings already. Returns whether it did.
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

    /// Replaces the settings that were read by the next version, `settings`.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn set_up(&self, settings: &Settings, record: &AuditRecord) -> Result<(), WriteError<Rule>> {
        // Adding a category changes the count without a new version.
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

    /// Replaces the category that was read by its next version, and writes the event if products must follow.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn change(
        &self,
        before: &Category,
        after: &Category,
        record: &AuditRecord,
        event: Option<&OutboxRecord>,
    ) -> Result<(), WriteError<Rule>> {
        let transaction = Transaction::new().replace(after, before.as_read(), Rule::Stale).put(record);
        match event {
            Some(event) => transaction.put(event),
            None => transaction,
        }
        .commit(self.table)
        .await
    }

    /// Deletes a category that never had a member.
    ///
    /// # Errors
    /// [`Rule::Stale`], also if a product or a shop was put into it meanwhile.
    pub async fn remove(&self, category: &Category, record: &AuditRecord) -> Result<(), WriteError<Rule>> {
        let unused = category.as_read().and("attribute_not_exists(used)");
        let transaction = Transaction::new().delete(&category.key(), unused, Rule::Stale);
        count(transaction, -1, Condition::default()).put(record).commit(self.table).await
    }

    /// Retires a category in favour of another one. The other one's version is incremented too. So it cannot retire at
    /// the same moment, and who wants to retire it later sees that members move there.
    ///
    /// # Errors
    /// [`Rule::Stale`], of either.
    pub async fn retire(
        &self,
        category: &Category,
        into: &Category,
        record: &AuditRecord,
        event: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        let retired = Category { retiring: Some(into.slug.clone()), version: category.version + 1, ..category.clone() };
        let next = Category { used: true, version: into.version + 1, ..into.clone() };
        Transaction::new()
            .replace(&retired, category.as_read(), Rule::Stale)
            .replace(&next, into.as_read(), Rule::Stale)
            .put(record)
            .put(event)
            .commit(self.table)
            .await
    }

    /// Deletes a retired category, which must be empty. Idempotent.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn close(&self, slug: &Slug) -> Result<(), StoreError> {
        let retired = Condition::new("attribute_exists(retiring)");
        let transaction = Transaction::new().delete(&keys::category(slug), retired, Rule::Stale);
        happened(count(transaction, -1, Condition::default()).commit(self.table).await).map(drop)
    }
}

/// Changes the count of categories.
fn count(transaction: Transaction<Rule>, by: i64, condition: Condition) -> Transaction<Rule> {
    let condition = condition.value(":by", number(by));
    transaction.update(&keys::site_settings(), "ADD categories :by", condition, Rule::Full)
}
