//! Standings, sessions and what admins did.

use jiff::Timestamp;
use souk_domain::{AuditId, Principal, SessionId, audit::Subject};

use super::{IndexKey, Key, sortable};

/// How a principal stands: bans, and what ended all sessions.
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

/// A place among the bans, oldest first.
pub fn among_bans(since: Timestamp, principal: Principal) -> IndexKey {
    IndexKey { list: bans(), at: format!("{}#{principal}", sortable(since)) }
}

/// The list of all bans.
pub fn bans() -> String {
    "BANS".to_owned()
}

/// What an admin did to somebody or something.
pub fn audit_record(subject: &Subject, id: AuditId) -> Key {
    Key::new(audit_of(subject), id.to_string())
}

/// The partition of what admins did to somebody or something.
pub fn audit_of(subject: &Subject) -> String {
    format!("AUDIT#{subject}")
}

/// A place among all that admins did, oldest first.
pub fn among_audit(id: AuditId) -> IndexKey {
    IndexKey { list: audit(), at: id.to_string() }
}

/// The list of all that admins did.
pub fn audit() -> String {
    "AUDIT".to_owned()
}
