//! Admins: who runs the marketplace, who is kept out of it, and what was done about either.
//!
//! Everything here is written together with its audit record: there is no change without one, and none for a request
//! that changed nothing. Rights end at once: whoever is demoted or banned has an old epoch, and rooms that move money or
//! change rights ask for it.

pub mod ban;
pub mod demote_admin;
pub mod lift_ban;
pub mod list_admins;
pub mod list_audit_records;
pub mod list_bans;
pub mod promote_admin;

mod deps;

souk_web::endpoints![list_admins, promote_admin, demote_admin, list_bans, ban, lift_ban, list_audit_records];
