//! Runs [`bulk::list_jobs`].

souk_runtime::main!(bulk::list_jobs::ListJobs);
