//! The states that payments and orders go through.

use serde::{Deserialize, Serialize};

/// Where a payment session stands. `Paid` and `Refunded` are final. `Expired` and `Superseded` are not quite: money that
/// comes late buys the order if the stock is still there, and goes back if it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Part of the stock is held: there is more of it than one transaction takes. Nobody may pay yet.
    Opening,
    /// Stock is held and the shopper may pay.
    Open,
    /// Part of the stock is back, for the same reason. Nobody may pay any more.
    Closing,
    /// Paid; the order exists.
    Paid,
    /// Nobody paid in time; the stock is back.
    Expired,
    /// A newer session took its place; the stock is back.
    Superseded,
    /// Money came that no order could be made of; it went back to the shopper.
    Refunded,
}

/// How far a shop's part of an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Paid, and not yet touched by the seller.
    Ordered,
}
