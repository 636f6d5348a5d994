//! Runs [`admins::lift_ban`].

souk_runtime::main!(admins::lift_ban::LiftBan);
