//! Runs [`admins::list_admins`].

souk_runtime::main!(admins::list_admins::ListAdmins);
