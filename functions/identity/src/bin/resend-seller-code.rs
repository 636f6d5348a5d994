//! Runs [`identity::resend_seller_code`].

souk_runtime::main!(identity::resend_seller_code::ResendSellerCode);
