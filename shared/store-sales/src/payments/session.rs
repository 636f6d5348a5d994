//! The payment session itself.

use std::collections::BTreeSet;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    CartId, DeliveryAddress, Email, Money, OrderId, PaymentSessionId, PersonName, ShopId, SkuId, UserId,
    delivery::Delivery,
    order::{DeliveryState, OrderNumber, PaymentState},
};
use souk_store::Entity;

use super::{
    COMPLETION,
    holding::{Change, MAX_ITEMS},
};
use crate::{
    discounts::Granted,
    keys::{self, IndexKey, Key},
    orders::{Order, ShopOrder, ShopPart},
};

/// An attempt to pay for a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSession {
    /// The session's id.
    pub id: PaymentSessionId,
    /// The shopper who pays.
    pub user: UserId,
    /// The buyer's name, for the parcels.
    pub buyer: PersonName,
    /// The address to which Stripe sends its receipt.
    pub email: Email,
    /// Where the parcels go. Absent in sessions of the first versions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<DeliveryAddress>,
    /// The cart.
    pub cart: CartId,
    /// The state.
    pub state: PaymentState,
    /// What is bought, by shop, at the agreed prices.
    pub parts: Vec<ShopPart>,
    /// The amount to pay.
    pub total: Money,
    /// The SKUs that it does not hold, while it is opening or closing.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub not_held: BTreeSet<SkuId>,
    /// Until when the stock is held. While it is opening or closing: from when on a sweep may end it.
    #[serde(with = "millis")]
    pub held_until: Timestamp,
    /// When it opened.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
    /// When the first of the sessions opened whose hold this one continues. Absent if it continues none.
    #[serde(
        skip_serializing_if = "Option::is_none",
        default,
        with = "jiff::fmt::serde::timestamp::millisecond::optional"
    )]
    pub held_since: Option<Timestamp>,
    /// How many checkout pages were given up before: by closing them, or because Stripe did not answer in time.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub pages_given_up: u32,
    /// The checkout page, once Stripe has answered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub checkout: Option<CheckoutPage>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Stripe's checkout page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutPage {
    /// Stripe's id of it.
    pub id: String,
    /// The URL.
    pub url: String,
}

impl Entity for PaymentSession {
    const TYPE: &'static str = "payment_session";

    fn key(&self) -> Key {
        keys::payment_session(self.id)
    }

    fn index(&self) -> Option<IndexKey> {
        self.is_live().then(|| keys::among_holds(self.held_until, self.id))
    }
}

impl PaymentSession {
    /// Returns whether it holds anything.
    pub fn is_live(&self) -> bool {
        matches!(self.state, PaymentState::Opening | PaymentState::Open | PaymentState::Closing)
    }

    /// Returns since when its cart holds stock: since this session opened, or the first of those that it continues.
    pub fn held_since(&self) -> Timestamp {
        self.held_since.unwrap_or(self.created_at)
    }

    /// Returns how many pieces of a SKU it holds.
    pub fn held(&self, sku: SkuId) -> u32 {
        if !self.is_live() || self.not_held.contains(&sku) {
            return 0;
        }
        let lines = self.parts.iter().flat_map(|part| &part.lines);
        lines.filter(|line| line.sku == sku).map(|line| line.quantity.get()).sum()
    }

    /// Returns whether it would sell exactly this: these parts, sent to this address.
    pub fn sells(&self, parts: &[ShopPart], address: &DeliveryAddress) -> bool {
        self.parts == parts && self.address.as_ref() == Some(address)
    }

    /// Returns the discounts that shops give on it.
    pub fn discounts(&self) -> impl Iterator<Item = (ShopId, &Granted)> {
        self.parts.iter().filter_map(|part| Some((part.shop, part.discount.as_ref()?)))
    }

    /// Returns whether one transaction can exchange what another session holds for what this one needs.
    pub fn can_replace(&self, other: &Self) -> bool {
        Change::taking_as_given(self).with(Change::giving_back(other)).items() + 4 <= MAX_ITEMS
    }

    /// Returns whether it can still become an order. A session that holds its stock always can. Any other takes it
    /// again in the transaction that creates the order.
    pub fn can_still_be_completed(&self) -> bool {
        self.state == PaymentState::Open || Change::taking(self).items() + self.parts.len() + COMPLETION <= MAX_ITEMS
    }

    /// Returns the order and the shop orders that it becomes when it is paid.
    pub fn to_order(
        &self,
        number: OrderNumber,
        payment_intent: Option<String>,
        now: Timestamp,
    ) -> (Order, Vec<ShopOrder>) {
        let id = OrderId::from(self.id);
        let lines = self.parts.iter().flat_map(|part| &part.lines);
        let order = Order {
            id,
            number: number.clone(),
            user: self.user,
            email: Some(self.email.clone()),
            address: self.address.clone(),
            total: self.total,
            pieces: lines.map(|line| line.quantity.get()).sum(),
            payment_intent,
            placed_at: now,
        };
        let parts = self
            .parts
            .iter()
            .map(|part| ShopOrder {
                order: id,
                number: number.clone(),
                user: Some(self.user),
                buyer: self.buyer.clone(),
                address: self.address.clone(),
                part: part.clone(),
                delivery: Delivery::default(),
                refunds: Vec::new(),
                state: DeliveryState::Ordered,
                placed_at: now,
                version: 1,
            })
            .collect();
        (order, parts)
    }
}
