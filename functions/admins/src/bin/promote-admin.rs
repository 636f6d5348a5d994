//! Runs [`admins::promote_admin`].

souk_runtime::main!(admins::promote_admin::PromoteAdmin);
