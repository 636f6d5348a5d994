//! Mails about the shipments of an order.

use askama::Template;

use crate::{
    mails::{Mail, mail},
    plain::{filters, one_line},
    render::RenderError,
};

/// Pieces of one line of an order, in a shipment or a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedLine {
    /// The title of the product at the time of the order.
    pub title: String,
    /// The options of the variant, such as `Blue, 42`.
    pub option: Option<String>,
    /// The number of these pieces.
    pub quantity: u32,
}

/// Where a shipment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShipmentNews {
    /// The shop gave it to the carrier. Other pieces of the order may follow.
    Shipped {
        /// Whether the shop has not shipped all pieces yet.
        in_part: bool,
    },
    /// The carrier's driver has it.
    OutForDelivery,
    /// It was delivered.
    Delivered {
        /// Whether nobody reported the delivery, and the time that passed decides.
        assumed: bool,
    },
}

/// To the shopper, when a shipment of an order moves forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentNotice {
    /// The name of the shopper.
    pub name: String,
    /// The name of the shop.
    pub shop: String,
    /// The number by which shopper and seller refer to the order.
    pub order_number: String,
    /// Where the shipment is.
    pub news: ShipmentNews,
    /// What is in it.
    pub lines: Vec<ShippedLine>,
    /// The carrier.
    pub carrier: Option<String>,
    /// The carrier's number of the parcel.
    pub tracking_number: Option<String>,
    /// The page on which the carrier shows where it is.
    pub tracking_url: Option<String>,
    /// The address of the order in the storefront.
    pub link: String,
}

impl ShipmentNotice {
    fn heading(&self) -> &'static str {
        match self.news {
            ShipmentNews::Shipped { in_part: false } => "Your order is on its way",
            ShipmentNews::Shipped { in_part: true } => "A part of your order is on its way",
            ShipmentNews::OutForDelivery => "Your parcel arrives soon",
            ShipmentNews::Delivered { .. } => "Your parcel was delivered",
        }
    }

    fn message(&self) -> String {
        let shop = one_line(&self.shop);
        match self.news {
            ShipmentNews::Shipped { in_part: false } => format!("{shop} has shipped your order."),
            ShipmentNews::Shipped { in_part: true } => {
                format!("{shop} has shipped a part of your order. The rest follows.")
            }
            ShipmentNews::OutForDelivery => format!("A parcel from {shop} is out for delivery."),
            ShipmentNews::Delivered { assumed: false } => format!("A parcel from {shop} was delivered."),
            ShipmentNews::Delivered { assumed: true } => format!(
                "A parcel from {shop} was shipped some time ago, so we count it as delivered. If it has not arrived, \
                 tell the shop."
            ),
        }
    }

    /// Returns the carrier and its number in one line, as far as they are known.
    fn carrier_line(&self) -> Option<String> {
        let parts: Vec<String> = self.carrier.iter().chain(&self.tracking_number).map(|part| one_line(part)).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

mail!(ShipmentNotice, "shipment.html", "shipment.txt", |mail| {
    format!("{}: {} - Souk", mail.heading(), mail.order_number)
});
