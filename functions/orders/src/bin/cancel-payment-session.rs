//! Runs [`orders::cancel_payment_session`].

souk_runtime::main!(orders::cancel_payment_session::CancelPaymentSession);
