//! Carts. A cart is one item, so one read returns it and one write empties it, whatever is in it.
//!
//! A shopper's cart is found by its owner, a guest's cart by an id that only its holder knows. They differ in type and
//! key, so that no id of one kind leads to the other.

use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, ReturnValue},
};
use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    CartId, GuestCartId, PaymentSessionId, Quantity, SkuId,
    cart::{Dropped, Lines},
};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError,
    entity::{Item, from_item, millis, number},
    table::Freshness,
    transaction::Condition,
};

use crate::{
    discounts::{self, Coupons},
    keys::{self, Key},
};

/// How many different SKUs a cart may contain: as many as a checkout page of Stripe may have lines.
pub const MAX_LINES: usize = 100;

/// How long a guest's cart exists after its last change, and how long the result of a merge exists.
pub const GUEST_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A shopper's cart. It contains no prices, because each answer computes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// The cart's id.
    pub id: CartId,
    /// The quantity of each SKU.
    #[serde(default)]
    pub lines: Lines,
    /// The discounts that it requests.
    #[serde(default, skip_serializing_if = "Coupons::is_empty")]
    pub coupons: Coupons,
    /// The payment session that may be paid now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_session: Option<PaymentSessionId>,
    /// The version. Every change increments it.
    #[serde(default)]
    pub version: u64,
}

impl Entity for Cart {
    const TYPE: &'static str = "cart";

    fn key(&self) -> Key {
        keys::cart(self.id)
    }
}

/// A guest's cart. Nothing in it tells whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestCart {
    /// The cart's id, which is the secret of its holder.
    pub id: GuestCartId,
    /// The quantity of each SKU.
    pub lines: Lines,
    /// The discounts that it requests.
    #[serde(default, skip_serializing_if = "Coupons::is_empty")]
    pub coupons: Coupons,
    /// The version, from 1. Every change increments it.
    pub version: u64,
    /// When it expires. Every change postpones it.
    #[serde(with = "millisecond::required")]
    pub expires_at: Timestamp,
}

impl GuestCart {
    /// Returns an empty cart.
    pub fn new(id: GuestCartId, now: Timestamp) -> Self {
        Self { id, lines: Lines::new(), coupons: Coupons::new(), version: 1, expires_at: now + GUEST_LIFETIME }
    }
}

impl Entity for GuestCart {
    const TYPE: &'static str = "guest_cart";

    fn key(&self) -> Key {
        keys::guest_cart(self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// The result of merging a guest's cart into a shopper's, for a repeated request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// The shopper's cart.
    pub cart: CartId,
    /// The guest's cart, which is deleted.
    pub guest: GuestCartId,
    /// Lines that were dropped or reduced.
    pub dropped: Vec<Dropped>,
    /// When it may be deleted.
    #[serde(with = "millisecond::required")]
    pub forgotten_at: Timestamp,
}

impl Entity for Merge {
    const TYPE: &'static str = "cart_merge";

    fn key(&self) -> Key {
        keys::cart_merge(self.cart, self.guest)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.forgotten_at)
    }
}

/// The id of a cart of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AnyCartId {
    /// A shopper's cart.
    Shopper(CartId),
    /// A guest's cart.
    Guest(GuestCartId),
}

impl AnyCartId {
    fn key(self) -> Key {
        match self {
            Self::Shopper(id) => keys::cart(id),
            Self::Guest(id) => keys::guest_cart(id),
        }
    }
}

impl From<CartId> for AnyCartId {
    fn from(id: CartId) -> Self {
        Self::Shopper(id)
    }
}

impl From<GuestCartId> for AnyCartId {
    fn from(id: GuestCartId) -> Self {
        Self::Guest(id)
    }
}

/// A change of a cart's lines. Each is idempotent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Sets the quantity of a SKU.
    Set(SkuId, Quantity),
    /// Removes a SKU.
    Remove(SkuId),
    /// Removes all SKUs.
    Empty,
}

/// Why a cart was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has [`MAX_LINES`] different SKUs already.
    Full,
    /// A guest's cart that expired or never existed.
    NoSuchCart,
}

/// Why two carts were not merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// One of them changed meanwhile. Read both again.
    Stale,
}

/// The contents of a cart of either kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Contents {
    /// The quantity of each SKU.
    #[serde(default)]
    pub lines: Lines,
    /// The discounts that it requests.
    #[serde(default)]
    pub coupons: Coupons,
    /// The payment session that may be paid now.
    #[serde(default)]
    pub payment_session: Option<PaymentSessionId>,
    /// The version. Every change increments it.
    #[serde(default)]
    pub version: u64,
    #[serde(default, with = "millisecond::optional")]
    expires_at: Option<Timestamp>,
}

impl From<Cart> for Contents {
    fn from(Cart { lines, coupons, payment_session, version, .. }: Cart) -> Self {
        Self { lines, coupons, payment_session, version, expires_at: None }
    }
}

impl From<GuestCart> for Contents {
    fn from(GuestCart { lines, coupons, version, expires_at, .. }: GuestCart) -> Self {
        Self { lines, coupons, payment_session: None, version, expires_at: Some(expires_at) }
    }
}

/// Access to carts.
#[derive(Debug)]
pub struct Carts<'a> {
    table: &'a Table,
}

impl<'a> Carts<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns a shopper's cart. It is empty if none is stored.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: CartId) -> Result<Cart, StoreError> {
        let cart = self.table.get(keys::cart(id), Freshness::Strong).await?;
        Ok(cart.unwrap_or(Cart { id, lines: Lines::new(), coupons: Coupons::new(), payment_session: None, version: 0 }))
    }

    /// Returns a guest's cart, or `None` if it expired.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn guest(&self, id: GuestCartId, now: Timestamp) -> Result<Option<GuestCart>, StoreError> {
        let cart: Option<GuestCart> = self.table.get(keys::guest_cart(id), Freshness::Strong).await?;
        Ok(cart.filter(|cart| now < cart.expires_at))
    }

    /// Returns the contents of a cart of either kind. Returns `None` if a guest's cart does not exist.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn contents(&self, cart: AnyCartId, now: Timestamp) -> Result<Option<Contents>, StoreError> {
        Ok(match cart {
            AnyCartId::Shopper(id) => Some(self.get(id).await?.into()),
            AnyCartId::Guest(id) => self.guest(id, now).await?.map(Contents::from),
        })
    }

    /// Stores a new guest's cart.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn open(&self, cart: &GuestCart) -> Result<(), StoreError> {
        self.table.put(cart).await
    }

    /// Changes a cart and returns its contents after the change. Two parallel changes both take effect; of two changes
    /// of the same SKU the later one stays. A change extends a guest's cart by [`GUEST_LIFETIME`].
    ///
    /// # Errors
    /// [`Refusal`] inside; those of [`StoreError`] outside.
    pub async fn change(
        &self,
        cart: AnyCartId,
        change: Change,
        now: Timestamp,
    ) -> Result<Result<Contents, Refusal>, StoreError> {
        let update = self.update(cart, change, now);
        let unchanged = match self.table.apply(update.clone()).await? {
            Ok(output) => return contents_of(output.attributes).map(Ok),
            Err(Some(item)) => item,
            Err(None) => {
                let AnyCartId::Shopper(id) = cart else { return Ok(Err(Refusal::NoSuchCart)) };
                let Change::Set(sku, quantity) = change else { return Ok(Ok(Contents::default())) };
                let lines = Lines::from([(sku, quantity)]);
                let first = Cart { id, lines, coupons: Coupons::new(), payment_session: None, version: 1 };
                if self.table.create(&first).await? {
                    return Ok(Ok(first.into()));
                }
                // Another request created the cart meanwhile.
                match self.table.apply(update).await? {
                    Ok(output) => return contents_of(output.attributes).map(Ok),
                    Err(item) => item.unwrap_or_default(),
                }
            }
        };
        let stored: Contents = from_item(unchanged)?;
        Ok(match change {
            _ if stored.expires_at.is_some_and(|at| at <= now) => Err(Refusal::NoSuchCart),
            Change::Set(..) => Err(Refusal::Full),
            // There was nothing to remove.
            Change::Remove(_) | Change::Empty => Ok(stored),
        })
    }

    /// Builds the update of a change. Every change of lines increments the version, because opening a payment session
    /// depends on it.
    fn update(&self, cart: AnyCartId, change: Change, now: Timestamp) -> UpdateItemFluentBuilder {
        let update = self
            .table
            .update(&cart.key())
            .expression_attribute_names("#lines", "lines")
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew);
        let (update, expression, condition) = match change {
            Change::Set(sku, quantity) => (
                update
                    .expression_attribute_names("#sku", sku.to_string())
                    .expression_attribute_values(":quantity", number(quantity.get()))
                    .expression_attribute_values(":max", number(i64::try_from(MAX_LINES).unwrap_or(i64::MAX))),
                "SET #lines.#sku = :quantity, version = version + :one",
                "attribute_exists(#lines) AND (attribute_exists(#lines.#sku) OR size(#lines) < :max)",
            ),
            Change::Remove(sku) => (
                update.expression_attribute_names("#sku", sku.to_string()),
                "REMOVE #lines.#sku SET version = version + :one",
                "attribute_exists(#lines.#sku)",
            ),
            Change::Empty => (
                update
                    .expression_attribute_values(":none", AttributeValue::M([].into()))
                    .expression_attribute_values(":zero", number(0)),
                "REMOVE coupons SET #lines = :none, version = version + :one",
                "(size(#lines) > :zero OR attribute_exists(coupons))",
            ),
        };
        kept(update, cart, expression, condition, now)
    }

    /// Replaces the discounts that a cart requests. Returns `false` if the cart changed meanwhile.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn ask_for(
        &self,
        cart: AnyCartId,
        read: &Contents,
        coupons: &Coupons,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = self
            .table
            .update(&cart.key())
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":coupons", discounts::as_value(coupons)?)
            .expression_attribute_values(":read", number(i64::try_from(read.version).unwrap_or(i64::MAX)));
        let expression = "SET coupons = :coupons, version = version + :one";
        let update = kept(update, cart, expression, "version = :read", now);
        Ok(self.table.apply(update).await?.is_ok())
    }

    /// Returns the result of merging a guest's cart into a shopper's, unless it expired.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn merged(&self, cart: CartId, guest: GuestCartId, now: Timestamp) -> Result<Option<Merge>, StoreError> {
        let merge: Option<Merge> = self.table.get(keys::cart_merge(cart, guest), Freshness::Strong).await?;
        Ok(merge.filter(|merge| now < merge.forgotten_at))
    }

    /// Replaces a shopper's cart, deletes the guest's cart as it was read, and stores the result. So a guest's cart is
    /// merged once, into one cart.
    ///
    /// # Errors
    /// [`Rule::Stale`] if one of the carts changed meanwhile.
    pub async fn merge(&self, next: &Cart, guest: &GuestCart, merge: &Merge) -> Result<(), WriteError<Rule>> {
        Transaction::new()
            .replace(next, Condition::at_version(next.version - 1), Rule::Stale)
            .delete(&guest.key(), Condition::at_version(guest.version), Rule::Stale)
            .put(merge)
            .commit(self.table)
            .await
    }
}

/// Extends a guest's cart, if it exists.
fn kept(
    update: UpdateItemFluentBuilder,
    cart: AnyCartId,
    expression: &str,
    condition: &str,
    now: Timestamp,
) -> UpdateItemFluentBuilder {
    match cart {
        AnyCartId::Shopper(_) => update.update_expression(expression).condition_expression(condition),
        AnyCartId::Guest(_) => update
            .update_expression(format!("{expression}, expires_at = :expires_at, #ttl = :ttl"))
            .condition_expression(format!("{condition} AND expires_at > :now"))
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":expires_at", millis(now + GUEST_LIFETIME))
            .expression_attribute_values(":ttl", number((now + GUEST_LIFETIME).as_second()))
            .expression_attribute_values(":now", millis(now)),
    }
}

fn contents_of(attributes: Option<Item>) -> Result<Contents, StoreError> {
    from_item(attributes.unwrap_or_default())
}
