//! From the cart to the order: carts, discounts, payments, orders.

pub mod asked;
pub mod carts;
pub mod discounts;
pub mod keys;
pub mod orders;
pub mod payments;
#[cfg(test)]
mod shapes;
pub mod stripe_events;

souk_store::aggregates! {
    /// Carts, discounts, payments and orders.
    pub trait SalesExt {
        /// Carts.
        carts: carts::Carts,
        /// Discounts and how often they were used.
        discounts: discounts::Discounts,
        /// Payment sessions and the stock they hold.
        payments: payments::Payments,
        /// Orders.
        orders: orders::Orders,
        /// What the payment provider told us.
        stripe_events: stripe_events::StripeEvents,
    }
}
