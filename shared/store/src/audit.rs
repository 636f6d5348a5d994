//! Audit records: what admins did, for admins to look up.
//!
//! A record is written in the transaction of the action. So there is no action without a record and no record without
//! an action.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    AdminId, AuditId,
    audit::{Action, Subject},
};

use crate::{
    Entity, Page, Position, StoreError, Table,
    keys::{self, IndexKey, Key},
    table::ListQuery,
};

/// An action of an admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// The record's id.
    pub id: AuditId,
    /// When.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// The admin.
    pub admin: AdminId,
    /// The action.
    pub action: Action,
    /// The principal or object of the action.
    pub subject: Subject,
    /// A detail, such as the reason of a ban.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Entity for AuditRecord {
    const TYPE: &'static str = "audit_record";

    fn key(&self) -> Key {
        keys::audit_record(&self.subject, self.id)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::among_audit(self.id))
    }
}

/// Access to audit records.
#[derive(Debug)]
pub struct Audit<'a> {
    table: &'a Table,
}

impl<'a> Audit<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Lists audit records, newest first, optionally of one subject. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list(
        &self,
        subject: Option<&Subject>,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<AuditRecord>, StoreError> {
        self.table
            .list(match subject {
                Some(subject) => ListQuery::newest_in(keys::audit_of(subject), from, limit),
                None => ListQuery::newest(keys::audit(), from, limit),
            })
            .await
    }
}
