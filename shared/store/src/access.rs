//! Access: standings, bans and sessions.
//!
//! A principal has one [`Standing`] and a [`Session`] for each signed-in device, all in one partition. A session is
//! valid only while it has the standing's epoch. So one write that increments the epoch ends every session, however
//! many there are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{AdminId, BanReason, Principal, SessionId};

use crate::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    audit::AuditRecord,
    entity::{Item, from_item, number, type_of},
    keys::{self, IndexKey, Key},
    outbox::OutboxRecord,
    table::{Freshness, ListQuery},
    transaction::Condition,
};

/// How long a session lives after its last refresh.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a session lives in total, however often it is refreshed (NIST SP 800-63B-4, 2.1.3).
pub const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many devices are remembered. The one that was not seen for longest is forgotten first.
pub const MAX_DEVICES: usize = 20;

/// The standing of a principal. If none is stored, it is [`Standing::fresh`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The principal.
    pub principal: Principal,
    /// The epoch. Sessions and tokens of an earlier epoch are invalid.
    #[serde(default)]
    pub epoch: u64,
    /// The ban, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban: Option<Ban>,
    /// Keyed hashes of the devices that signed in before, with the last time, in milliseconds since 1970.
    #[serde(default)]
    pub devices: BTreeMap<String, i64>,
    /// The version. Every write increments it.
    pub version: u64,
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// The reason, in the admin's words.
    pub reason: BanReason,
    /// The admin who banned.
    pub by: AdminId,
    /// Since when.
    #[serde(with = "millis")]
    pub at: Timestamp,
}

impl Standing {
    /// Returns the standing of a principal of whom nothing is stored.
    pub fn fresh(principal: Principal) -> Self {
        Self { principal, epoch: 0, ban: None, devices: BTreeMap::new(), version: 0 }
    }

    /// Returns the next version, in which all earlier sessions and tokens are invalid.
    #[must_use]
    pub fn all_sessions_ended(self) -> Self {
        Self { epoch: self.epoch + 1, version: self.version + 1, ..self }
    }

    /// Returns the next version, banned, in which all earlier sessions and tokens are invalid.
    #[must_use]
    pub fn banned(self, ban: Ban) -> Self {
        Self { ban: Some(ban), ..self.all_sessions_ended() }
    }

    /// Returns the next version, without a ban. Sessions that the ban ended stay invalid.
    #[must_use]
    pub fn ban_lifted(self) -> Self {
        Self { ban: None, version: self.version + 1, ..self }
    }

    /// Returns the next version, which knows a device, and whether the device is new although others are known.
    #[must_use]
    pub fn with_device(mut self, device: &str, now: Timestamp) -> (Self, bool) {
        let surprising = !self.devices.is_empty() && !self.devices.contains_key(device);
        self.devices.insert(device.to_owned(), now.as_millisecond());
        while self.devices.len() > MAX_DEVICES {
            let oldest = self.devices.iter().min_by_key(|(_, seen)| **seen).map(|(device, _)| device.clone());
            oldest.map(|device| self.devices.remove(&device));
        }
        (Self { version: self.version + 1, ..self }, surprising)
    }
}

impl Entity for Standing {
    const TYPE: &'static str = "standing";

    fn key(&self) -> Key {
        keys::standing(self.principal)
    }

    fn index(&self) -> Option<IndexKey> {
        self.ban.as_ref().map(|ban| keys::among_bans(ban.at, self.principal))
    }
}

/// A signed-in device. Its refresh tokens are a family: each is used once and replaced by the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The principal.
    pub principal: Principal,
    /// The standing's epoch when the session was opened.
    pub epoch: u64,
    /// The number of the newest refresh token.
    pub generation: u64,
    /// The SHA-256 of the newest refresh token's secret.
    pub secret_hash: String,
    /// What a client needs to repeat its last refresh if it lost the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// The `User-Agent` of the device.
    pub agent: String,
    /// The IP address from which it was last used.
    pub address: String,
    /// When somebody signed in.
    #[serde(with = "millis")]
    pub opened_at: Timestamp,
    /// When a token was last issued.
    #[serde(with = "millis")]
    pub used_at: Timestamp,
    /// When it expires. Every refresh postpones it.
    #[serde(with = "millis")]
    pub expires_at: Timestamp,
}

/// The answer to the last refresh, for a repetition with the same `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// The SHA-256 of the key.
    pub key_hash: String,
    /// The newest refresh token's secret, sealed.
    pub sealed_secret: String,
}

impl Session {
    /// Returns when a session that was opened and refreshed at these times expires.
    pub fn expiry(opened_at: Timestamp, refreshed_at: Timestamp) -> Timestamp {
        (refreshed_at + LIFETIME).min(opened_at + MAX_LIFETIME)
    }

    /// Returns whether it is valid.
    pub fn is_live(&self, standing: &Standing, now: Timestamp) -> bool {
        standing.ban.is_none() && self.epoch == standing.epoch && now < self.expires_at
    }
}

impl Entity for Session {
    const TYPE: &'static str = "session";

    fn key(&self) -> Key {
        keys::session(self.principal, self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Why a session or a standing was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Somebody else wrote meanwhile. Read again.
    Stale,
}

/// Access to standings and sessions.
#[derive(Debug)]
pub struct Access<'a> {
    table: &'a Table,
}

impl<'a> Access<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns a principal's standing.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn standing(&self, principal: Principal) -> Result<Standing, StoreError> {
        let stored = self.table.get(keys::standing(principal), Freshness::Strong).await?;
        Ok(stored.unwrap_or_else(|| Standing::fresh(principal)))
    }

    /// Returns a principal's standing and one of their sessions. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn session(
        &self,
        principal: Principal,
        id: SessionId,
    ) -> Result<(Standing, Option<Session>), StoreError> {
        let wanted = vec![keys::standing(principal), keys::session(principal, id)];
        let (standing, mut sessions) = sort(principal, self.table.get_many(wanted).await?)?;
        Ok((standing, sessions.pop()))
    }

    /// Returns which of these sessions of a principal are valid. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn live_among(
        &self,
        principal: Principal,
        ids: &BTreeSet<SessionId>,
        now: Timestamp,
    ) -> Result<BTreeSet<SessionId>, StoreError> {
        let sessions = ids.iter().map(|&id| keys::session(principal, id));
        let wanted = [keys::standing(principal)].into_iter().chain(sessions).collect();
        let (standing, sessions) = sort(principal, self.table.get_many(wanted).await?)?;
        let live = sessions.into_iter().filter(|session| session.is_live(&standing, now));
        Ok(live.map(|session| session.id).collect())
    }

    /// Returns a principal's standing and all their stored sessions, including expired ones that DynamoDB has not
    /// deleted yet.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn sessions(&self, principal: Principal) -> Result<(Standing, Vec<Session>), StoreError> {
        sort(principal, self.table.partition(keys::access_partition(principal)).await?)
    }

    /// Opens a session. A new device is stored in the next version of the standing, and reported by the event.
    ///
    /// # Errors
    /// [`Rule::Stale`] if the standing was written meanwhile.
    pub async fn open(
        &self,
        session: &Session,
        standing: Option<&Standing>,
        event: Option<&OutboxRecord>,
    ) -> Result<(), WriteError<Rule>> {
        let transaction = Transaction::new().create(session, Rule::Stale).advance(standing, Rule::Stale);
        transaction.put_all(event).commit(self.table).await
    }

    /// Replaces a session's refresh token by the next one.
    ///
    /// # Errors
    /// [`Rule::Stale`] if another request was faster, or the session has ended.
    pub async fn refresh(&self, next: &Session) -> Result<(), WriteError<Rule>> {
        let before = next.generation - 1;
        let condition =
            Condition::new("generation = :before").value(":before", number(i64::try_from(before).unwrap_or(i64::MAX)));
        Transaction::new().replace(next, condition, Rule::Stale).commit(self.table).await
    }

    /// Ends an existing session, and writes the event.
    ///
    /// # Errors
    /// [`Rule::Stale`] if it has ended already: the event was written before.
    pub async fn end(&self, principal: Principal, id: SessionId, event: &OutboxRecord) -> Result<(), WriteError<Rule>> {
        Transaction::new()
            .delete(&keys::session(principal, id), Condition::new("attribute_exists(pk)"), Rule::Stale)
            .put(event)
            .commit(self.table)
            .await
    }

    /// Lists the bans, newest first.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn bans(&self, from: Option<Position>, limit: u8) -> Result<Page<(Principal, Ban)>, StoreError> {
        let page: Page<Standing> = self.table.list(ListQuery::newest(keys::bans(), from, limit)).await?;
        let banned = page.items.into_iter().filter_map(|standing| Some((standing.principal, standing.ban?)));
        Ok(Page { items: banned.collect(), next: page.next })
    }

    /// Replaces standings by their next versions, with the audit record and the event.
    ///
    /// # Errors
    /// [`Rule::Stale`] if one of them was written meanwhile.
    pub async fn judge(
        &self,
        standings: &[Standing],
        record: &AuditRecord,
        event: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        Transaction::new().put(record).put(event).advance(standings, Rule::Stale).commit(self.table).await
    }

    /// Replaces a standing by its next version, and writes the event.
    ///
    /// # Errors
    /// [`Rule::Stale`] if it was written meanwhile.
    pub async fn save(&self, standing: &Standing, event: &OutboxRecord) -> Result<(), WriteError<Rule>> {
        Transaction::new().advance([standing], Rule::Stale).put(event).commit(self.table).await
    }
}

impl<R: Clone> Transaction<R> {
    /// Replaces standings by their next versions.
    pub fn advance<'s>(self, standings: impl IntoIterator<Item = &'s Standing>, stale: R) -> Self {
        standings.into_iter().fold(self, |transaction, standing| {
            transaction.replace(standing, Condition::at_version(standing.version - 1), stale.clone())
        })
    }
}

fn sort(principal: Principal, items: Vec<Item>) -> Result<(Standing, Vec<Session>), StoreError> {
    let is_standing = |item: &Item| type_of(item) == Some(Standing::TYPE);
    let (standing, sessions): (Vec<Item>, Vec<Item>) = items.into_iter().partition(is_standing);
    let standing = standing.into_iter().next().map(from_item).transpose()?;
    let sessions = sessions.into_iter().map(from_item).collect::<Result<_, _>>()?;
    Ok((standing.unwrap_or_else(|| Standing::fresh(principal)), sessions))
}

#[cfg(test)]
mod tests {
    use souk_domain::{Id, UserId};
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn standing() -> Standing {
        Standing::fresh(Principal::User(UserId::from_uuid(Uuid::from_u128(1))))
    }

    #[test]
    fn the_first_device_is_no_surprise_and_another_one_is() {
        let (standing, surprising) = standing().with_device("a", at(0));
        assert!(!surprising);
        let (standing, surprising) = standing.with_device("a", at(1));
        assert!(!surprising);
        assert!(standing.with_device("b", at(2)).1);
    }

    #[test]
    fn a_session_lives_a_week_after_its_last_refresh_and_a_month_in_all() {
        let day = 86_400;
        assert_eq!(Session::expiry(at(0), at(day)), at(8 * day));
        assert_eq!(Session::expiry(at(0), at(28 * day)), at(30 * day));
    }

    #[test]
    fn the_device_not_seen_for_longest_is_forgotten_first() {
        let mut standing = standing();
        for n in 0..25 {
            standing = standing.with_device(&format!("{n:02}"), at(n)).0;
        }
        assert_eq!(standing.devices.len(), MAX_DEVICES);
        assert_eq!(standing.devices.keys().next().unwrap(), "05");
    }
}
