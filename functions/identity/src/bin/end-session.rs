//! Runs [`identity::end_session`].

souk_runtime::main!(identity::end_session::EndSession);
