//! Runs [`bulk::get_job`].

souk_runtime::main!(bulk::get_job::GetJob);
