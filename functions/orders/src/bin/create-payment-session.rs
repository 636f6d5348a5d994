//! Runs [`orders::create_payment_session`].

souk_runtime::main!(orders::create_payment_session::CreatePaymentSession);
