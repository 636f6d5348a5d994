//! Standings, sessions and audit records.

use jiff::Timestamp;
use souk_domain::{AuditId, Principal, SessionId, audit::Subject};

use super::{IndexKey, Key, sortable};

/// A principal's standing.
pub fn standing(principal: Principal) -> Key {
    Key::new(access_partition(principal), "STANDING")
}

/// A session.
pub fn session(principal: Principal, id: SessionId) -> Key {
    Key::new(access_partition(principal), format!("SESSION#{id}"))
}

/// The partition that a principal's standing and sessions share.
pub fn access_partition(principal: Principal) -> String {
    format!("ACCESS#{principal}")
}

/// A position among the bans, oldest first.
pub fn among_bans(since: Timestamp, principal: Principal) -> IndexKey {
    IndexKey { list: bans(), at: format!("{}#{principal}", sortable(since)) }
}

/// The list of all bans.
pub fn bans() -> String {
    "BANS".to_owned()
}

/// An audit record.
pub fn audit_record(subject: &Subject, id: AuditId) -> Key {
    Key::new(audit_of(subject), id.to_string())
}

/// The partition of a subject's audit records.
pub fn audit_of(subject: &Subject) -> String {
    format!("AUDIT#{subject}")
}

/// A position among all audit records, oldest first.
pub fn among_audit(id: AuditId) -> IndexKey {
    IndexKey { list: audit(), at: id.to_string() }
}

/// The list of all audit records.
pub fn audit() -> String {
    "AUDIT".to_owned()
}
