//! Runs [`identity::confirm_second_factor`].

souk_runtime::main!(identity::confirm_second_factor::ConfirmSecondFactor);
