//! The states of payments and orders.

use serde::{Deserialize, Serialize};

/// The state of a payment session. `Paid` and `Refunded` are final. `Expired` can still change: a late payment buys the
/// order if the stock is still there, and is refunded otherwise. A payment of a `Superseded` session is refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// A part of the stock is held, because all of it does not fit into one transaction. Payment is not possible yet.
    Opening,
    /// The stock is held, and the shopper may pay.
    Open,
    /// A part of the stock is returned, because all of it does not fit into one transaction. Payment is no longer
    /// possible.
    Closing,
    /// Paid. The order exists.
    Paid,
    /// Nobody paid in time. The stock is returned.
    Expired,
    /// A newer session replaced it. The stock is returned.
    Superseded,
    /// A payment came that could not become an order. It was refunded.
    Refunded,
}

/// The state of a shop order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Paid, and not processed by the seller yet.
    Ordered,
}

impl DeliveryState {
    /// Returns whether nothing is left to be done for the buyer.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Ordered => false,
        }
    }
}
