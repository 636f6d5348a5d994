//! Payment sessions: attempts to pay for a cart, and what they hold meanwhile: stock, and uses of discounts.
//!
//! A session takes its stock when it opens. Payment turns it into an order without touching the stock again; expiry
//! gives the stock back. Each of these is one transaction that requires the session's state. So each happens once,
//! whoever comes first and however often it is attempted.
//!
//! DynamoDB accepts 100 items in a transaction, and a large cart needs more. Such a session opens and closes in two
//! steps, with a state of its own between them (`opening`, `closing`), in which it lists the SKUs that it does not
//! hold. A sweep ends a session that stays in such a state. So it is known at every moment what is held.

mod holding;
mod session;

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    DiscountId, PaymentSessionId, SkuId, UserId,
    order::{OrderNumber, PaymentState},
};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError,
    entity::{millis, number, text},
    idempotency::Answer,
    keys::limit,
    outbox::OutboxRecord,
    table::{Freshness, ListQuery, Page, Position},
    transaction::{Condition, Refused},
};

use self::holding::{Change, MAX_ITEMS};
pub use self::session::{CheckoutPage, PaymentSession};
use crate::{carts::Cart, keys, orders::NumberClaim};

/// How long a session may take to open. Longer than the function that opens it lives.
const OPENS_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// How many items the transaction that completes a session writes beside its shop orders and its stock: the session, the
/// order, its number, its event and the cart.
const COMPLETION: usize = 5;

/// How many numbers are tried for an order. Of a trillion numbers, one that is taken is met once in a million orders when
/// a million exist.
const NUMBERS: u32 = 5;

/// The name of the limit on holds that nobody pays. A payment resets it.
pub const UNPAID_HOLDS: &str = "unpaid_holds";

/// Why a payment session was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// There is too little stock of this SKU, or the SKU does not exist any more.
    SoldOut(SkuId),
    /// This discount was changed or used up meanwhile.
    Discount(DiscountId),
    /// The cart changed meanwhile.
    CartChanged,
    /// The session is not in the state that was read.
    Moved,
    /// Another order has the number.
    NumberTaken,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

/// Access to payment sessions.
#[derive(Debug)]
pub struct Payments<'a> {
    table: &'a Table,
}

impl<'a> Payments<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns any shopper's payment session, for consumers.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: PaymentSessionId) -> Result<Option<PaymentSession>, StoreError> {
        self.table.get(keys::payment_session(id), Freshness::Strong).await
    }

    /// Returns a payment session of a shopper.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, user: UserId, id: PaymentSessionId) -> Result<Option<PaymentSession>, StoreError> {
        Ok(self.get(id).await?.filter(|session| session.user == user))
    }

    /// Lists sessions whose hold has ended, longest ended first, at most 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn overdue(&self, now: Timestamp, from: Option<Position>) -> Result<Page<PaymentSession>, StoreError> {
        let bound = keys::sortable(now);
        self.table.list(ListQuery::oldest_up_to(keys::holds(), bound, 100).from(from)).await
    }

    /// Opens a session for a cart as it was read. Takes the stock and the uses of discounts, and gives back those of
    /// the session that it replaces, which it must be able to replace. Returns the session as it is stored.
    ///
    /// # Errors
    /// Those of [`Rule`]. Nothing is held then.
    pub async fn open(
        &self,
        session: PaymentSession,
        cart: &Cart,
        replaced: Option<&PaymentSession>,
        answer: &Answer,
    ) -> Result<PaymentSession, WriteError<Rule>> {
        let mut change = Change::taking_as_given(&session);
        let mut others = 3;
        if let Some(replaced) = replaced {
            change = change.with(Change::giving_back(replaced));
            others += 1;
        }
        let later: BTreeSet<SkuId> = change.split_off(MAX_ITEMS - others).skus().collect();
        let held_until = session.held_until;
        let first = if later.is_empty() {
            session
        } else {
            let held_until = session.created_at + OPENS_WITHIN;
            PaymentSession { state: PaymentState::Opening, not_held: later, held_until, ..session }
        };
        let cart_as_read = Condition::new("version = :version")
            .value(":version", number(i64::try_from(cart.version).unwrap_or(i64::MAX)))
            .value(":session", text(first.id));
        let mut transaction = change.write(Transaction::new()).put(&first).create(answer, Rule::KeyUsed).update(
            &keys::cart(cart.id),
            "SET payment_session = :session ADD version :one",
            cart_as_read.value(":one", number(1)),
            Rule::CartChanged,
        );
        if let Some(replaced) = replaced {
            transaction = leave_as_read(transaction, replaced, PaymentState::Superseded);
        }
        transaction.commit(self.table).await?;
        match first.state {
            PaymentState::Opening => self.finish_opening(first, held_until, answer).await,
            _ => Ok(first),
        }
    }

    /// Takes what an opening session does not hold yet. If that fails, the session ends and its idempotency key is free
    /// again.
    ///
    /// # Errors
    /// Those of [`Rule`]. Nothing is held then, or the session is no longer opening.
    pub async fn finish_opening(
        &self,
        opening: PaymentSession,
        held_until: Timestamp,
        answer: &Answer,
    ) -> Result<PaymentSession, WriteError<Rule>> {
        let place = keys::among_holds(held_until, opening.id);
        let values = state_is(PaymentState::Opening)
            .value(":to", state(PaymentState::Open))
            .value(":until", millis(held_until))
            .value(":place", text(place.at));
        let update = "SET #state = :to, held_until = :until, gsi1sk = :place REMOVE not_held";
        let transaction = Transaction::new().update(&opening.key(), update, values, Rule::Moved);
        let rest = Change::taking(&opening).not_held(&opening);
        match rest.write(transaction).commit(self.table).await {
            Ok(()) => {
                Ok(PaymentSession { state: PaymentState::Open, not_held: BTreeSet::new(), held_until, ..opening })
            }
            Err(WriteError::Refused(rules)) if !rules.broke(&Rule::Moved) => {
                // If this fails, the schedule finds the session and ends it.
                self.give_up(&opening, Some(answer)).await?;
                Err(WriteError::Refused(rules))
            }
            Err(error) => Err(error),
        }
    }

    /// Stores the checkout page of an open session that has none. Returns whether the session was as it was read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn attach_page(&self, session: &PaymentSession, page: &CheckoutPage) -> Result<bool, StoreError> {
        let page = AttributeValue::M(serde_dynamo::to_item(page).map_err(|e| StoreError::Shape(Box::new(e)))?);
        self.change_if(session, "SET checkout = :page", as_read(session).value(":page", page)).await
    }

    /// Gives up the checkout page of a session: one that was closed at Stripe, or one that Stripe may have created without
    /// an answer. With `held_until`, extends the hold for the next page. Returns the session, or `None` if it is not as it
    /// was read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn give_up_page(
        &self,
        session: &PaymentSession,
        held_until: Timestamp,
    ) -> Result<Option<PaymentSession>, StoreError> {
        let pages_given_up = session.pages_given_up + 1;
        let place = keys::among_holds(held_until, session.id);
        let condition = as_read(session)
            .value(":pages", number(i64::from(pages_given_up)))
            .value(":until", millis(held_until))
            .value(":place", text(place.at));
        let update = "SET pages_given_up = :pages, held_until = :until, gsi1sk = :place REMOVE checkout";
        let changed = self.change_if(session, update, condition).await?;
        Ok(changed.then(|| PaymentSession { pages_given_up, held_until, checkout: None, ..session.clone() }))
    }

    /// Changes one session under a condition. Returns whether it was met.
    async fn change_if(
        &self,
        session: &PaymentSession,
        update: &str,
        condition: Condition,
    ) -> Result<bool, StoreError> {
        let transaction = Transaction::new().update(&session.key(), update, condition, Rule::Moved);
        match transaction.commit(self.table).await {
            Ok(()) => Ok(true),
            Err(WriteError::Refused(_)) => Ok(false),
            Err(WriteError::Store(error)) => Err(error),
        }
    }

    /// Turns a session into its order. `cart` is the cart as it was read; the lines that were bought are removed from
    /// it. The shopper's unpaid holds are forgotten before, in a write of their own: the payment has arrived, whatever
    /// becomes of the session. An open session still holds its stock; any other has to take it again.
    ///
    /// # Errors
    /// [`Rule::Moved`], [`Rule::CartChanged`], and [`Rule::SoldOut`] or [`Rule::Discount`] if what the session held
    /// cannot be taken again.
    pub async fn complete(
        &self,
        session: &PaymentSession,
        payment_intent: Option<String>,
        cart: &Cart,
        event: &OutboxRecord,
        now: Timestamp,
    ) -> Result<(), WriteError<Rule>> {
        self.table.delete(limit(UNPAID_HOLDS, &session.user.to_string())).await?;
        let mut taken = 0;
        loop {
            let number = OrderNumber::of(session.id.into(), taken);
            match self.complete_as(number, session, payment_intent.clone(), cart, event, now).await {
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::NumberTaken) && taken + 1 < NUMBERS => taken += 1,
                result => return result,
            }
        }
    }

    async fn complete_as(
        &self,
        number: OrderNumber,
        session: &PaymentSession,
        payment_intent: Option<String>,
        cart: &Cart,
        event: &OutboxRecord,
        now: Timestamp,
    ) -> Result<(), WriteError<Rule>> {
        let (order, mut parts) = session.to_order(number, payment_intent, now);
        if session.state == PaymentState::Open {
            // The shop orders that do not fit into the transaction are written first. Nobody is told of them before the
            // order exists, and a paid session that holds its stock can only become an order. Writing them again writes
            // the same items.
            let surplus = parts.split_off(parts.len().min(MAX_ITEMS - COMPLETION));
            if !surplus.is_empty() {
                let open = state_is(PaymentState::Open);
                let transaction = Transaction::new().check(&session.key(), open, Rule::Moved);
                transaction.put_all(&surplus).commit(self.table).await?;
            }
        }
        let mut transaction = leave(Transaction::new(), session, PaymentState::Paid).put(&order).put(event);
        let claim = NumberClaim { number: order.number.clone(), order: order.id };
        transaction = transaction.create(&claim, Rule::NumberTaken);
        transaction = transaction.put_all(&parts);
        if session.state != PaymentState::Open {
            transaction = Change::taking(session).write(transaction);
        }
        if let Some((expression, condition)) = without_bought(session, cart) {
            transaction = transaction.update(&keys::cart(cart.id), &expression, condition, Rule::CartChanged);
        }
        transaction.commit(self.table).await
    }

    /// Ends an unpaid session and gives back what it holds, in two steps if one transaction is too small.
    ///
    /// # Errors
    /// [`Rule::Moved`] if it is not in the state that was read.
    pub async fn expire(&self, session: &PaymentSession, now: Timestamp) -> Result<(), WriteError<Rule>> {
        let mut session = session.clone();
        loop {
            let first = Change::giving_back(&session).split_off(MAX_ITEMS - 1);
            let mut not_held = session.not_held.clone();
            not_held.extend(first.skus());
            if not_held == session.not_held {
                return self.give_up(&session, None).await;
            }
            let skus = serde_dynamo::to_attribute_value(&not_held).map_err(|e| StoreError::Shape(Box::new(e)))?;
            let values = as_read(&session)
                .value(":to", state(PaymentState::Closing))
                .value(":now", millis(now))
                .value(":place", text(keys::among_holds(now, session.id).at))
                .value(":not_held", skus);
            let update = "SET #state = :to, held_until = :now, gsi1sk = :place, not_held = :not_held";
            let transaction = Transaction::new().update(&session.key(), update, values, Rule::Moved);
            match first.write(transaction).commit(self.table).await {
                Ok(()) => {
                    session = PaymentSession { state: PaymentState::Closing, not_held, held_until: now, ..session };
                }
                Err(error) => forget_gone(&mut session, error)?,
            }
        }
    }

    /// Ends an unpaid session and gives back all that it holds, which must fit into one transaction. With `answer`,
    /// frees the idempotency key under which it was opened.
    async fn give_up(&self, session: &PaymentSession, answer: Option<&Answer>) -> Result<(), WriteError<Rule>> {
        let mut session = session.clone();
        loop {
            let mut transaction = leave_as_read(Transaction::new(), &session, PaymentState::Expired);
            if let Some(answer) = answer {
                transaction = transaction.delete(&answer.key(), Condition::default(), Rule::Moved);
            }
            match Change::giving_back(&session).write(transaction).commit(self.table).await {
                Ok(()) => return Ok(()),
                Err(error) => forget_gone(&mut session, error)?,
            }
        }
    }

    /// Records that the money of a session was refunded, after it gave back what it held.
    ///
    /// # Errors
    /// [`Rule::Moved`] if it is not in the state that was read.
    pub async fn refunded(&self, session: &PaymentSession, now: Timestamp) -> Result<(), WriteError<Rule>> {
        let mut session = session.clone();
        if session.is_live() {
            self.expire(&session, now).await?;
            session.state = PaymentState::Expired;
        }
        leave(Transaction::new(), &session, PaymentState::Refunded).commit(self.table).await
    }
}

/// Leaves out a SKU that was purged meanwhile: there is nothing to give it back to, and it must not block the others.
/// Returns any other error unchanged.
fn forget_gone(session: &mut PaymentSession, error: WriteError<Rule>) -> Result<(), WriteError<Rule>> {
    let WriteError::Refused(Refused(rules)) = &error else { return Err(error) };
    let gone = |rule: &Rule| match rule {
        Rule::SoldOut(sku) => Some(*sku),
        _ => None,
    };
    let known = session.not_held.len();
    session.not_held.extend(rules.iter().filter_map(gone));
    if session.not_held.len() > known { Ok(()) } else { Err(error) }
}

/// Changes a session from the state that was read to one in which it holds nothing.
fn leave(transaction: Transaction<Rule>, session: &PaymentSession, to: PaymentState) -> Transaction<Rule> {
    leave_if(state_is(session.state), transaction, session, to)
}

/// The same, if the session also has the page and the end of the hold that were read. So a session whose hold was
/// extended meanwhile does not expire, and none is replaced that got a page meanwhile, which somebody could pay.
fn leave_as_read(transaction: Transaction<Rule>, session: &PaymentSession, to: PaymentState) -> Transaction<Rule> {
    leave_if(as_read(session), transaction, session, to)
}

fn leave_if(
    condition: Condition,
    transaction: Transaction<Rule>,
    session: &PaymentSession,
    to: PaymentState,
) -> Transaction<Rule> {
    let update = "SET #state = :to REMOVE gsi1pk, gsi1sk, not_held";
    transaction.update(&session.key(), update, condition.value(":to", state(to)), Rule::Moved)
}

/// Requires the state, the end of the hold and the page that were read.
fn as_read(session: &PaymentSession) -> Condition {
    let condition = match &session.checkout {
        None => Condition::new("#state = :from AND held_until = :held AND attribute_not_exists(checkout)"),
        Some(page) => Condition::new("#state = :from AND held_until = :held AND checkout.id = :read_page")
            .value(":read_page", text(&page.id)),
    };
    condition.name("#state", "state").value(":from", state(session.state)).value(":held", millis(session.held_until))
}

/// Requires a state. A session enters each state at most once, so what was read in it still holds.
fn state_is(from: PaymentState) -> Condition {
    Condition::new("#state = :from").name("#state", "state").value(":from", state(from))
}

fn state(state: PaymentState) -> AttributeValue {
    text(state_name(state))
}

fn state_name(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Opening => "opening",
        PaymentState::Open => "open",
        PaymentState::Closing => "closing",
        PaymentState::Paid => "paid",
        PaymentState::Expired => "expired",
        PaymentState::Superseded => "superseded",
        PaymentState::Refunded => "refunded",
    }
}

/// Returns the update that removes the bought lines and the used discounts from a cart. Returns `None` if the cart
/// contains none of them.
fn without_bought(session: &PaymentSession, cart: &Cart) -> Option<(String, Condition)> {
    let mut condition = Condition::new("version = :version")
        .value(":version", number(i64::try_from(cart.version).unwrap_or(i64::MAX)))
        .value(":one", number(1));
    let mut gone: Vec<(&str, String)> = Vec::new();
    for line in session.parts.iter().flat_map(|part| &part.lines) {
        // A line with more pieces than were bought stays as it is: the shopper changed it after paying.
        if cart.lines.get(&line.sku).is_some_and(|wanted| *wanted <= line.quantity) {
            gone.push(("lines", line.sku.to_string()));
        }
    }
    for (shop, used) in session.discounts() {
        if cart.coupons.get(&shop).is_some_and(|coupon| coupon.discount == used.id) {
            gone.push(("coupons", shop.to_string()));
        }
    }
    let mut removed: Vec<String> = Vec::new();
    for (n, (map, entry)) in gone.iter().enumerate() {
        let (of, placeholder) = (format!("#{map}"), format!("#gone{n}"));
        condition = condition.name(&of, map).name(&placeholder, entry);
        removed.push(format!("{of}.{placeholder}"));
    }
    if cart.payment_session == Some(session.id) {
        removed.push("payment_session".to_owned());
    }
    (!removed.is_empty()).then(|| (format!("REMOVE {} ADD version :one", removed.join(", ")), condition))
}
