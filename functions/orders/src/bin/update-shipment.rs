//! Runs [`orders::update_shipment`].

souk_runtime::main!(orders::update_shipment::UpdateShipment);
