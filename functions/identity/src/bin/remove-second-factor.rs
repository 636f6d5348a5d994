//! Runs [`identity::remove_second_factor`].

souk_runtime::main!(identity::remove_second_factor::RemoveSecondFactor);
