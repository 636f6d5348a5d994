//! Admins.
//!
//! An admin is a shopper who has an item here. The deployment names the first one, who gets the item at the first
//! sign-in.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{AdminId, Email, Principal, UserId};
use souk_store::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    access::Standing,
    audit::AuditRecord,
    entity::from_item,
    outbox::OutboxRecord,
    table::{Freshness, ListQuery},
    transaction::Condition,
};

use crate::{
    accounts::User,
    keys::{self, Key},
};

/// An admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    /// The admin's id.
    pub id: AdminId,
    /// The mail address.
    pub email: Email,
    /// Who promoted them. Absent for an admin whom the deployment names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promoted_by: Option<AdminId>,
    /// Since when they are an admin.
    #[serde(with = "millis")]
    pub promoted_at: Timestamp,
}

impl Entity for Admin {
    const TYPE: &'static str = "admin";

    fn key(&self) -> Key {
        keys::admin(self.id)
    }
}

/// Why an admin was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// They are an admin already.
    AlreadyAdmin,
    /// There is no such shopper.
    NoSuchShopper,
    /// They are banned, as a shopper or as an admin.
    Banned,
    /// Somebody else wrote meanwhile. Read again.
    Stale,
}

/// Access to admins.
#[derive(Debug)]
pub struct Admins<'a> {
    table: &'a Table,
}

impl<'a> Admins<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns an admin.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: AdminId) -> Result<Option<Admin>, StoreError> {
        self.table.get(keys::admin(id), Freshness::Strong).await
    }

    /// Returns all admins.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list(&self) -> Result<Vec<Admin>, StoreError> {
        self.table.partition(keys::admins()).await?.into_iter().map(from_item).collect()
    }

    /// Lists admins with their accounts, newest account first. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn page(&self, from: Option<Position>, limit: u8) -> Result<Page<(Admin, User)>, StoreError> {
        let page: Page<Admin> = self.table.list(ListQuery::newest_in(keys::admins(), from, limit)).await?;
        let wanted = page.items.iter().map(|admin| keys::user(UserId::from(admin.id))).collect();
        let users = self.table.get_many(wanted).await?.into_iter().map(from_item::<User>);
        let users = users.collect::<Result<Vec<_>, _>>()?;
        let with_account = |admin: Admin| {
            let user = users.iter().find(|user| user.id == UserId::from(admin.id))?.clone();
            Some((admin, user))
        };
        Ok(Page { items: page.items.into_iter().filter_map(with_account).collect(), next: page.next })
    }

    /// Creates the admin whom the deployment names, unless the item exists.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn put_first(&self, admin: &Admin) -> Result<(), StoreError> {
        self.table.create(admin).await.map(drop)
    }

    /// Promotes a shopper on behalf of an admin, with the audit record and the event. Works as well for one whom only
    /// the deployment named.
    ///
    /// # Errors
    /// [`Rule::AlreadyAdmin`], [`Rule::NoSuchShopper`], [`Rule::Banned`].
    pub async fn promote(
        &self,
        admin: &Admin,
        record: &AuditRecord,
        event: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        let user = UserId::from(admin.id);
        let not_banned = |who| (keys::standing(who), Condition::new("attribute_not_exists(ban)"));
        let [shopper, manager] = [Principal::User(user), Principal::Admin(admin.id)].map(not_banned);
        Transaction::new()
            .replace(admin, Condition::new("attribute_not_exists(promoted_by)"), Rule::AlreadyAdmin)
            .check(&keys::user(user), Condition::new("attribute_exists(pk)"), Rule::NoSuchShopper)
            .check(&shopper.0, shopper.1, Rule::Banned)
            .check(&manager.0, manager.1, Rule::Banned)
            .put(record)
            .put(event)
            .commit(self.table)
            .await
    }

    /// Demotes an admin and ends their sessions by the next version of their standing, with the audit record and the
    /// event.
    ///
    /// # Errors
    /// [`Rule::Stale`] if they are not an admin any more, or their standing was written meanwhile.
    pub async fn demote(
        &self,
        standing: &Standing,
        admin: AdminId,
        record: &AuditRecord,
        event: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        Transaction::new()
            .delete(&keys::admin(admin), Condition::new("attribute_exists(pk)"), Rule::Stale)
            .advance([standing], Rule::Stale)
            .put(record)
            .put(event)
            .commit(self.table)
            .await
    }
}
