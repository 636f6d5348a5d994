//! Orders: the order of the shopper, and one shop order for each shop.
//!
//! Both are snapshots of what was agreed at the moment of sale. Later changes of products, prices, shops or the
//! commission do not change them.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    DeliveryAddress, Email, Money, OrderId, PersonName, Quantity, ShopId, ShopName, SkuId, Slug, TaxRate, Title,
    UserId, order::DeliveryState,
};
use souk_store::{
    Entity, Page, Position, StoreError, Table,
    entity::from_item,
    table::{Freshness, ListQuery},
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

/// A shop's part of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopOrder {
    /// The order.
    pub order: OrderId,
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
    /// The state of the delivery.
    pub state: DeliveryState,
    /// When it was paid.
    #[serde(with = "millis")]
    pub placed_at: Timestamp,
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

    /// Lists a shop's orders, newest first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list_at(
        &self,
        shop: ShopId,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<ShopOrder>, StoreError> {
        self.table.list(ListQuery::newest(keys::orders_at(shop), from, limit)).await
    }
}
