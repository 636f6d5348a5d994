//! Writes of products.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{ProductId, ShopId, SkuId, Slug};
use souk_store::{Entity, Transaction, WriteError, entity::text, idempotency::Answer, transaction::Condition};
use souk_store_shops::{shops::Shop, site::Category};

use super::{Details, Product, ProductSlug, ProductWithSkus, Products, Sku, stock::StockChange};
use crate::keys::{self, IndexKey, Key};

/// The pointer to the offer of a product on sale. It is deleted with the offer, and when the product is no longer on
/// sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPointer {
    /// The product.
    pub product: ProductId,
    /// The shop that sells it.
    pub shop: ShopId,
    /// When the offer ends.
    #[serde(with = "millis")]
    pub ends_at: Timestamp,
}

impl OfferPointer {
    /// Returns the pointer that a product should have, if any.
    pub fn of(product: &Product) -> Option<Self> {
        let offer = product.offer.filter(|_| product.is_listed())?;
        Some(Self { product: product.id, shop: product.shop, ends_at: offer.ends_at })
    }
}

impl Entity for OfferPointer {
    const TYPE: &'static str = "offer";

    fn key(&self) -> Key {
        keys::offer(self.product)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::among_offers(self.ends_at, self.product))
    }

    fn index2(&self) -> Option<IndexKey> {
        Some(keys::among_offers_of(self.shop, self.ends_at, self.product))
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.ends_at)
    }
}

/// The changes of an edit to a product's SKUs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SkuEdits {
    /// New SKUs.
    pub added: Vec<Sku>,
    /// Existing SKUs with new options and prices. Their stock does not change.
    pub changed: Vec<Sku>,
    /// SKUs to remove.
    pub removed: Vec<SkuId>,
}

impl SkuEdits {
    /// How many SKUs one edit may touch. DynamoDB accepts 100 items in a transaction, and the product, its details, its
    /// offer, its shop, its category and two slugs need some of them.
    pub const MAX: usize = 90;

    /// Returns how many SKUs the edit touches.
    pub fn count(&self) -> usize {
        self.added.len() + self.changed.len() + self.removed.len()
    }
}

/// Why a product was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Another product has the slug.
    SlugTaken,
    /// A product with this id exists.
    Exists,
    /// The shop was written since it was read. Read it again.
    ShopChanged,
    /// The category was written since it was read. Read it again.
    CategoryChanged,
    /// Somebody else wrote the product meanwhile. Read it again.
    Stale,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

impl Products<'_> {
    /// Creates a product. Shop and category must be as they were read.
    ///
    /// # Errors
    /// [`Rule::SlugTaken`], [`Rule::Exists`], [`Rule::ShopChanged`], [`Rule::CategoryChanged`], [`Rule::KeyUsed`].
    pub async fn create(
        &self,
        whole: &ProductWithSkus,
        shop: &Shop,
        category: &Category,
        answer: Option<&Answer>,
    ) -> Result<(), WriteError<Rule>> {
        let ProductWithSkus { product, details, skus, sold: _ } = whole;
        let new =
            Transaction::new().create(&claim_of(product), Rule::SlugTaken).create(product, Rule::Exists).put(details);
        let mut transaction =
            category.admit(new, Rule::CategoryChanged).check(&keys::shop(shop.id), shop.as_read(), Rule::ShopChanged);
        for sku in skus {
            transaction = transaction.put(sku);
        }
        if let Some(answer) = answer {
            transaction = transaction.create(answer, Rule::KeyUsed);
        }
        self.commit_with_first_stocks(transaction, skus, skus.len(), product.created_at).await
    }

    /// Commits a transaction that touches `touched` SKUs and adds some of them, with the records of their first stocks. The
    /// records that do not fit into the transaction follow it. If the function ends in between, these few are missing from
    /// the history; the stock itself is right.
    async fn commit_with_first_stocks(
        &self,
        transaction: Transaction<Rule>,
        added: &[Sku],
        touched: usize,
        at: Timestamp,
    ) -> Result<(), WriteError<Rule>> {
        let mut records: Vec<StockChange> = added.iter().filter_map(|sku| StockChange::first(sku, at)).collect();
        let later = records.split_off(records.len().min(SkuEdits::MAX.saturating_sub(touched)));
        transaction.put_all(&records).commit(self.table).await?;
        if later.is_empty() { Ok(()) } else { Transaction::new().put_all(&later).commit(self.table).await }
    }

    /// Replaces a product, `before`, by its next version, `after`. The shop must be as it was read. `details` and
    /// `category` are given if they change.
    ///
    /// # Errors
    /// [`Rule::SlugTaken`], [`Rule::ShopChanged`], [`Rule::CategoryChanged`], [`Rule::Stale`].
    pub async fn edit(
        &self,
        before: &Product,
        after: &Product,
        details: Option<&Details>,
        skus: &SkuEdits,
        shop: &Shop,
        category: Option<&Category>,
    ) -> Result<(), WriteError<Rule>> {
        let mut transaction = in_shop(replaced(before, after), shop);
        if before.slug != after.slug {
            transaction = transaction.create(&claim_of(after), Rule::SlugTaken).delete(
                &keys::product_slug(&before.slug),
                Condition::default(),
                Rule::Stale,
            );
        }
        if let Some(details) = details {
            transaction = transaction.put(details);
        }
        if let Some(category) = category {
            transaction = category.admit(transaction, Rule::CategoryChanged);
        }
        for sku in &skus.added {
            transaction = transaction.create(sku, Rule::Stale);
        }
        for sku in &skus.changed {
            transaction = change(transaction, sku);
        }
        for &sku in &skus.removed {
            let there = Condition::new("attribute_exists(pk)")
                .value(":yes", aws_sdk_dynamodb::types::AttributeValue::Bool(true));
            transaction = transaction.update(&keys::sku(sku), "SET removed = :yes", there, Rule::Stale);
        }
        self.commit_with_first_stocks(transaction, &skus.added, skus.count(), after.updated_at).await
    }

    /// Replaces a product, `before`, by its next version, `after`, where slug, category, details and SKUs stay the
    /// same. The shop must be as it was read.
    ///
    /// # Errors
    /// [`Rule::ShopChanged`], [`Rule::Stale`].
    pub async fn rewrite(&self, before: &Product, after: &Product, shop: &Shop) -> Result<(), WriteError<Rule>> {
        in_shop(replaced(before, after), shop).commit(self.table).await
    }
}

/// Replaces the product that was read by its next version, and writes or deletes the pointer to its offer accordingly.
pub(super) fn replaced(before: &Product, after: &Product) -> Transaction<Rule> {
    let transaction = Transaction::new().replace(after, Condition::at_version(before.version), Rule::Stale);
    match (OfferPointer::of(before), OfferPointer::of(after)) {
        (before, after) if before == after => transaction,
        (_, Some(pointer)) => transaction.put(&pointer),
        (_, None) => transaction.delete(&keys::offer(after.id), Condition::default(), Rule::Stale),
    }
}

/// Requires the shop of which the product carries copies to be as it was read. The worker that updates the copies could
/// miss a product that moves to another tab, so this write takes the newest copies along.
fn in_shop(transaction: Transaction<Rule>, shop: &Shop) -> Transaction<Rule> {
    transaction.check(&keys::shop(shop.id), shop.as_read(), Rule::ShopChanged)
}

/// Writes a SKU's options and price. Leaves its stock, which others change meanwhile, and its marks alone.
fn change(transaction: Transaction<Rule>, sku: &Sku) -> Transaction<Rule> {
    let price = sku.price.and_then(|price| serde_dynamo::to_attribute_value(price).ok());
    let fields = [
        ("code", sku.code.as_ref().map(text)),
        ("colour", sku.colour.as_ref().map(text)),
        ("size", sku.size.as_ref().map(text)),
        ("price", price),
    ];
    let mut condition = Condition::new("attribute_exists(pk)");
    let (mut set, mut remove) = (Vec::new(), Vec::new());
    for (field, value) in fields {
        // Some of these names are reserved words of DynamoDB.
        condition = condition.name(&format!("#{field}"), field);
        match value {
            Some(value) => {
                condition = condition.value(&format!(":{field}"), value);
                set.push(format!("#{field} = :{field}"));
            }
            None => remove.push(format!("#{field}")),
        }
    }
    let clause = |word: &str, parts: Vec<String>| match parts.is_empty() {
        true => String::new(),
        false => format!("{word} {} ", parts.join(", ")),
    };
    let expression = clause("SET", set) + &clause("REMOVE", remove);
    transaction.update(&keys::sku(sku.id), &expression, condition, Rule::Stale)
}

fn claim_of(product: &Product) -> ProductSlug {
    let slug: Slug = product.slug.clone();
    ProductSlug { slug, product: product.id }
}
