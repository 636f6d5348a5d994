//! Payment sessions and orders as they are answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    DiscountCode, DiscountName, Money, OrderId, PaymentSessionId, PersonName, Quantity, ShopId, ShopName, SkuId, Slug,
    Title,
    order::{DeliveryState, PaymentState},
};
use souk_store_sales::{
    discounts::Granted,
    orders::{Order, OrderLine, ShopOrder, ShopPart},
    payments::PaymentSession,
};
use souk_views::MediaUrl;
use souk_web::JsonSchema;

/// A payment session.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PaymentSession")]
pub struct SessionView {
    /// Names the session.
    id: PaymentSessionId,
    /// Where it stands.
    state: PaymentState,
    /// What is to be paid.
    total: Money,
    /// Until when the stock is held.
    held_until: Timestamp,
    /// The page to pay on, while the session is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The order, once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<OrderId>,
}

impl From<PaymentSession> for SessionView {
    fn from(session: PaymentSession) -> Self {
        Self {
            id: session.id,
            state: session.state,
            total: session.total,
            held_until: session.held_until,
            url: session.checkout.filter(|_| session.state == PaymentState::Open).map(|checkout| checkout.url),
            order: (session.state == PaymentState::Paid).then(|| session.id.into()),
        }
    }
}

/// An order in the shopper's list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub struct OrderView {
    /// Names the order.
    id: OrderId,
    /// What was paid.
    total: Money,
    /// How many pieces.
    pieces: u32,
    /// When it was paid.
    placed_at: Timestamp,
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        Self { id: order.id, total: order.total, pieces: order.pieces, placed_at: order.placed_at }
    }
}

/// An order with all there is to say of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderDetails")]
pub struct OrderDetails {
    /// What the list shows, too.
    #[serde(flatten)]
    order: OrderView,
    /// The shops' parts.
    shops: Vec<PartView>,
}

impl OrderDetails {
    pub(crate) fn of(order: Order, parts: &[ShopOrder], media: &MediaUrl) -> Self {
        Self {
            order: order.into(),
            shops: parts.iter().map(|part| PartView::of(&part.part, part.state, media)).collect(),
        }
    }
}

/// A shop's part of an order, for the shopper.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderPart")]
struct PartView {
    /// Which shop.
    shop: ShopId,
    /// What it was called.
    shop_name: ShopName,
    /// How far it has come.
    state: DeliveryState,
    /// What was bought there.
    lines: Vec<LineView>,
    /// The discount that the shop gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<DiscountView>,
    /// What it cost, less the discount.
    total: Money,
}

/// A discount that was given on an order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderDiscount")]
struct DiscountView {
    /// The code that was typed.
    code: DiscountCode,
    /// What it was called.
    name: DiscountName,
    /// What it took off the shop's lines together.
    amount: Money,
}

impl DiscountView {
    fn of(part: &ShopPart) -> Option<Self> {
        let Granted { code, name, off, .. } = part.discount.clone()?;
        Some(Self { code, name, amount: off })
    }
}

impl PartView {
    fn of(part: &ShopPart, state: DeliveryState, media: &MediaUrl) -> Self {
        Self {
            shop: part.shop,
            shop_name: part.shop_name.clone(),
            state,
            lines: part.lines.iter().map(|line| LineView::of(line, media)).collect(),
            discount: DiscountView::of(part),
            total: part.total,
        }
    }
}

/// A line of an order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderLine")]
struct LineView {
    /// What.
    sku: SkuId,
    /// The product's place in addresses, at the time.
    product: Slug,
    /// What it was called.
    title: Title,
    /// Which variant: `Blue / XL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<String>,
    /// Where its picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    /// How many.
    quantity: Quantity,
    /// What one cost.
    unit_price: Money,
    /// What the shop's discount took off all.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<Money>,
    /// What all cost, less the discount.
    total: Money,
}

impl LineView {
    fn of(line: &OrderLine, media: &MediaUrl) -> Self {
        Self {
            sku: line.sku,
            product: line.product_slug.clone(),
            title: line.title.clone(),
            options: line.options.clone(),
            picture: line.picture.as_ref().map(|path| media.of(path)),
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: line.discount,
            total: line.total,
        }
    }
}

/// An order in the seller's list: the shop's own part.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShopOrder")]
pub struct ShopOrderView {
    /// Names the order.
    id: OrderId,
    /// What the buyer is called.
    buyer: PersonName,
    /// How far it has come.
    state: DeliveryState,
    /// How many pieces.
    pieces: u32,
    /// What the buyer paid for them.
    total: Money,
    /// What the marketplace keeps of it.
    commission: Money,
    /// When it was paid.
    placed_at: Timestamp,
}

impl From<&ShopOrder> for ShopOrderView {
    fn from(order: &ShopOrder) -> Self {
        let lines = &order.part.lines;
        // Each commission is at most its line's total, and those add up to the part's.
        let commission = lines.iter().map(|line| line.commission.minor).sum();
        Self {
            id: order.order,
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
#[schemars(rename = "ShopOrderDetails")]
pub struct ShopOrderDetails {
    /// What the list shows, too.
    #[serde(flatten)]
    order: ShopOrderView,
    /// What was sold.
    lines: Vec<LineView>,
    /// The discount that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<DiscountView>,
}

impl ShopOrderDetails {
    pub(crate) fn of(order: &ShopOrder, media: &MediaUrl) -> Self {
        Self {
            order: order.into(),
            lines: order.part.lines.iter().map(|line| LineView::of(line, media)).collect(),
            discount: DiscountView::of(&order.part),
        }
    }
}
