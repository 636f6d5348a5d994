//! The HTTP endpoints of this service, in reading order.

pub mod ban;
pub mod demote_admin;
pub mod lift_ban;
pub mod list_admins;
pub mod list_audit_records;
pub mod list_bans;
pub mod promote_admin;
