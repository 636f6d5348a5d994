//! Runs [`admins::list_bans`].

souk_runtime::main!(admins::list_bans::ListBans);
