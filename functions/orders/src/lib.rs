//! Orders: from a cart to money and parcels.
//!
//! A payment session holds the stock and names the prices; Stripe's hosted page takes the money; Stripe's webhook says so;
//! the consumer turns the session into an order. There is one way in which an order comes to be
//! ([`apply_stripe_event`]), whoever is faster, the webhook or the shopper's return, and it happens once.

pub mod create_payment_session;
pub mod get_payment_session;
pub mod receive_stripe_event;

pub mod get_order;
pub mod get_shop_order;
pub mod list_orders;
pub mod list_shop_orders;

pub mod apply_stripe_event;
pub mod release_holds;

mod deps;
mod page;
mod settle;
mod till;
mod view;

souk_web::endpoints![
    create_payment_session,
    get_payment_session,
    receive_stripe_event,
    list_orders,
    get_order,
    list_shop_orders,
    get_shop_order
];
