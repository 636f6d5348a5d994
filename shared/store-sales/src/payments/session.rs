//! What a payment session is.

use std::collections::BTreeSet;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    CartId, Email, Money, OrderId, PaymentSessionId, PersonName, ShopId, SkuId, UserId,
    order::{DeliveryState, PaymentState},
};
use souk_store::Entity;

use super::holding::{Change, MAX_ITEMS};
use crate::{
    discounts::Granted,
    keys::{self, IndexKey, Key},
    orders::{Order, ShopOrder, ShopPart},
};

/// An attempt to pay a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSession {
    /// Names the session.
    pub id: PaymentSessionId,
    /// Who pays.
    pub user: UserId,
    /// What the buyer is called, for the parcels.
    pub buyer: PersonName,
    /// Where Stripe sends its receipt.
    pub email: Email,
    /// Which cart.
    pub cart: CartId,
    /// Where it stands.
    pub state: PaymentState,
    /// What is bought, by shop, at the prices agreed.
    pub parts: Vec<ShopPart>,
    /// What is to be paid.
    pub total: Money,
    /// Which SKUs of these it does not hold, while it is opening or closing.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub not_held: BTreeSet<SkuId>,
    /// Until when the stock is held. While it is opening or closing: when whoever finds it so may end it.
    #[serde(with = "millis")]
    pub held_until: Timestamp,
    /// When it opened.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
    /// Stripe's Checkout Session, once Stripe has answered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub checkout: Option<CheckoutPage>,
}

/// Where the shopper pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutPage {
    /// Stripe's name for it.
    pub id: String,
    /// The hosted page.
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
    /// Whether it holds anything.
    pub fn is_live(&self) -> bool {
        matches!(self.state, PaymentState::Opening | PaymentState::Open | PaymentState::Closing)
    }

    /// The discounts that shops give on it.
    pub fn discounts(&self) -> impl Iterator<Item = (ShopId, &Granted)> {
        self.parts.iter().filter_map(|part| Some((part.shop, part.discount.as_ref()?)))
    }

    /// Whether one transaction can exchange what another session holds for what this one is to hold.
    pub fn can_replace(&self, other: &Self) -> bool {
        Change::taking_as_given(self).with(Change::giving_back(other)).items() + 4 <= MAX_ITEMS
    }

    /// Whether it can still be made an order. One that holds its stock always can; one that has to take it again does so
    /// in the transaction that makes the order.
    pub fn can_still_be_completed(&self) -> bool {
        self.state == PaymentState::Open || Change::taking(self).items() + self.parts.len() + 4 <= MAX_ITEMS
    }

    /// The order that this becomes when it is paid, and the parts of its shops.
    pub fn to_order(&self, payment_intent: Option<String>, now: Timestamp) -> (Order, Vec<ShopOrder>) {
        let id = OrderId::from(self.id);
        let lines = self.parts.iter().flat_map(|part| &part.lines);
        let order = Order {
            id,
            user: self.user,
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
                user: Some(self.user),
                buyer: self.buyer.clone(),
                part: part.clone(),
                state: DeliveryState::Ordered,
                placed_at: now,
            })
            .collect();
        (order, parts)
    }
}
