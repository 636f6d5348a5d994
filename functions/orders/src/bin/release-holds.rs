//! Runs [`orders::release_holds`].

souk_runtime::main!(orders::release_holds::ReleaseHolds);
