//! Every key format of carts, discounts, payments and orders.

use jiff::Timestamp;
use souk_domain::{
    CartId, DiscountCode, DiscountId, GuestCartId, OrderId, PaymentSessionId, ShopId, UserId, order::OrderNumber,
};
pub(crate) use souk_store::keys::{Index, IndexKey, Key, shop, sku, sortable};

/// A shopper's cart.
pub fn cart(id: CartId) -> Key {
    Key::new(format!("CART#{id}"), "CART")
}

/// The result of merging a guest's cart into a shopper's.
pub fn cart_merge(cart: CartId, guest: GuestCartId) -> Key {
    Key::new(format!("CART#{cart}"), format!("MERGE#{guest}"))
}

/// A guest's cart.
pub fn guest_cart(id: GuestCartId) -> Key {
    Key::new(format!("GUESTCART#{id}"), "GUESTCART")
}

/// A discount.
pub fn discount(shop: ShopId, id: DiscountId) -> Key {
    Key::new(discounts_of(shop), id.to_string())
}

/// The partition of a shop's discounts, their codes and their counts.
pub fn discounts_of(shop: ShopId) -> String {
    format!("DISCOUNTS#{shop}")
}

/// The claim on a discount's code within its shop.
pub fn discount_code(shop: ShopId, code: &DiscountCode) -> Key {
    Key::new(discounts_of(shop), format!("CODE#{code}"))
}

/// The count of all uses of a discount.
pub fn discount_uses(shop: ShopId, id: DiscountId) -> Key {
    Key::new(discounts_of(shop), format!("USES#{id}"))
}

/// The count of a shopper's uses of a discount.
pub fn discount_uses_by(shop: ShopId, id: DiscountId, user: UserId) -> Key {
    Key::new(discounts_of(shop), format!("USES#{id}#{user}"))
}

/// The count of a shopper's uses of a shop's discounts for first orders.
pub fn first_orders_by(shop: ShopId, user: UserId) -> Key {
    Key::new(discounts_of(shop), format!("FIRST#{user}"))
}

/// A payment session.
pub fn payment_session(id: PaymentSessionId) -> Key {
    Key::new(format!("PAYMENT#{id}"), "PAYMENT")
}

/// A position among the payment sessions that hold stock, by the end of their holds.
pub fn among_holds(until: Timestamp, id: PaymentSessionId) -> IndexKey {
    IndexKey { list: holds(), at: format!("{}#{id}", sortable(until)) }
}

/// The list of all holds.
pub fn holds() -> String {
    "HOLDS".to_owned()
}

/// An order.
pub fn order(id: OrderId) -> Key {
    Key::new(order_partition(id), "ORDER")
}

/// The partition that an order shares with its shops' parts.
pub fn order_partition(id: OrderId) -> String {
    format!("ORDER#{id}")
}

/// A shop's part of an order.
pub fn shop_order(id: OrderId, shop: ShopId) -> Key {
    Key::new(order_partition(id), format!("SHOP#{shop}"))
}

/// The claim of an order on its number.
pub fn order_number(number: &OrderNumber) -> Key {
    Key::new(format!("ORDERNUMBER#{number}"), "ORDERNUMBER")
}

/// A shipment of a shop order that is not delivered yet.
pub fn shipment_under_way(id: OrderId, shop: ShopId, shipment: u8) -> Key {
    Key::new(order_partition(id), format!("UNDERWAY#{shop}#{shipment}"))
}

/// A position among all shipments that are not delivered yet, by the time at which they were shipped.
pub fn among_shipments_under_way(shipped_at: Timestamp, id: OrderId, shop: ShopId, shipment: u8) -> IndexKey {
    IndexKey { list: shipments_under_way(), at: format!("{}#{id}#{shop}#{shipment}", sortable(shipped_at)) }
}

/// The list of all shipments that are not delivered yet.
pub fn shipments_under_way() -> String {
    "SHIPMENTS".to_owned()
}

/// A position among a shopper's orders, oldest first.
pub fn among_orders_of(user: UserId, id: OrderId) -> IndexKey {
    IndexKey { list: orders_of(user), at: id.to_string() }
}

/// The list of a shopper's orders.
pub fn orders_of(user: UserId) -> String {
    format!("USER#{user}#ORDERS")
}

/// A position among a shopper's orders from one shop, oldest first.
pub fn among_orders_of_at(user: UserId, shop: ShopId, id: OrderId) -> IndexKey {
    IndexKey { list: orders_of_at(user, shop), at: id.to_string() }
}

/// The list of a shopper's orders from one shop.
pub fn orders_of_at(user: UserId, shop: ShopId) -> String {
    format!("USER#{user}#SHOP#{shop}")
}

/// A position among a shop's orders, oldest first.
pub fn among_orders_at(shop: ShopId, id: OrderId) -> IndexKey {
    IndexKey { list: orders_at(shop), at: id.to_string() }
}

/// The list of a shop's orders.
pub fn orders_at(shop: ShopId) -> String {
    format!("SHOP#{shop}#ORDERS")
}

/// A position among a shop's orders that are not delivered yet, oldest first.
pub fn among_undelivered_of(shop: ShopId, id: OrderId) -> IndexKey {
    IndexKey { list: undelivered_of(shop), at: id.to_string() }
}

/// The list of a shop's orders that are not delivered yet.
pub fn undelivered_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#UNDELIVERED")
}

/// A webhook event of Stripe, by Stripe's event id.
pub fn stripe_event(id: &str) -> Key {
    Key::new(format!("STRIPE#{id}"), "EVENT")
}
