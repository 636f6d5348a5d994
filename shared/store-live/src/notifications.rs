//! Notifications, the count of unread ones, and each principal's settings.
//!
//! The [`Inbox`] keeps the number of unread notifications. The number is always right, because each change of it is in
//! the transaction that makes the change true.
//!
//! - One transaction creates a notification and counts it. Its key is made of its owner and its event, so an event that
//!   is delivered again finds the notification and counts nothing twice.
//! - One transaction marks a notification as read and decrements the count, if nobody did so before.
//! - Marking all as read increments the inbox's epoch, one write for any number: a notification keeps the epoch in
//!   which it was created, and those of an earlier epoch are read. The boundary is the epoch and not the newest id,
//!   because events arrive in any order: a late one sorts below notifications that were marked long ago, and is still
//!   new. Every other write requires the epoch that it has read. So a notification that arrives at the same moment is
//!   created either before the mark, and is read like the others, or after it, and is unread and counted.
//! - Notifications of one day expire together, 90 days later ([`is_over`]), and the inbox counts by day. So an expired
//!   notification stops counting at the moment at which it is no longer shown, without a write. The next arrival
//!   removes expired days from the inbox.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{
    Timestamp,
    civil::Date,
    fmt::serde::timestamp::millisecond::{optional as maybe_millis, required as millis},
};
use serde::{Deserialize, Serialize};
use souk_domain::{
    EventId, NotificationId, NotificationKind, Principal,
    notification::{Channels, day_of, is_over, over_after},
};
use souk_store::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    entity::{Item, from_item, millis as as_millis, number, type_of},
    happened, retry_on_conflict,
    table::{Freshness, ListQuery},
    transaction::Condition,
};

use crate::keys::{self, Key};

/// The content of a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The kind.
    pub kind: NotificationKind,
    /// A title of a few words.
    pub title: String,
    /// A sentence.
    pub text: String,
    /// A link to more about it: a path within the receiver's own front end.
    pub link: String,
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The notification's id, unique for its owner.
    pub id: NotificationId,
    /// The principal who is notified.
    pub owner: Principal,
    /// The content.
    #[serde(flatten)]
    pub content: Content,
    /// When the event happened.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// The inbox's epoch when it was created.
    pub epoch: u64,
    /// When it was marked as read on its own.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_millis")]
    pub read_at: Option<Timestamp>,
}

impl Entity for Notification {
    const TYPE: &'static str = "notification";

    fn key(&self) -> Key {
        keys::notification(self.owner, self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(over_after(self.at))
    }
}

/// The count of a principal's unread notifications. The item does not exist before the first notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// The principal.
    pub owner: Principal,
    /// How often all were marked as read.
    pub epoch: u64,
    /// How many notifications of this epoch are unread, by day.
    pub unread: BTreeMap<Date, u64>,
}

impl Inbox {
    /// Returns how many are unread now.
    pub fn unread(&self, now: Timestamp) -> u64 {
        self.unread.iter().filter(|(day, _)| !is_over(**day, now)).map(|(_, count)| count).sum()
    }

    /// Returns whether a notification of this inbox was read.
    pub fn has_read(&self, notification: &Notification) -> bool {
        notification.read_at.is_some() || notification.epoch < self.epoch
    }
}

impl Entity for Inbox {
    const TYPE: &'static str = "inbox";

    fn key(&self) -> Key {
        keys::inbox(self.owner)
    }
}

/// A principal's notification settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The principal.
    pub owner: Principal,
    /// The channels that they chose, by kind. A kind that they did not choose is on.
    pub kinds: BTreeMap<NotificationKind, Channels>,
}

impl Settings {
    /// Returns the channels of a kind.
    pub fn of(&self, kind: NotificationKind) -> Channels {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }

    /// Returns the settings of a principal who chose nothing.
    fn unset(owner: Principal) -> Self {
        Self { owner, kinds: BTreeMap::new() }
    }
}

impl Entity for Settings {
    const TYPE: &'static str = "notification_settings";

    fn key(&self) -> Key {
        keys::notification_settings(self.owner)
    }
}

/// Why a notification was not written or marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The event was delivered before.
    Told,
    /// It is read or expired.
    Read,
    /// The inbox changed meanwhile. Read it again.
    Stale,
}

/// Access to notifications.
#[derive(Debug)]
pub struct Notifications<'a> {
    table: &'a Table,
}

impl<'a> Notifications<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Creates a principal's notification of an event, once however often it is called. Returns `None` if they do not
    /// want this kind, or the event is too old.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn tell(
        &self,
        owner: Principal,
        event: EventId,
        at: Timestamp,
        content: &Content,
        now: Timestamp,
    ) -> Result<Option<Notification>, StoreError> {
        retry_on_conflict(|| async {
            let items = self.table.get_many(vec![keys::inbox(owner), keys::notification_settings(owner)]).await?;
            let (inbox, settings) = (find::<Inbox>(&items)?, find::<Settings>(&items)?);
            let wanted = settings.is_none_or(|settings| settings.of(content.kind).in_app);
            if !wanted || is_over(day_of(at), now) {
                return Ok(Some(None));
            }
            let epoch = inbox.as_ref().map_or(0, |inbox| inbox.epoch);
            let notification =
                Notification { id: event.into(), owner, content: content.clone(), at, epoch, read_at: None };
            let transaction = Transaction::new().create(&notification, Rule::Told);
            let counted = match &inbox {
                Some(inbox) => count_up(transaction, inbox, day_of(at), now),
                None => {
                    let unread = BTreeMap::from([(day_of(at), 1)]);
                    transaction.create(&Inbox { owner, epoch, unread }, Rule::Stale)
                }
            };
            match counted.commit(self.table).await {
                Ok(()) => Ok(Some(Some(notification))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Told) => Ok(Some(Some(notification))),
                Err(WriteError::Refused(_)) => Ok(None),
                Err(WriteError::Store(error)) => Err(error),
            }
        })
        .await
    }

    /// Lists a principal's notifications, newest first, with the inbox that tells which are read. The inbox is `None`
    /// if there never was a notification. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list(
        &self,
        owner: Principal,
        from: Option<Position>,
        limit: u8,
        now: Timestamp,
    ) -> Result<(Option<Inbox>, Page<Notification>), StoreError> {
        let inbox = self.table.get(keys::inbox(owner), Freshness::Strong).await?;
        let query = ListQuery::newest_in(keys::notifications_of(owner), from, limit);
        let mut page: Page<Notification> = self.table.list(query).await?;
        page.items.retain(|notification| !is_over(day_of(notification.at), now));
        Ok((inbox, page))
    }

    /// Marks one notification as read. Idempotent. Returns whether it exists.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn mark(&self, owner: Principal, id: NotificationId, now: Timestamp) -> Result<bool, StoreError> {
        let items = self.table.get_many(vec![keys::notification(owner, id), keys::inbox(owner)]).await?;
        let (notification, inbox) = (find::<Notification>(&items)?, find::<Inbox>(&items)?);
        let notification = notification.filter(|notification| !is_over(day_of(notification.at), now));
        let Some((notification, inbox)) = notification.zip(inbox) else { return Ok(false) };
        if inbox.has_read(&notification) {
            return Ok(true);
        }
        let unread = Condition::new("attribute_exists(pk) AND attribute_not_exists(read_at)");
        let transaction = Transaction::new().update(
            &notification.key(),
            "SET read_at = :now",
            unread.value(":now", as_millis(now)),
            Rule::Read,
        );
        let counts = Condition::new("epoch = :epoch AND unread.#day > :zero")
            .name("#day", &day_of(notification.at).to_string())
            .value(":epoch", AttributeValue::N(notification.epoch.to_string()))
            .value(":zero", number(0))
            .value(":one", number(1));
        let transaction = transaction.update(&inbox.key(), "SET unread.#day = unread.#day - :one", counts, Rule::Read);
        // If refused, it was read meanwhile or is expired.
        happened(transaction.commit(self.table).await).map(|_| true)
    }

    /// Marks all existing notifications of a principal as read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn mark_all(&self, owner: Principal) -> Result<(), StoreError> {
        let there = Condition::new("attribute_exists(pk)")
            .value(":none", AttributeValue::M([].into()))
            .value(":one", number(1));
        let raise = "SET epoch = epoch + :one, unread = :none";
        // A transaction of one item waits for others that write it. A plain update would fail.
        let raise = Transaction::new().update(&keys::inbox(owner), raise, there, Rule::Read);
        happened(raise.commit(self.table).await).map(drop)
    }

    /// Returns a principal's settings.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn settings(&self, owner: Principal) -> Result<Settings, StoreError> {
        let settings = self.table.get(keys::notification_settings(owner), Freshness::Strong).await?;
        Ok(settings.unwrap_or_else(|| Settings::unset(owner)))
    }

    /// Replaces a principal's settings.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn set(&self, settings: &Settings) -> Result<(), StoreError> {
        self.table.put(settings).await
    }
}

/// Counts a notification of a day, and removes expired days from the count.
fn count_up(transaction: Transaction<Rule>, inbox: &Inbox, day: Date, now: Timestamp) -> Transaction<Rule> {
    let mut update = "SET unread.#day = if_not_exists(unread.#day, :zero) + :one".to_owned();
    let mut condition = Condition::new("epoch = :epoch")
        .name("#day", &day.to_string())
        .value(":epoch", AttributeValue::N(inbox.epoch.to_string()))
        .value(":zero", number(0))
        .value(":one", number(1));
    for (n, day) in inbox.unread.keys().filter(|day| is_over(**day, now)).enumerate() {
        update.push_str(&format!("{} unread.#over{n}", if n == 0 { " REMOVE" } else { "," }));
        condition = condition.name(&format!("#over{n}"), &day.to_string());
    }
    transaction.update(&inbox.key(), &update, condition, Rule::Stale)
}

/// Returns the item of this type among items that were read together.
fn find<E: Entity>(items: &[Item]) -> Result<Option<E>, StoreError> {
    let found = items.iter().find(|item| type_of(item) == Some(E::TYPE));
    found.cloned().map(from_item).transpose()
}

#[cfg(test)]
mod tests {
    use souk_domain::{Id, UserId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_over_does_not_count() {
        let owner = Principal::User(UserId::from_uuid(Uuid::from_u128(1)));
        let day = |day: i8| Date::constant(2026, 7, day);
        let inbox = Inbox { owner, epoch: 0, unread: BTreeMap::from([(day(1), 2), (day(2), 3)]) };
        assert_eq!(inbox.unread("2026-09-29T23:59:59Z".parse().unwrap()), 5);
        assert_eq!(inbox.unread("2026-09-30T00:00:00Z".parse().unwrap()), 3);
        assert_eq!(inbox.unread("2026-10-01T00:00:00Z".parse().unwrap()), 0);
    }
}
