//! Payment sessions: attempts to pay a cart, and the stock that they hold meanwhile.
//!
//! A session takes its stock when it opens. Paying turns it into an order without touching stock again; expiry gives the
//! stock back. Each of these is one transaction whose condition is the session's state, so each happens once, whoever
//! comes first and however often.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{CartId, Email, Money, OrderId, PaymentSessionId, PersonName, SkuId, UserId, order::PaymentState};

use crate::{
    Entity, StoreError, Table, Transaction, WriteError,
    carts::Cart,
    entity::{number, text},
    idempotency::Answer,
    keys::{self, IndexKey, Key},
    orders::{Order, ShopOrder, ShopPart},
    outbox::OutboxRecord,
    table::{Freshness, ListQuery},
    transaction::Condition,
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
    /// Until when the stock is held.
    #[serde(with = "millis")]
    pub held_until: Timestamp,
    /// When it opened.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
    /// Stripe's Checkout Session, once Stripe has answered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub checkout: Option<Checkout>,
}

/// Where the shopper pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
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
        (self.state == PaymentState::Open).then(|| keys::among_holds(self.held_until, self.id))
    }
}

impl PaymentSession {
    /// Whether one transaction can still make it an order. One that holds its stock always can; one that has to take it
    /// again writes each SKU beside session, order, cart, event and each shop's part, and DynamoDB takes 100 items.
    pub fn can_still_be_completed(&self) -> bool {
        self.state == PaymentState::Open || self.holds().len() + self.parts.len() + 4 <= 100
    }

    /// How many of each SKU it holds. A SKU stands in one line only, yet a transaction that named an item twice would
    /// fail whole, so this does not rely on it.
    fn holds(&self) -> BTreeMap<SkuId, i64> {
        let mut holds = BTreeMap::new();
        for line in self.parts.iter().flat_map(|part| &part.lines) {
            *holds.entry(line.sku).or_default() += i64::from(line.quantity.get());
        }
        holds
    }

    /// The order that this becomes when it is paid, and the parts of its shops.
    pub fn to_order(&self, payment_intent: String, now: Timestamp) -> (Order, Vec<ShopOrder>) {
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
                buyer: self.buyer.clone(),
                part: part.clone(),
                state: souk_domain::order::DeliveryState::Ordered,
                placed_at: now,
            })
            .collect();
        (order, parts)
    }
}

/// Why a payment session was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// There is too little stock of this SKU.
    SoldOut(SkuId),
    /// The cart changed meanwhile.
    CartChanged,
    /// The session is no longer in the state that was read.
    Moved,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

/// The payment sessions in the table.
#[derive(Debug)]
pub struct Payments<'a> {
    table: &'a Table,
}

impl<'a> Payments<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// A payment session, whoever it belongs to: for consumers.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: PaymentSessionId) -> Result<Option<PaymentSession>, StoreError> {
        self.table.get(keys::payment_session(id), Freshness::Strong).await
    }

    /// A payment session of one's own.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, user: UserId, id: PaymentSessionId) -> Result<Option<PaymentSession>, StoreError> {
        Ok(self.get(id).await?.filter(|session| session.user == user))
    }

    /// Open sessions whose hold has ended, the longest ended first, at most 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn overdue(&self, now: Timestamp) -> Result<Vec<PaymentSession>, StoreError> {
        let bound = keys::sortable(now);
        Ok(self.table.list(ListQuery::oldest_up_to(keys::holds(), bound, 100)).await?.items)
    }

    /// Opens a session for a cart as it was read: takes the stock, and gives back that of the session it replaces.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn open(
        &self,
        session: &PaymentSession,
        cart: &Cart,
        replaced: Option<&PaymentSession>,
        answer: &Answer,
    ) -> Result<(), WriteError<Rule>> {
        let mut change = session.holds();
        for (sku, count) in replaced.map(PaymentSession::holds).unwrap_or_default() {
            *change.entry(sku).or_default() -= count;
        }
        let cart_as_read = Condition::new("version = :version")
            .value(":version", number(i64::try_from(cart.version).unwrap_or(i64::MAX)))
            .value(":session", text(session.id));
        let mut transaction =
            take_stock(Transaction::new(), &change).put(session).create(answer, Rule::KeyUsed).update(
                &keys::cart(cart.id),
                "SET payment_session = :session ADD version :one",
                cart_as_read.value(":one", number(1)),
                Rule::CartChanged,
            );
        if let Some(replaced) = replaced {
            transaction = leave(transaction, replaced, PaymentState::Superseded);
        }
        transaction.commit(self.table).await
    }

    /// Remembers where the shopper pays. The first answer stands.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn attach_checkout(&self, id: PaymentSessionId, checkout: &Checkout) -> Result<(), StoreError> {
        let value = AttributeValue::M(serde_dynamo::to_item(checkout).map_err(|e| StoreError::Shape(Box::new(e)))?);
        let update = self
            .table
            .update(&keys::payment_session(id))
            .update_expression("SET checkout = :checkout")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(checkout)")
            .expression_attribute_values(":checkout", value);
        self.table.apply(update).await.map(drop)
    }

    /// Turns a session into its order. `cart` is the cart as it was read; what was bought leaves it. A session that was
    /// open still holds its stock; one that was not has to take it again.
    ///
    /// # Errors
    /// [`Rule::Moved`], [`Rule::CartChanged`], and [`Rule::SoldOut`] when the stock cannot be taken again.
    pub async fn complete(
        &self,
        session: &PaymentSession,
        payment_intent: String,
        cart: &Cart,
        news: &OutboxRecord,
        now: Timestamp,
    ) -> Result<(), WriteError<Rule>> {
        let (order, parts) = session.to_order(payment_intent, now);
        let mut transaction = leave(Transaction::new(), session, PaymentState::Paid).put(&order).put(news);
        for part in &parts {
            transaction = transaction.put(part);
        }
        if session.state != PaymentState::Open {
            transaction = take_stock(transaction, &session.holds());
        }
        if let Some((expression, condition)) = without_bought(session, cart) {
            transaction = transaction.update(&keys::cart(cart.id), &expression, condition, Rule::CartChanged);
        }
        transaction.commit(self.table).await
    }

    /// Ends an unpaid session and gives its stock back.
    ///
    /// # Errors
    /// [`Rule::Moved`] when it is no longer open.
    pub async fn expire(&self, session: &PaymentSession) -> Result<(), WriteError<Rule>> {
        let transaction = leave(Transaction::new(), session, PaymentState::Expired);
        give_back(transaction, session).commit(self.table).await
    }

    /// Notes that the money of a session went back, and gives back the stock that it may still hold.
    ///
    /// # Errors
    /// [`Rule::Moved`] when it is no longer in the state that was read.
    pub async fn refunded(&self, session: &PaymentSession) -> Result<(), WriteError<Rule>> {
        let transaction = leave(Transaction::new(), session, PaymentState::Refunded);
        match session.state {
            PaymentState::Open => give_back(transaction, session),
            _ => transaction,
        }
        .commit(self.table)
        .await
    }
}

/// Moves a session from the state that was read to another one, and out of the list of holds.
fn leave(transaction: Transaction<Rule>, session: &PaymentSession, to: PaymentState) -> Transaction<Rule> {
    let state = |state: PaymentState| text(state_name(state));
    let condition = Condition::new("#state = :from")
        .name("#state", "state")
        .value(":from", state(session.state))
        .value(":to", state(to));
    transaction.update(&session.key(), "SET #state = :to REMOVE gsi1pk, gsi1sk", condition, Rule::Moved)
}

fn state_name(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Open => "open",
        PaymentState::Paid => "paid",
        PaymentState::Expired => "expired",
        PaymentState::Superseded => "superseded",
        PaymentState::Refunded => "refunded",
    }
}

/// Takes so many of each SKU; a negative count gives back, and zero touches nothing.
fn take_stock(mut transaction: Transaction<Rule>, change: &BTreeMap<SkuId, i64>) -> Transaction<Rule> {
    for (&sku, &count) in change.iter().filter(|&(_, &count)| count != 0) {
        let condition =
            if count > 0 { Condition::new("available >= :count") } else { Condition::new("attribute_exists(pk)") };
        transaction = transaction.update(
            &keys::sku(sku),
            "SET available = available - :count",
            condition.value(":count", number(count)),
            Rule::SoldOut(sku),
        );
    }
    transaction
}

fn give_back(transaction: Transaction<Rule>, session: &PaymentSession) -> Transaction<Rule> {
    let change = session.holds().into_iter().map(|(sku, count)| (sku, -count)).collect();
    take_stock(transaction, &change)
}

/// The update that takes what was bought out of a cart; nothing when nothing of it is in there.
fn without_bought(session: &PaymentSession, cart: &Cart) -> Option<(String, Condition)> {
    let mut condition = Condition::new("version = :version")
        .value(":version", number(i64::try_from(cart.version).unwrap_or(i64::MAX)))
        .value(":one", number(1));
    let mut gone = Vec::new();
    for (sku, bought) in session.holds() {
        let Some(&wanted) = cart.lines.get(&sku) else { continue };
        // Somebody who asked for more after paying keeps the line as it is; it says what they want now.
        if i64::from(wanted.get()) <= bought {
            let placeholder = format!("#sku{}", gone.len());
            condition = condition.name(&placeholder, &sku.to_string());
            gone.push(format!("#lines.{placeholder}"));
        }
    }
    if !gone.is_empty() {
        condition = condition.name("#lines", "lines");
    }
    if cart.payment_session == Some(session.id) {
        gone.push("payment_session".to_owned());
    }
    (!gone.is_empty()).then(|| (format!("REMOVE {} ADD version :one", gone.join(", ")), condition))
}
