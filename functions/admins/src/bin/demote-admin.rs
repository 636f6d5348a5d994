//! Runs [`admins::demote_admin`].

souk_runtime::main!(admins::demote_admin::DemoteAdmin);
