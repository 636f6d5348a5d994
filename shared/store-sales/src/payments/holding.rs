//! What a session holds, and how it is taken and given back.

use std::collections::BTreeMap;

use souk_domain::{DiscountId, SkuId};
use souk_store::{Transaction, entity::number, transaction::Condition};

use super::{PaymentSession, Rule};
use crate::{
    discounts::{self, Count, Granted},
    keys::{self, Key},
};

/// How many items DynamoDB accepts in one transaction.
pub(super) const MAX_ITEMS: usize = 100;

/// A change of what is held: pieces of SKUs and uses of discounts. Above zero they are taken, below zero they are given
/// back.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    stock: BTreeMap<SkuId, i64>,
    uses: BTreeMap<Key, (DiscountId, Count)>,
    /// The discounts that must be in the version in which they were given.
    as_given: Vec<(DiscountId, Key, u64)>,
}

impl Change {
    /// Returns the change that takes everything that a session needs.
    pub(super) fn taking(session: &PaymentSession) -> Self {
        Self::of(session, 1)
    }

    /// Returns the same change, and requires each discount to be as it was given.
    pub(super) fn taking_as_given(session: &PaymentSession) -> Self {
        let version = |(shop, given): (_, &Granted)| (given.id, keys::discount(shop, given.id), given.version);
        Self { as_given: session.discounts().map(version).collect(), ..Self::taking(session) }
    }

    /// Returns the change that gives back everything that a session holds.
    pub(super) fn giving_back(session: &PaymentSession) -> Self {
        let mut change = Self::of(session, -1);
        change.stock.retain(|sku, _| !session.not_held.contains(sku));
        change
    }

    /// Adds up the lines. A cart has one line for each SKU, but a transaction that names an item twice fails, so this
    /// does not rely on it.
    fn of(session: &PaymentSession, sign: i64) -> Self {
        let mut change = Self::default();
        for line in session.parts.iter().flat_map(|part| &part.lines) {
            *change.stock.entry(line.sku).or_default() += sign * i64::from(line.quantity.get());
        }
        for (shop, discount) in session.discounts() {
            for (key, limit) in discount.counts(shop, session.user) {
                change.uses.insert(key, (discount.id, Count { shop, by: sign, limit }));
            }
        }
        change
    }

    /// Combines two changes. What one takes and the other gives back does not change.
    pub(super) fn with(mut self, other: Self) -> Self {
        for (sku, count) in other.stock {
            *self.stock.entry(sku).or_default() += count;
        }
        for (key, (discount, count)) in other.uses {
            match self.uses.get_mut(&key) {
                Some((_, own)) => own.by += count.by,
                None => drop(self.uses.insert(key, (discount, count))),
            }
        }
        self
    }

    /// Splits off the SKUs that exceed a number of transaction items.
    pub(super) fn split_off(&mut self, items: usize) -> Self {
        let capacity = items.saturating_sub(self.items() - self.stock.len());
        match self.stock.keys().nth(capacity).copied() {
            Some(first) => Self { stock: self.stock.split_off(&first), ..Self::default() },
            None => Self::default(),
        }
    }

    /// Keeps only the SKUs that a session does not hold.
    pub(super) fn not_held(mut self, session: &PaymentSession) -> Self {
        self.stock.retain(|sku, _| session.not_held.contains(sku));
        Self { stock: self.stock, ..Self::default() }
    }

    /// Returns the SKUs.
    pub(super) fn skus(&self) -> impl Iterator<Item = SkuId> + '_ {
        self.stock.keys().copied()
    }

    /// Returns how many items of a transaction it needs at most.
    pub(super) fn items(&self) -> usize {
        self.stock.len() + self.uses.len() + self.as_given.len()
    }

    /// Adds the change to a transaction.
    pub(super) fn write(&self, mut transaction: Transaction<Rule>) -> Transaction<Rule> {
        for (&sku, &count) in self.stock.iter().filter(|&(_, &count)| count != 0) {
            let condition =
                if count > 0 { Condition::new("available >= :count") } else { Condition::new("attribute_exists(pk)") };
            transaction = transaction.update(
                &keys::sku(sku),
                "SET available = available - :count, held = if_not_exists(held, :none) + :count",
                condition.value(":count", number(count)).value(":none", number(0)),
                Rule::SoldOut(sku),
            );
        }
        for (key, (discount, count)) in self.uses.iter().filter(|(_, (_, count))| count.by != 0) {
            transaction = discounts::count(transaction, key, count, Rule::Discount(*discount));
        }
        for (discount, key, version) in &self.as_given {
            transaction = transaction.check(key, Condition::at_version(*version), Rule::Discount(*discount));
        }
        transaction
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use souk_domain::{
        Currency, DiscountCode, DiscountName, Email, Id, Money, PersonName, ProductId, Quantity, ShopId, ShopName,
        Slug, Title, UserId, order::PaymentState,
    };
    use uuid::Uuid;

    use super::*;
    use crate::orders::{OrderLine, ShopPart};

    fn id<I: Id>(n: u128) -> I {
        I::from_uuid(Uuid::from_u128(n))
    }

    fn granted(shop: u128, first_order_only: bool) -> Granted {
        Granted {
            id: id(shop),
            code: DiscountCode::parse("SPRING10").unwrap(),
            name: DiscountName::parse("Spring").unwrap(),
            off: Money::new(1, Currency::EUR),
            version: 1,
            first_order_only,
            per_shopper: Some(1),
            in_total: Some(5),
        }
    }

    /// A session with this many lines, ten per shop. The first shops give a discount.
    fn session(lines: u16, discounts: u128) -> PaymentSession {
        let money = Money::new(1, Currency::EUR);
        let line = |number| OrderLine {
            sku: SkuId { product: id::<ProductId>(3), number },
            product_slug: Slug::parse("mug").unwrap(),
            title: Title::parse("Mug").unwrap(),
            options: None,
            picture: None,
            quantity: Quantity::parse(2).unwrap(),
            unit_price: money,
            discount: None,
            total: money,
            commission: money,
            tax_rate: None,
            tax: 0,
        };
        let numbers: Vec<u16> = (1..=lines).collect();
        let part = |(shop, numbers): (u128, &[u16])| ShopPart {
            shop: id::<ShopId>(shop),
            shop_name: ShopName::parse("Kiln").unwrap(),
            lines: numbers.iter().map(|&number| line(number)).collect(),
            discount: (shop < discounts).then(|| granted(shop, shop % 2 == 0)),
            shipping: None,
            tax_rate: None,
            shipping_tax: 0,
            total: money,
        };
        PaymentSession {
            id: id(5),
            user: id::<UserId>(1),
            buyer: PersonName::parse("Ann Lee").unwrap(),
            email: Email::parse("ann@example.com").unwrap(),
            address: None,
            cart: id::<UserId>(1).into(),
            state: PaymentState::Open,
            parts: (0..).zip(numbers.chunks(10)).map(part).collect(),
            total: money,
            not_held: BTreeSet::new(),
            held_until: Timestamp::UNIX_EPOCH,
            created_at: Timestamp::UNIX_EPOCH,
            held_since: None,
            pages_given_up: 0,
            checkout: None,
        }
    }

    fn counts(change: &Change) -> (BTreeMap<SkuId, i64>, BTreeMap<Key, i64>) {
        let uses = change.uses.iter().map(|(key, (_, count))| (key.clone(), count.by));
        (change.stock.clone(), uses.collect())
    }

    #[test]
    fn what_is_opened_and_closed_in_steps_is_taken_and_given_back_once() {
        for (lines, discounts) in [(1, 0), (97, 0), (98, 0), (100, 0), (57, 10), (100, 10)] {
            let session = session(lines, discounts);
            let whole = Change::taking(&session);

            let mut first = Change::taking_as_given(&session);
            let later = first.split_off(MAX_ITEMS - 3);
            assert!(first.items() <= MAX_ITEMS - 3 && later.items() < MAX_ITEMS, "{lines} {discounts}");
            let opening = PaymentSession { not_held: later.skus().collect(), ..session.clone() };
            let second = Change::taking(&opening).not_held(&opening);
            assert_eq!(counts(&first.clone().with(second)), counts(&whole));
            // If it ends half-opened, it gives back what it has taken, with the session and the answer.
            let back = Change::giving_back(&opening);
            assert!(back.items() + 2 <= MAX_ITEMS);
            assert!(back.clone().with(first).stock.values().all(|&left| left == 0));
            assert!(Change::taking(&opening).with(back).uses.values().all(|(_, left)| left.by == 0));

            let mut rest = Change::giving_back(&session);
            let first = rest.split_off(MAX_ITEMS - 1);
            let closing = PaymentSession { not_held: first.skus().collect(), ..session.clone() };
            let second = Change::giving_back(&closing);
            assert!(first.items() < MAX_ITEMS && second.items() < MAX_ITEMS);
            let back = first.with(second).with(whole);
            assert!(back.stock.values().all(|&left| left == 0) && back.uses.values().all(|(_, left)| left.by == 0));
        }
    }

    #[test]
    fn a_session_that_takes_anothers_place_takes_only_what_the_other_does_not_hold() {
        let (before, mut after) = (session(20, 2), session(30, 2));
        after.parts[1].lines[0].quantity = Quantity::parse(5).unwrap();
        let change = Change::taking_as_given(&after).with(Change::giving_back(&before));
        let moved: Vec<i64> = change.stock.values().copied().filter(|&count| count != 0).collect();
        assert_eq!(moved, [3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
        assert!(change.uses.values().all(|(_, count)| count.by == 0), "the same discounts are held on");
        assert_eq!(change.as_given.len(), 2, "and must be as they were given");
    }

    #[test]
    fn a_discount_that_is_no_longer_for_first_orders_gives_that_count_back() {
        let (before, mut after) = (session(5, 1), session(5, 1));
        after.parts[0].discount = Some(granted(0, false));
        let change = Change::taking(&after).with(Change::giving_back(&before));
        let moved: Vec<_> = change.uses.iter().filter(|(_, (_, count))| count.by != 0).collect();
        assert_eq!(moved.len(), 1);
        assert_eq!((moved[0].0.sk.starts_with("FIRST#"), moved[0].1.1.by), (true, -1));
    }
}
