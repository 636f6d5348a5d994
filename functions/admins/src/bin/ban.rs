//! Runs [`admins::ban`].

souk_runtime::main!(admins::ban::Ban);
