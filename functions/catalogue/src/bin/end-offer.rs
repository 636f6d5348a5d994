//! Runs [`catalogue::end_offer`].

souk_runtime::main!(catalogue::end_offer::EndOffer);
