//! Runs [`identity::start_second_factor`].

souk_runtime::main!(identity::start_second_factor::StartSecondFactor);
