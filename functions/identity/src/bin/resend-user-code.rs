//! Runs [`identity::resend_user_code`].

souk_runtime::main!(identity::resend_user_code::ResendUserCode);
