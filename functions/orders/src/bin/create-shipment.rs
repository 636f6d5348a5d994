//! Runs [`orders::create_shipment`].

souk_runtime::main!(orders::create_shipment::CreateShipment);
