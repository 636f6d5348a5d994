//! Runs [`live::push_live`].

souk_runtime::main!(live::push_live::PushLive);
