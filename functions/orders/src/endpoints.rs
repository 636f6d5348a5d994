//! The HTTP endpoints of this service, in reading order.

pub mod cancel_order;
pub mod cancel_payment_session;
pub mod cancel_shop_order;
pub mod create_payment_session;
pub mod create_shipment;
pub mod get_order;
pub mod get_payment_session;
pub mod get_shop_order;
pub mod list_orders;
pub mod list_shop_orders;
pub mod pack_order;
pub mod receive_stripe_event;
pub mod update_shipment;
