//! From the cart to the order: carts, discounts, payments, orders.

pub mod carts;
pub mod discounts;
pub mod keys;
#[cfg(test)]
mod largest;
pub mod orders;
pub mod payments;
pub mod requested;
#[cfg(test)]
mod shapes;
pub mod stripe_events;

souk_store::aggregates! {
    /// The aggregates of sales.
    pub trait SalesExt {
        /// Carts.
        carts: carts::Carts,
        /// Discounts and how often they were used.
        discounts: discounts::Discounts,
        /// Payment sessions and their holds.
        payments: payments::Payments,
        /// Orders.
        orders: orders::Orders,
        /// Stripe's webhook events.
        stripe_events: stripe_events::StripeEvents,
    }
}
