//! Runs [`orders::get_payment_session`].

souk_runtime::main!(orders::get_payment_session::GetPaymentSession);
