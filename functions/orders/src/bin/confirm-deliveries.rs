//! Runs [`orders::confirm_deliveries`].

souk_runtime::main!(orders::confirm_deliveries::ConfirmDeliveries);
