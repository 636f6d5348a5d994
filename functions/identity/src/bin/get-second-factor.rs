//! Runs [`identity::get_second_factor`].

souk_runtime::main!(identity::get_second_factor::GetSecondFactor);
