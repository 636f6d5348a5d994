//! Runs [`catalogue::list_offers`].

souk_runtime::main!(catalogue::list_offers::ListOffers);
