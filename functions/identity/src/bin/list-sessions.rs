//! Runs [`identity::list_sessions`].

souk_runtime::main!(identity::list_sessions::ListSessions);
