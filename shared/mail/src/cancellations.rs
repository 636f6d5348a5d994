//! Mails about cancelled orders.

use askama::Template;
use souk_domain::Money;

use crate::{
    mails::{Mail, mail},
    plain::{filters, one_line},
    render::RenderError,
    shipments::ShippedLine,
};

/// Whom a mail about a cancellation addresses, and who cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cancelled {
    /// To the buyer, who cancelled.
    ByYou,
    /// To the buyer, after the seller cancelled.
    ByShop,
    /// To the seller, after the buyer cancelled.
    ByBuyer {
        /// The name of the buyer.
        buyer: String,
    },
}

/// To the buyer or the seller, after pieces of an order were cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationNotice {
    /// The name of the receiver.
    pub name: String,
    /// Who cancelled.
    pub cancelled: Cancelled,
    /// The name of the shop.
    pub shop: String,
    /// The number by which shopper and seller refer to the order.
    pub order_number: String,
    /// Whether nothing of the shop order is left.
    pub whole: bool,
    /// What was cancelled.
    pub lines: Vec<ShippedLine>,
    /// What goes back to the buyer.
    pub refund: Money,
    /// The address of the order.
    pub link: String,
}

impl CancellationNotice {
    fn heading(&self) -> &'static str {
        if self.whole { "An order was cancelled" } else { "A part of an order was cancelled" }
    }

    fn message(&self) -> String {
        let shop = one_line(&self.shop);
        let what = if self.whole { "the order" } else { "a part of the order" };
        match &self.cancelled {
            Cancelled::ByYou => format!("You cancelled {what} at {shop}."),
            Cancelled::ByShop => format!("{shop} cancelled {what}."),
            Cancelled::ByBuyer { buyer } => {
                format!("{} cancelled {what} at {shop}. Do not send these pieces.", one_line(buyer))
            }
        }
    }

    fn money(&self) -> Option<String> {
        let to = match self.cancelled {
            Cancelled::ByYou | Cancelled::ByShop => "you",
            Cancelled::ByBuyer { .. } => "the buyer",
        };
        (self.refund.minor > 0).then(|| format!("{} go back to {to} within some days.", self.refund))
    }

    fn reason(&self) -> String {
        match self.cancelled {
            Cancelled::ByYou | Cancelled::ByShop => "you ordered at Souk".to_owned(),
            Cancelled::ByBuyer { .. } => format!("{} sells at Souk", one_line(&self.shop)),
        }
    }
}

mail!(CancellationNotice, "cancellation.html", "cancellation.txt", |mail| {
    format!("{}: {} - Souk", mail.heading(), mail.order_number)
});
