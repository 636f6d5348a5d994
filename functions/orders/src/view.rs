//! The answers of this service: payment sessions and orders.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    DeliveryAddress, DiscountCode, DiscountName, Money, OrderId, PaymentSessionId, PersonName, ProductId, Quantity,
    ShopId, ShopName, SkuId, Slug, TaxRate, Title,
    order::{DeliveryState, OrderNumber, PaymentState},
};
use souk_store_sales::{
    discounts::Granted,
    orders::{Order, OrderLine, ShopOrder, ShopPart},
    payments::PaymentSession,
};
use souk_views::MediaUrl;
use souk_web::JsonSchema;

use crate::{
    cancelling::{CancellationView, cancellations},
    delivery::{HistoryEntry, ShipmentView, history},
    payment_session::checkout_page::page_expires_at,
};

/// A payment session.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PaymentSession")]
pub struct PaymentSessionView {
    /// The id of the payment session.
    id: PaymentSessionId,
    /// The state of the payment.
    state: PaymentState,
    /// The amount to pay.
    total: Money,
    /// What is bought, by shop, at the agreed prices.
    shops: Vec<ShopPartView>,
    /// Where the parcels go.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<DeliveryAddress>,
    /// The time until which the stock is held.
    held_until: Timestamp,
    /// The address of the checkout page, while the session is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// When the checkout page expires: some minutes before `held_until`.
    #[serde(skip_serializing_if = "Option::is_none")]
    url_expires_at: Option<Timestamp>,
    /// The id of the order, once the session is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<OrderId>,
}

impl PaymentSessionView {
    pub(crate) fn of(session: PaymentSession, media: &MediaUrl) -> Self {
        let page = session.checkout.as_ref().filter(|_| session.state == PaymentState::Open);
        Self {
            id: session.id,
            state: session.state,
            total: session.total,
            shops: session.parts.iter().map(|part| ShopPartView::of(part, media)).collect(),
            address: session.address.clone(),
            held_until: session.held_until,
            url: page.map(|page| page.url.clone()),
            url_expires_at: page.map(|_| page_expires_at(&session)),
            order: (session.state == PaymentState::Paid).then(|| session.id.into()),
        }
    }
}

/// An order in the shopper's list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub struct OrderView {
    /// The id of the order.
    id: OrderId,
    /// The number of the order, for people.
    number: OrderNumber,
    /// The amount that was paid.
    total: Money,
    /// The number of pieces.
    pieces: u32,
    /// When the order was paid.
    placed_at: Timestamp,
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        Self {
            id: order.id,
            number: order.number,
            total: order.total,
            pieces: order.pieces,
            placed_at: order.placed_at,
        }
    }
}

/// An order with the part of every shop.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OrderDetails {
    /// The fields of the list.
    #[serde(flatten)]
    order: OrderView,
    /// The parts of the shops.
    shops: Vec<OrderPart>,
    /// Where the parcels go, as it was at the checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<DeliveryAddress>,
}

impl OrderDetails {
    pub(crate) fn of(order: Order, parts: &[ShopOrder], media: &MediaUrl) -> Self {
        Self {
            address: order.address.clone(),
            order: order.into(),
            shops: parts.iter().map(|part| OrderPart::of(part, media)).collect(),
        }
    }
}

/// A shop's part of an order, for the shopper.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderPart {
    /// The fields of the part as it was bought.
    #[serde(flatten)]
    part: ShopPartView,
    /// The state of the delivery: that of the piece that is furthest behind.
    state: DeliveryState,
    /// The shipments so far.
    shipments: Vec<ShipmentView>,
    /// The cancellations so far, with their refunds.
    cancellations: Vec<CancellationView>,
    /// What happened so far, the earliest first.
    history: Vec<HistoryEntry>,
}

/// What a shopper buys from a shop.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShopPart")]
struct ShopPartView {
    /// The id of the shop.
    shop: ShopId,
    /// The name of the shop at the time of the checkout.
    shop_name: ShopName,
    /// The lines that the shopper buys from the shop.
    lines: Vec<OrderLineView>,
    /// The discount that the shop gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<OrderDiscount>,
    /// The price of shipping.
    shipping: Money,
    /// The tax that the shipping includes. Absent if the shop stated no tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_tax: Option<Money>,
    /// The tax that the total includes: the sum of that of the lines and of the shipping. Absent if the shop stated no
    /// tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<Money>,
    /// The price of the lines after the discount, and of the shipping.
    total: Money,
}

/// A discount that was given on an order.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderDiscount {
    /// The code that the shopper entered.
    code: DiscountCode,
    /// The name of the discount at the time of the order.
    name: DiscountName,
    /// The amount by which it reduced the shop's lines.
    amount: Money,
}

impl OrderDiscount {
    fn of(part: &ShopPart) -> Option<Self> {
        let Granted { code, name, off, .. } = part.discount.clone()?;
        Some(Self { code, name, amount: off })
    }
}

impl OrderPart {
    fn of(order: &ShopOrder, media: &MediaUrl) -> Self {
        Self {
            part: ShopPartView::of(&order.part, media),
            state: order.state,
            shipments: order.delivery.shipments.iter().map(ShipmentView::from).collect(),
            cancellations: cancellations(order),
            history: history(order),
        }
    }
}

impl ShopPartView {
    fn of(part: &ShopPart, media: &MediaUrl) -> Self {
        Self {
            shop: part.shop,
            shop_name: part.shop_name.clone(),
            lines: part.lines.iter().map(|line| OrderLineView::of(line, media)).collect(),
            discount: OrderDiscount::of(part),
            shipping: part.shipping_price(),
            shipping_tax: part.included_shipping_tax(),
            tax: part.included_tax(),
            total: part.total,
        }
    }
}

/// A line of an order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderLine")]
struct OrderLineView {
    /// The id of the variant that was bought.
    sku: SkuId,
    /// The id of the product.
    product_id: ProductId,
    /// The slug of the product at the time of the order.
    product: Slug,
    /// The title of the product at the time of the order.
    title: Title,
    /// The options of the variant, such as `Blue / XL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<String>,
    /// The address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    /// The number of pieces.
    quantity: Quantity,
    /// The price of one piece.
    unit_price: Money,
    /// The amount by which the shop's discount reduced the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<Money>,
    /// The price of the line after the discount.
    total: Money,
    /// The rate of the tax that the total includes, in basis points (1/100 of a percent) of the net price. Absent if the
    /// shop stated no tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_rate: Option<TaxRate>,
    /// The tax that the total includes. Absent if the shop stated no tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<Money>,
}

impl OrderLineView {
    fn of(line: &OrderLine, media: &MediaUrl) -> Self {
        Self {
            sku: line.sku,
            product_id: line.sku.product,
            product: line.product_slug.clone(),
            title: line.title.clone(),
            options: line.options.clone(),
            picture: line.picture.as_ref().map(|path| media.of(path)),
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: line.discount,
            total: line.total,
            tax_rate: line.tax_rate,
            tax: line.included_tax(),
        }
    }
}

/// An order in the seller's list: the shop's own part.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShopOrder")]
pub struct ShopOrderView {
    /// The id of the order.
    id: OrderId,
    /// The number of the order, for people.
    number: OrderNumber,
    /// The name of the buyer.
    buyer: PersonName,
    /// The state of the delivery: that of the piece that is furthest behind.
    state: DeliveryState,
    /// The number of pieces.
    pieces: u32,
    /// The amount that the buyer paid for this part, with its shipping.
    total: Money,
    /// The part of it that the marketplace keeps. None of the shipping is kept.
    commission: Money,
    /// When the order was paid.
    placed_at: Timestamp,
}

impl From<&ShopOrder> for ShopOrderView {
    fn from(order: &ShopOrder) -> Self {
        let lines = &order.part.lines;
        // The sum cannot overflow: each commission is at most the total of its line, and these totals add up to at most
        // the part's.
        let commission = lines.iter().map(|line| line.commission.minor).sum();
        Self {
            id: order.order,
            number: order.number.clone(),
            buyer: order.buyer.clone(),
            state: order.state,
            pieces: lines.iter().map(|line| line.quantity.get()).sum(),
            total: order.part.total,
            commission: Money::new(commission, order.part.total.currency),
            placed_at: order.placed_at,
        }
    }
}

/// A shop's part of an order, for its seller.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ShopOrderDetails {
    /// The fields of the list.
    #[serde(flatten)]
    order: ShopOrderView,
    /// Where the parcel goes, as it was at the checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<DeliveryAddress>,
    /// The lines that the shop sold.
    lines: Vec<OrderLineView>,
    /// The discount that the shop gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<OrderDiscount>,
    /// The price of shipping, which is a part of the total.
    shipping: Money,
    /// The tax that the shipping includes. Absent if the shop stated no tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_tax: Option<Money>,
    /// The tax that the total includes: the sum of that of the lines and of the shipping. Absent if the shop stated no
    /// tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<Money>,
    /// The shipments so far.
    shipments: Vec<ShipmentView>,
    /// The cancellations so far, with their refunds.
    cancellations: Vec<CancellationView>,
    /// What happened so far, the earliest first.
    history: Vec<HistoryEntry>,
}

impl ShopOrderDetails {
    pub(crate) fn of(order: &ShopOrder, media: &MediaUrl) -> Self {
        Self {
            order: order.into(),
            address: order.address.clone(),
            lines: order.part.lines.iter().map(|line| OrderLineView::of(line, media)).collect(),
            discount: OrderDiscount::of(&order.part),
            shipping: order.part.shipping_price(),
            shipping_tax: order.part.included_shipping_tax(),
            tax: order.part.included_tax(),
            shipments: order.delivery.shipments.iter().map(ShipmentView::from).collect(),
            cancellations: cancellations(order),
            history: history(order),
        }
    }
}
