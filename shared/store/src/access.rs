//! Who may come in right now: sessions, bans, and what ends them all.
//!
//! A principal has one [`Standing`] and a [`Session`] per signed-in device, all in one partition. A session counts only
//! while it carries the standing's epoch, so raising the epoch ends every session in one write, however many there are.

use std::collections::BTreeMap;

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
/// How long a session lives in all, however often it is refreshed (NIST SP 800-63B-4, 2.1.3).
pub const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// So many devices are remembered; the one not seen for longest is forgotten first.
pub const MAX_DEVICES: usize = 20;

/// How a principal stands. Where none is stored, it is the one of [`Standing::fresh`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whose.
    pub principal: Principal,
    /// Sessions and tokens of an earlier epoch are over.
    #[serde(default)]
    pub epoch: u64,
    /// Why they may not come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban: Option<Ban>,
    /// Keyed hashes of the devices that signed in before, with when they last did, in milliseconds since 1970.
    #[serde(default)]
    pub devices: BTreeMap<String, i64>,
    /// Counts the writes.
    pub version: u64,
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// Why, in the admin's words.
    pub reason: BanReason,
    /// Who banned.
    pub by: AdminId,
    /// Since when.
    #[serde(with = "millis")]
    pub at: Timestamp,
}

impl Standing {
    /// The standing of somebody of whom nothing is stored.
    pub fn fresh(principal: Principal) -> Self {
        Self { principal, epoch: 0, ban: None, devices: BTreeMap::new(), version: 0 }
    }

    /// The next version, in which every session and token of before is over.
    #[must_use]
    pub fn all_sessions_ended(self) -> Self {
        Self { epoch: self.epoch + 1, version: self.version + 1, ..self }
    }

    /// The next version, banned: nothing of before counts any more.
    #[must_use]
    pub fn banned(self, ban: Ban) -> Self {
        Self { ban: Some(ban), ..self.all_sessions_ended() }
    }

    /// The next version, without a ban. What the ban ended stays ended.
    #[must_use]
    pub fn ban_lifted(self) -> Self {
        Self { ban: None, version: self.version + 1, ..self }
    }

    /// The next version, which knows a device; and whether it knew others but not this one.
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

/// A signed-in device. Its refresh tokens are a family: each is used once and followed by the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Names the session.
    pub id: SessionId,
    /// Whose.
    pub principal: Principal,
    /// The standing's epoch when it was opened.
    pub epoch: u64,
    /// Counts the refresh tokens; the newest has this number.
    pub generation: u64,
    /// The SHA-256 of the newest refresh token's secret.
    pub secret_hash: String,
    /// What an honest client that lost the answer to its last refresh needs to ask again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// What the device called itself.
    pub agent: String,
    /// Where it called from when it was last used.
    pub address: String,
    /// When somebody signed in.
    #[serde(with = "millis")]
    pub opened_at: Timestamp,
    /// When a token was last issued.
    #[serde(with = "millis")]
    pub used_at: Timestamp,
    /// When it is over, unless it is refreshed before.
    #[serde(with = "millis")]
    pub expires_at: Timestamp,
}

/// The answer to the last refresh, for whoever asks with the same `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// The SHA-256 of the key.
    pub key_hash: String,
    /// The newest refresh token's secret, sealed.
    pub sealed_secret: String,
}

impl Session {
    /// When a session that was opened and is refreshed at these times is over.
    pub fn expiry(opened_at: Timestamp, refreshed_at: Timestamp) -> Timestamp {
        (refreshed_at + LIFETIME).min(opened_at + MAX_LIFETIME)
    }

    /// Whether it counts.
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
    /// Somebody else wrote in between: read again.
    Stale,
}

/// Standings and sessions in the table.
#[derive(Debug)]
pub struct Access<'a> {
    table: &'a Table,
}

impl<'a> Access<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// How somebody stands.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn standing(&self, principal: Principal) -> Result<Standing, StoreError> {
        let stored = self.table.get(keys::standing(principal), Freshness::Strong).await?;
        Ok(stored.unwrap_or_else(|| Standing::fresh(principal)))
    }

    /// How somebody stands, and one session of theirs, in one call.
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

    /// How somebody stands, and all sessions of theirs that are not cleaned away yet.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn sessions(&self, principal: Principal) -> Result<(Standing, Vec<Session>), StoreError> {
        sort(principal, self.table.partition(keys::access_partition(principal)).await?)
    }

    /// Opens a session. A device that was not known is remembered in the standing that was read, and told of.
    ///
    /// # Errors
    /// [`Rule::Stale`] when the standing was written in between.
    pub async fn open(
        &self,
        session: &Session,
        standing: Option<&Standing>,
        news: Option<&OutboxRecord>,
    ) -> Result<(), WriteError<Rule>> {
        let transaction = Transaction::new().create(session, Rule::Stale).advance(standing, Rule::Stale);
        transaction.put_all(news).commit(self.table).await
    }

    /// Writes a session's next refresh token in place of the one before.
    ///
    /// # Errors
    /// [`Rule::Stale`] when another request was faster, or the session has ended.
    pub async fn refresh(&self, next: &Session) -> Result<(), WriteError<Rule>> {
        let before = next.generation - 1;
        let condition =
            Condition::new("generation = :before").value(":before", number(i64::try_from(before).unwrap_or(i64::MAX)));
        Transaction::new().replace(next, condition, Rule::Stale).commit(self.table).await
    }

    /// Ends a session, whether it was there or not.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn end(&self, principal: Principal, id: SessionId) -> Result<(), StoreError> {
        self.table.delete(keys::session(principal, id)).await
    }

    /// Ends a session that is there and tells of it.
    ///
    /// # Errors
    /// [`Rule::Stale`] when it has ended already: then it was told before.
    pub async fn revoke(&self, session: &Session, news: &OutboxRecord) -> Result<(), WriteError<Rule>> {
        Transaction::new()
            .delete(&session.key(), Condition::new("attribute_exists(pk)"), Rule::Stale)
            .put(news)
            .commit(self.table)
            .await
    }

    /// Who is banned, the last first.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn bans(&self, from: Option<Position>, limit: u8) -> Result<Page<(Principal, Ban)>, StoreError> {
        let page: Page<Standing> = self.table.list(ListQuery::newest(keys::bans(), from, limit)).await?;
        let banned = page.items.into_iter().filter_map(|standing| Some((standing.principal, standing.ban?)));
        Ok(Page { items: banned.collect(), next: page.next })
    }

    /// Writes standings in place of the versions before, with the record of the admin who wanted it, and tells of it.
    ///
    /// # Errors
    /// [`Rule::Stale`] when one of them was written in between.
    pub async fn judge(
        &self,
        standings: &[Standing],
        record: &AuditRecord,
        news: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        Transaction::new().put(record).put(news).advance(standings, Rule::Stale).commit(self.table).await
    }

    /// Writes a standing in place of the version before.
    ///
    /// # Errors
    /// [`Rule::Stale`] when it was written in between.
    pub async fn save(&self, standing: &Standing) -> Result<(), WriteError<Rule>> {
        Transaction::new().advance([standing], Rule::Stale).commit(self.table).await
    }
}

impl<R: Clone> Transaction<R> {
    /// Writes standings in place of the versions before them.
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
