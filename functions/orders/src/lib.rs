//! Orders: from a cart to money and parcels.
//!
//! A payment session holds the stock and names the prices; Stripe's hosted page takes the money; Stripe's webhook says so;
//! the consumer turns the session into an order. There is one way in which an order comes to be
//! ([`apply_stripe_event`]), whoever is faster, the webhook or the shopper's return, and it happens once.

mod deps;
mod endpoints;
mod page;
mod pricing;
mod settle;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        create_payment_session::CreatePaymentSession,
        get_payment_session::GetPaymentSession,
        receive_stripe_event::ReceiveStripeEvent,
        list_orders::ListOrders,
        get_order::GetOrder,
        list_shop_orders::ListShopOrders,
        get_shop_order::GetShopOrder,
    ],
    consumers: [
        apply_stripe_event::ApplyStripeEvent,
    ],
    schedules: [
        release_holds::ReleaseHolds,
    ],
}
