//! Orders: the order of the shopper, and one shop order for each shop.
//!
//! Both are snapshots of what was agreed at the moment of sale. Later changes of products, prices, shops or the
//! commission do not change them.

use jiff::{
    Timestamp,
    fmt::serde::timestamp::millisecond::{optional as optional_millis, required as millis},
};
use serde::{Deserialize, Serialize};
use souk_domain::{
    DeliveryAddress, Email, Money, OrderId, PersonName, Quantity, ShopId, ShopName, SkuId, Slug, TaxRate, Title,
    UserId,
    delivery::{Cancellation, Delivery, NotLeft, Party, Pieces},
    order::{DeliveryState, OrderNumber},
    refund::{RefundState, part_of},
};
use souk_store::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    entity::{from_item, number},
    idempotency::Answer,
    outbox::OutboxRecord,
    table::{Freshness, ListQuery},
    transaction::{Condition, Refused},
};

use crate::{
    discounts::Granted,
    keys::{self, Index, IndexKey, Key},
};

/// A line of an order, as it was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The SKU.
    pub sku: SkuId,
    /// The product's slug at that time.
    pub product_slug: Slug,
    /// The title at that time.
    pub title: Title,
    /// The options of the variant: `Blue / XL`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub options: Option<String>,
    /// The path of the smallest rendition of its picture.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub picture: Option<String>,
    /// The number of pieces.
    pub quantity: Quantity,
    /// The price of one piece.
    pub unit_price: Money,
    /// The amount that the shop's discount took off the line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub discount: Option<Money>,
    /// The price of all pieces, less the discount.
    pub total: Money,
    /// The marketplace's commission on the total.
    pub commission: Money,
    /// The rate of the tax that the total includes. Absent if the shop stated none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tax_rate: Option<TaxRate>,
    /// The tax that the total includes, in minor units of its currency. A plain number, because every byte of a line is
    /// written three times in the transaction of an order.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub tax: i64,
}

impl OrderLine {
    /// Returns the tax that the total includes. Returns `None` if the shop stated no rate.
    pub fn included_tax(&self) -> Option<Money> {
        self.tax_rate.map(|_| Money::new(self.tax, self.total.currency))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// The lines that one shop sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopPart {
    /// The shop.
    pub shop: ShopId,
    /// The name at that time.
    pub shop_name: ShopName,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// The discount that the shop gave on them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub discount: Option<Granted>,
    /// The price of shipping. Absent if it is free.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shipping: Option<Money>,
    /// The rate of the tax that the shop's prices include, but for those of categories with another one. Absent if the
    /// shop stated none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tax_rate: Option<TaxRate>,
    /// The tax that the shipping includes, in minor units of its currency.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub shipping_tax: i64,
    /// The sum of the lines and the shipping.
    pub total: Money,
}

impl ShopPart {
    /// Returns the price of shipping, which may be zero.
    pub fn shipping_price(&self) -> Money {
        self.shipping.unwrap_or(Money::zero(self.total.currency))
    }

    /// Returns the tax that the shipping includes. Returns `None` if the shop stated no rate.
    pub fn included_shipping_tax(&self) -> Option<Money> {
        self.tax_rate.map(|_| Money::new(self.shipping_tax, self.total.currency))
    }

    /// Returns the tax that the total includes: the sum of that of the lines and of the shipping. Returns `None` if the
    /// shop stated no rate.
    pub fn included_tax(&self) -> Option<Money> {
        // The sum cannot overflow: each tax is at most its amount, and these amounts add up to the total.
        let tax = self.lines.iter().map(|line| line.tax).sum::<i64>() + self.shipping_tax;
        self.tax_rate.map(|_| Money::new(tax, self.total.currency))
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The order's id.
    pub id: OrderId,
    /// The number of the order, for people.
    pub number: OrderNumber,
    /// The shopper.
    pub user: UserId,
    /// The shopper's mail address at that time, by which the buyer is reached if the account is deleted. Absent in
    /// orders of the first versions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub email: Option<Email>,
    /// Where the parcels go. Absent in orders of the first versions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<DeliveryAddress>,
    /// The amount that was paid.
    pub total: Money,
    /// The number of pieces.
    pub pieces: u32,
    /// Stripe's id of the payment. Absent if the total was zero.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub payment_intent: Option<String>,
    /// When it was paid.
    #[serde(with = "millis")]
    pub placed_at: Timestamp,
}

impl Entity for Order {
    const TYPE: &'static str = "order";

    fn key(&self) -> Key {
        keys::order(self.id)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::among_orders_of(self.user, self.id))
    }
}

/// Money that goes back to the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its number within the shop order, from 1.
    pub number: u8,
    /// The number of the cancellation that caused it.
    pub cancellation: u8,
    /// The amount.
    pub amount: Money,
    /// The commission that the marketplace gives up.
    pub commission: Money,
    /// The tax that the amount includes, in minor units; 0 if the shop stated no rate.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub tax: i64,
    /// How far it is.
    pub state: RefundState,
    /// When it was requested.
    #[serde(with = "millis")]
    pub requested_at: Timestamp,
    /// When Stripe accepted or refused it.
    #[serde(skip_serializing_if = "Option::is_none", default, with = "optional_millis")]
    pub settled_at: Option<Timestamp>,
}

/// A shop's part of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopOrder {
    /// The order.
    pub order: OrderId,
    /// The number of the order, for people.
    pub number: OrderNumber,
    /// The shopper. Absent in orders of the first versions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<UserId>,
    /// The buyer's name, for the parcel.
    pub buyer: PersonName,
    /// Where the parcel goes. Absent in orders of the first versions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<DeliveryAddress>,
    /// The shop and its lines.
    #[serde(flatten)]
    pub part: ShopPart,
    /// What was packed, shipped and cancelled.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The refunds, by their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub refunds: Vec<Refund>,
    /// The state of the delivery, which follows from it.
    pub state: DeliveryState,
    /// When it was paid.
    #[serde(with = "millis")]
    pub placed_at: Timestamp,
    /// The version, from 1.
    pub version: u64,
}

impl ShopOrder {
    /// Returns the pieces that were ordered.
    pub fn pieces(&self) -> Pieces {
        // A cart has one line for each SKU.
        self.part.lines.iter().map(|line| (line.sku, line.quantity)).collect()
    }

    /// Returns the next version of it, with another delivery.
    #[must_use]
    pub fn with(&self, delivery: Delivery) -> Self {
        let state = delivery.state(&self.pieces());
        Self { delivery, state, version: self.version + 1, ..self.clone() }
    }

    /// Returns the next version of it after a cancellation, with the refund for its pieces as the last one. A refund of
    /// nothing needs no payment, so it has succeeded.
    ///
    /// # Errors
    /// Those of [`Delivery::cancel`].
    pub fn cancel(
        &self,
        pieces: Option<Pieces>,
        by: Party,
        now: Timestamp,
    ) -> Result<(Self, Cancellation), Vec<NotLeft>> {
        let mut delivery = self.delivery.clone();
        let cancellation = delivery.cancel(&self.pieces(), pieces, by, now)?.clone();
        let currency = self.part.total.currency;
        let (mut amount, mut commission, mut tax) = (Money::zero(currency), Money::zero(currency), 0);
        for line in &self.part.lines {
            let Some(count) = cancellation.pieces.get(&line.sku) else { continue };
            let before = self.delivery.cancelled(line.sku);
            let part = |whole: i64| part_of(whole, before, count.get(), line.quantity.get());
            // The sums cannot overflow: they are at most those of the shop order.
            amount.minor += part(line.total.minor);
            commission.minor += part(line.commission.minor);
            tax += part(line.tax);
        }
        let mut next = self.with(delivery);
        if next.state == DeliveryState::Cancelled {
            // Nothing was shipped, and nothing will be.
            amount.minor += self.part.shipping_price().minor;
            tax += self.part.shipping_tax;
        }
        let is_settled = amount.minor == 0;
        let refund = Refund {
            number: u8::try_from(self.refunds.len()).unwrap_or(u8::MAX).saturating_add(1),
            cancellation: cancellation.number,
            amount,
            commission,
            tax,
            state: if is_settled { RefundState::Succeeded } else { RefundState::Pending },
            requested_at: now,
            settled_at: is_settled.then_some(now),
        };
        next.refunds.push(refund);
        Ok((next, cancellation))
    }

    /// Returns a refund.
    pub fn refund(&self, number: u8) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.number == number)
    }

    /// Returns the next version of it, with a refund that Stripe accepted or refused.
    #[must_use]
    pub fn settled(&self, number: u8, state: RefundState, now: Timestamp) -> Self {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        for refund in next.refunds.iter_mut().filter(|refund| refund.number == number) {
            (refund.state, refund.settled_at) = (state, Some(now));
        }
        next
    }
}

impl Entity for ShopOrder {
    const TYPE: &'static str = "shop_order";

    fn key(&self) -> Key {
        keys::shop_order(self.order, self.part.shop)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::among_orders_at(self.part.shop, self.order))
    }

    fn index2(&self) -> Option<IndexKey> {
        self.user.map(|user| keys::among_orders_of_at(user, self.part.shop, self.order))
    }

    fn index3(&self) -> Option<IndexKey> {
        (!self.state.is_final()).then(|| keys::among_undelivered_of(self.part.shop, self.order))
    }
}

/// The claim of an order on its number. It leads from the number to the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NumberClaim {
    /// The number.
    pub(crate) number: OrderNumber,
    /// The order.
    pub(crate) order: OrderId,
}

impl Entity for NumberClaim {
    const TYPE: &'static str = "order_number";

    fn key(&self) -> Key {
        keys::order_number(&self.number)
    }
}

/// A shipment that is not delivered yet, for the schedule that ends the wait for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentUnderWay {
    /// The order.
    pub order: OrderId,
    /// The shop that shipped it.
    pub shop: ShopId,
    /// The number of the shipment within the shop order.
    pub shipment: u8,
    /// When it was shipped.
    #[serde(with = "millis")]
    pub shipped_at: Timestamp,
}

impl Entity for ShipmentUnderWay {
    const TYPE: &'static str = "shipment_under_way";

    fn key(&self) -> Key {
        keys::shipment_under_way(self.order, self.shop, self.shipment)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::among_shipments_under_way(self.shipped_at, self.order, self.shop, self.shipment))
    }
}

/// Why a delivery was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The shop order is not the one that was read.
    Changed,
    /// The SKU was purged meanwhile.
    Gone(SkuId),
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

/// An order with its shop orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderWithParts {
    /// The order.
    pub order: Order,
    /// The shop orders.
    pub parts: Vec<ShopOrder>,
}

/// Access to orders.
#[derive(Debug)]
pub struct Orders<'a> {
    table: &'a Table,
}

impl<'a> Orders<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns any shopper's order, for consumers.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn whole(&self, id: OrderId) -> Result<Option<OrderWithParts>, StoreError> {
        let mut order = None;
        let mut parts = Vec::new();
        for item in self.table.partition(keys::order_partition(id)).await? {
            match item.get("type").and_then(|value| value.as_s().ok()).map(String::as_str) {
                Some(Order::TYPE) => order = Some(from_item(item)?),
                Some(ShopOrder::TYPE) => parts.push(from_item(item)?),
                _ => {}
            }
        }
        Ok(order.map(|order| OrderWithParts { order, parts }))
    }

    /// Returns an order of a shopper.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, user: UserId, id: OrderId) -> Result<Option<OrderWithParts>, StoreError> {
        Ok(self.whole(id).await?.filter(|whole| whole.order.user == user))
    }

    /// Returns a shop's part of an order.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn at(&self, shop: ShopId, id: OrderId) -> Result<Option<ShopOrder>, StoreError> {
        self.table.get(keys::shop_order(id, shop), Freshness::Strong).await
    }

    /// Returns whether a shopper has ordered from a shop. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn has_ordered(&self, user: UserId, shop: ShopId) -> Result<bool, StoreError> {
        let query = ListQuery::newest(keys::orders_of_at(user, shop), None, 1).of(Index::Second);
        Ok(!self.table.list::<ShopOrder>(query).await?.items.is_empty())
    }

    /// Returns whether a shop has orders that are not delivered yet. One read, which may be a second old.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn has_undelivered(&self, shop: ShopId) -> Result<bool, StoreError> {
        let query = ListQuery::newest(keys::undelivered_of(shop), None, 1).of(Index::Third);
        Ok(!self.table.list::<ShopOrder>(query).await?.items.is_empty())
    }

    /// Lists a shopper's orders, newest first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list_of(&self, user: UserId, from: Option<Position>, limit: u8) -> Result<Page<Order>, StoreError> {
        self.table.list(ListQuery::newest(keys::orders_of(user), from, limit)).await
    }

    /// Lists a shop's orders, or those in one state, newest first. One read. Of one state: up to five, and the page may be
    /// short although the list continues.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list_at(
        &self,
        shop: ShopId,
        state: Option<DeliveryState>,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<ShopOrder>, StoreError> {
        let query = ListQuery::newest(keys::orders_at(shop), from, limit);
        self.table
            .list(match state {
                Some(state) => query.only("state", state.name()),
                None => query,
            })
            .await
    }

    /// Returns the order with a number. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn by_number(&self, number: &OrderNumber) -> Result<Option<OrderId>, StoreError> {
        let claim: Option<NumberClaim> = self.table.get(keys::order_number(number), Freshness::Eventual).await?;
        Ok(claim.map(|claim| claim.order))
    }

    /// Lists the shipments that were shipped up to a time and are not delivered yet, the oldest first, at most 100. One
    /// read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn under_way(
        &self,
        shipped_until: Timestamp,
        from: Option<Position>,
    ) -> Result<Page<ShipmentUnderWay>, StoreError> {
        let (list, bound) = (keys::shipments_under_way(), keys::sortable(shipped_until));
        self.table.list(ListQuery::oldest_up_to(list, bound, 100).from(from)).await
    }

    /// Writes a change of a shop order, with its events and the answer to its request, and returns pieces to the stock. One
    /// transaction. A SKU that was purged gets nothing back.
    ///
    /// # Errors
    /// [`Rule::Changed`] and [`Rule::KeyUsed`]. Nothing is written then.
    pub async fn save(
        &self,
        before: &ShopOrder,
        after: &ShopOrder,
        returned: &Pieces,
        events: &[OutboxRecord],
        answer: Option<&Answer>,
    ) -> Result<(), WriteError<Rule>> {
        let mut returned = returned.clone();
        loop {
            let gone = match self.try_to_save(before, after, &returned, events, answer).await {
                Err(WriteError::Refused(Refused(rules))) => rules,
                result => return result,
            };
            let known = returned.len();
            returned.retain(|sku, _| !gone.contains(&Rule::Gone(*sku)));
            if returned.len() == known || gone.iter().any(|rule| !matches!(rule, Rule::Gone(_))) {
                return Err(WriteError::Refused(Refused(gone)));
            }
        }
    }

    async fn try_to_save(
        &self,
        before: &ShopOrder,
        after: &ShopOrder,
        returned: &Pieces,
        events: &[OutboxRecord],
        answer: Option<&Answer>,
    ) -> Result<(), WriteError<Rule>> {
        let as_read = Condition::at_version(before.version);
        let mut transaction = Transaction::new().replace(after, as_read, Rule::Changed);
        let under_way = |order: &ShopOrder| -> Vec<ShipmentUnderWay> {
            let shipments = order.delivery.shipments.iter().filter(|shipment| shipment.delivered_at.is_none());
            shipments
                .map(|shipment| ShipmentUnderWay {
                    order: order.order,
                    shop: order.part.shop,
                    shipment: shipment.number,
                    shipped_at: shipment.shipped_at,
                })
                .collect()
        };
        let (was, is) = (under_way(before), under_way(after));
        for arrived in was.iter().filter(|shipment| !is.contains(shipment)) {
            transaction = transaction.delete(&arrived.key(), Condition::default(), Rule::Changed);
        }
        for shipped in is.iter().filter(|shipment| !was.contains(shipment)) {
            transaction = transaction.put(shipped);
        }
        for (&sku, quantity) in returned {
            let exists = Condition::new("attribute_exists(pk)").value(":count", number(i64::from(quantity.get())));
            let update = "SET available = available + :count";
            transaction = transaction.update(&keys::sku(sku), update, exists, Rule::Gone(sku));
        }
        transaction = transaction.put_all(events);
        if let Some(answer) = answer {
            transaction = transaction.create(answer, Rule::KeyUsed);
        }
        transaction.commit(self.table).await
    }
}
