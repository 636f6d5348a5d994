//! Admins: the admins of the marketplace, bans and the audit records.
//!
//! Every change is written together with its audit record. There is no change without a record, and no record for a
//! request that changed nothing. Rights end at once: a demotion or a ban raises the epoch of a principal, and the
//! functions that move money or change rights check it.

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
