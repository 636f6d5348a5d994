//! What admins did, for admins to look up.
//!
//! A record is written in the transaction of what it tells of: there is none without the other, and each once.

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

/// Something that an admin did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Names the record.
    pub id: AuditId,
    /// When.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// Who did it.
    pub admin: AdminId,
    /// What.
    pub action: Action,
    /// To whom or what.
    pub subject: Subject,
    /// What there is to say about it: the reason of a ban.
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

/// Audit records in the table.
#[derive(Debug)]
pub struct Audit<'a> {
    table: &'a Table,
}

impl<'a> Audit<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// What admins did, the last first: all of it, or what they did to somebody or something. One read.
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
