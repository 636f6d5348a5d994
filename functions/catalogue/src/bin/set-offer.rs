//! Runs [`catalogue::set_offer`].

souk_runtime::main!(catalogue::set_offer::SetOffer);
