//! Admins: who runs the marketplace, who is kept out of it, and what was done about either.
//!
//! Everything here is written together with its audit record: there is no change without one, and none for a request
//! that changed nothing. Rights end at once: whoever is demoted or banned has an old epoch, and functions that move money or
//! change rights ask for it.

mod deps;
mod endpoints;

pub use endpoints::*;

souk_runtime::functions! {
    endpoints: [
        list_admins::ListAdmins,
        promote_admin::PromoteAdmin,
        demote_admin::DemoteAdmin,
        list_bans::ListBans,
        ban::Ban,
        lift_ban::LiftBan,
        list_audit_records::ListAuditRecords,
    ],
}
