//! Orders: payment sessions, Stripe's events and the orders that follow.
//!
//! A payment session holds the stock and fixes the prices. The shopper pays on Stripe's hosted checkout page. Stripe's
//! webhook reports the payment, and a consumer turns the session into an order.
//! Only [`apply_stripe_event`] creates orders, and it creates each order once, whether the webhook or the shopper's
//! return to the storefront comes first.
//!
//! A seller packs a shop order and ships its pieces in shipments, which move forward until they are delivered. Buyers and
//! sellers cancel what is not shipped, and [`apply_stripe_event`] asks Stripe to refund it.

mod cancelling;
mod delivery;
mod deps;
mod endpoints;
mod payment_session;
mod pieces;
mod refunding;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        create_payment_session::CreatePaymentSession,
        get_payment_session::GetPaymentSession,
        cancel_payment_session::CancelPaymentSession,
        receive_stripe_event::ReceiveStripeEvent,
        list_orders::ListOrders,
        get_order::GetOrder,
        cancel_order::CancelOrder,
        list_shop_orders::ListShopOrders,
        get_shop_order::GetShopOrder,
        pack_order::PackOrder,
        create_shipment::CreateShipment,
        update_shipment::UpdateShipment,
        cancel_shop_order::CancelShopOrder,
    ],
    consumers: [
        apply_stripe_event::ApplyStripeEvent,
    ],
    schedules: [
        release_holds::ReleaseHolds,
        confirm_deliveries::ConfirmDeliveries,
    ],
}
