//! Every key format, once. Reads and writes both come here, so a format cannot drift apart.
//!
//! Time-ordered sort keys need no time in them: our ids are UUIDs of version 7, whose text sorts by creation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{
    AdminId, AuditId, CartId, Email, EventId, GuestCartId, MediaId, NotificationId, OrderId, PaymentSessionId,
    Principal, ProductId, SellerId, SessionId, ShopId, SkuId, Slug, UserId, code::Purpose,
};

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Key {
    /// The partition.
    pub pk: String,
    /// The place within the partition.
    pub sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }
}

/// A place in the one secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// The list the item is in.
    pub gsi1pk: String,
    /// The item's place in the list.
    pub gsi1sk: String,
}

/// Which sign-in an address belongs to. An admin signs in as a shopper who was promoted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    /// Shoppers.
    #[default]
    Users,
    /// Sellers.
    Sellers,
}

impl Realm {
    /// Where a principal signs in.
    pub const fn of(principal: Principal) -> Self {
        match principal {
            Principal::User(_) | Principal::Admin(_) => Self::Users,
            Principal::Seller(_) => Self::Sellers,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Users => "user",
            Self::Sellers => "seller",
        }
    }
}

/// The credentials of an address.
pub fn login(realm: Realm, email: &Email) -> Key {
    Key::new(format!("LOGIN#{}#{email}", realm.name()), "LOGIN")
}

/// What is remembered of the codes mailed to an address for one purpose.
pub fn code_state(purpose: Purpose, realm: Realm, email: &Email) -> Key {
    let purpose = match purpose {
        Purpose::ConfirmRegistration => "register",
        Purpose::SignIn => "sign_in",
        Purpose::ResetPassword => "reset",
    };
    Key::new(format!("CODE#{purpose}#{}#{email}", realm.name()), "CODE")
}

/// The link of a Google account to a shopper, by what Google calls the account.
pub fn google_link(subject: &str) -> Key {
    Key::new(format!("GOOGLE#{subject}"), "GOOGLE")
}

/// How a principal stands: bans, and what ended all sessions.
pub fn standing(principal: Principal) -> Key {
    Key::new(access_partition(principal), "STANDING")
}

/// A session.
pub fn session(principal: Principal, id: SessionId) -> Key {
    Key::new(access_partition(principal), format!("SESSION#{id}"))
}

/// The partition that a principal's standing and sessions share.
pub fn access_partition(principal: Principal) -> String {
    format!("ACCESS#{principal}")
}

/// A principal's second factor.
pub fn second_factor(principal: Principal) -> Key {
    Key::new(format!("MFA#{principal}"), "MFA")
}

/// A place among the bans, oldest first.
pub fn among_bans(since: Timestamp, principal: Principal) -> IndexKey {
    IndexKey { gsi1pk: bans(), gsi1sk: format!("{}#{principal}", sortable(since)) }
}

/// The list of all bans.
pub fn bans() -> String {
    "BANS".to_owned()
}

/// An admin.
pub fn admin(id: AdminId) -> Key {
    Key::new(admins(), id.to_string())
}

/// The partition of all admins.
pub fn admins() -> String {
    "ADMINS".to_owned()
}

/// What an admin did to somebody.
pub fn audit_record(subject: Principal, id: AuditId) -> Key {
    Key::new(audit_of(subject), id.to_string())
}

/// The partition of what admins did to somebody.
pub fn audit_of(subject: Principal) -> String {
    format!("AUDIT#{subject}")
}

/// A place among all that admins did, oldest first.
pub fn among_audit(id: AuditId) -> IndexKey {
    IndexKey { gsi1pk: audit(), gsi1sk: id.to_string() }
}

/// The list of all that admins did.
pub fn audit() -> String {
    "AUDIT".to_owned()
}

/// A shopper's profile.
pub fn user(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "PROFILE")
}

/// A seller's profile.
pub fn seller(id: SellerId) -> Key {
    Key::new(format!("SELLER#{id}"), "PROFILE")
}

/// A shop.
pub fn shop(id: ShopId) -> Key {
    Key::new(format!("SHOP#{id}"), "SHOP")
}

/// The claim of a shop on its slug.
pub fn shop_slug(slug: &Slug) -> Key {
    Key::new(format!("SLUG#shop#{slug}"), "SLUG")
}

/// An uploaded image.
pub fn media(id: MediaId) -> Key {
    Key::new(format!("MEDIA#{id}"), "MEDIA")
}

/// A product.
pub fn product(id: ProductId) -> Key {
    Key::new(product_partition(id), "PRODUCT")
}

/// The partition that a product shares with its SKUs.
pub fn product_partition(id: ProductId) -> String {
    format!("PRODUCT#{id}")
}

/// A SKU.
pub fn sku(id: SkuId) -> Key {
    Key::new(product_partition(id.product), format!("SKU#{:03}", id.number))
}

/// The claim of a product on its slug.
pub fn product_slug(slug: &Slug) -> Key {
    Key::new(format!("SLUG#product#{slug}"), "SLUG")
}

/// A place among all products on sale, oldest first.
pub fn in_catalogue(id: ProductId) -> IndexKey {
    IndexKey { gsi1pk: catalogue(), gsi1sk: id.to_string() }
}

/// The list of all products on sale.
pub fn catalogue() -> String {
    "CATALOG".to_owned()
}

/// A shopper's cart.
pub fn cart(id: CartId) -> Key {
    Key::new(format!("CART#{id}"), "CART")
}

/// What came of merging a guest's cart into a shopper's.
pub fn cart_merge(cart: CartId, guest: GuestCartId) -> Key {
    Key::new(format!("CART#{cart}"), format!("MERGE#{guest}"))
}

/// A guest's cart.
pub fn guest_cart(id: GuestCartId) -> Key {
    Key::new(format!("GUESTCART#{id}"), "GUESTCART")
}

/// A shopper's addresses.
pub fn addresses(user: UserId) -> Key {
    Key::new(format!("ADDRESSES#{user}"), "ADDRESSES")
}

/// A shopper's wishlist.
pub fn wishlist(user: UserId) -> Key {
    Key::new(format!("WISHLIST#{user}"), "WISHLIST")
}

/// What a shopper looked at last.
pub fn viewed(user: UserId) -> Key {
    Key::new(format!("VIEWED#{user}"), "VIEWED")
}

/// A shop that a shopper follows.
pub fn follow(user: UserId, shop: ShopId) -> Key {
    Key::new(follows(user), format!("SHOP#{shop}"))
}

/// The partition of all that a shopper follows.
pub fn follows(user: UserId) -> String {
    format!("FOLLOWS#{user}")
}

/// A place among the shops that a shopper follows, the first followed first.
pub fn among_follows_of(user: UserId, at: Timestamp, shop: ShopId) -> IndexKey {
    IndexKey { gsi1pk: follows_of(user), gsi1sk: format!("{}#{shop}", sortable(at)) }
}

/// The list of the shops that a shopper follows.
pub fn follows_of(user: UserId) -> String {
    format!("USER#{user}#FOLLOWS")
}

/// A shopper who follows a shop.
pub fn follower(shop: ShopId, user: UserId) -> Key {
    Key::new(followers(shop), format!("USER#{user}"))
}

/// How many follow a shop.
pub fn follower_count(shop: ShopId) -> Key {
    Key::new(followers(shop), "COUNT")
}

fn followers(shop: ShopId) -> String {
    format!("FOLLOWERS#{shop}")
}

/// A place among a shop's followers, the first follower first.
pub fn among_followers_of(shop: ShopId, at: Timestamp, user: UserId) -> IndexKey {
    IndexKey { gsi1pk: followers_of(shop), gsi1sk: format!("{}#{user}", sortable(at)) }
}

/// The list of a shop's followers.
pub fn followers_of(shop: ShopId) -> String {
    format!("SHOP#{shop}#FOLLOWERS")
}

/// A payment session.
pub fn payment_session(id: PaymentSessionId) -> Key {
    Key::new(format!("PAYMENT#{id}"), "PAYMENT")
}

/// A place among the payment sessions that hold stock, in the order in which the holds end.
pub fn among_holds(until: Timestamp, id: PaymentSessionId) -> IndexKey {
    IndexKey { gsi1pk: holds(), gsi1sk: format!("{}#{id}", sortable(until)) }
}

/// The list of all holds.
pub fn holds() -> String {
    "HOLDS".to_owned()
}

/// A whole order.
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

/// A place among a shopper's orders, oldest first.
pub fn among_orders_of(user: UserId, id: OrderId) -> IndexKey {
    IndexKey { gsi1pk: orders_of(user), gsi1sk: id.to_string() }
}

/// The list of a shopper's orders.
pub fn orders_of(user: UserId) -> String {
    format!("USER#{user}#ORDERS")
}

/// A place among a shop's orders, oldest first.
pub fn among_orders_at(shop: ShopId, id: OrderId) -> IndexKey {
    IndexKey { gsi1pk: orders_at(shop), gsi1sk: id.to_string() }
}

/// The list of a shop's orders.
pub fn orders_at(shop: ShopId) -> String {
    format!("SHOP#{shop}#ORDERS")
}

/// What the payment provider told us, by its own event id.
pub fn stripe_event(id: &str) -> Key {
    Key::new(format!("STRIPE#{id}"), "EVENT")
}

/// An answer to repeat.
pub fn idempotency(principal: Principal, operation: &str, key: &str) -> Key {
    Key::new(format!("IDEM#{principal}#{operation}#{key}"), "IDEM")
}

/// A rate limit's state for one caller.
pub fn limit(name: &str, who: &str) -> Key {
    Key::new(format!("LIMIT#{name}#{who}"), "LIMIT")
}

/// The public keys of the access tokens.
pub fn keyring() -> Key {
    Key::new("KEYS".to_owned(), "KEYS")
}

/// A ticket to open a socket, by the hash of what the client holds.
pub fn ticket(hash: &str) -> Key {
    Key::new(format!("TICKET#{hash}"), "TICKET")
}

/// An open socket.
pub fn socket(connection: &str) -> Key {
    Key::new(format!("SOCKET#{connection}"), "SOCKET")
}

/// An open socket in the list of its owner's.
pub fn live(principal: Principal, connection: &str) -> Key {
    Key::new(live_partition(principal), format!("SOCKET#{connection}"))
}

/// The list of a principal's open sockets.
pub fn live_partition(principal: Principal) -> String {
    format!("LIVE#{principal}")
}

/// What somebody was told of an event.
pub fn notification(owner: Principal, id: NotificationId) -> Key {
    Key::new(notifications_of(owner), id.to_string())
}

/// The partition of what somebody was told.
pub fn notifications_of(owner: Principal) -> String {
    format!("NOTIFICATIONS#{owner}")
}

/// How much of what they were told somebody has not read.
pub fn inbox(owner: Principal) -> Key {
    Key::new(format!("INBOX#{owner}"), "INBOX")
}

/// How somebody wants to be told.
pub fn notification_settings(owner: Principal) -> Key {
    Key::new(format!("INBOX#{owner}"), "SETTINGS")
}

/// An event on its way to the queues.
pub fn outbox(id: EventId) -> Key {
    Key::new(format!("OUTBOX#{id}"), "OUTBOX")
}

/// A place among the events that are not relayed yet, oldest first.
pub fn among_outbox(id: EventId) -> IndexKey {
    IndexKey { gsi1pk: outbox_index(), gsi1sk: id.to_string() }
}

/// The list of all events that are not relayed yet.
pub fn outbox_index() -> String {
    "OUTBOX".to_owned()
}

/// What a consumer does at most once.
pub fn claim(consumer: &str, task: &str) -> Key {
    Key::new(format!("DONE#{consumer}#{task}"), "DONE")
}

/// Milliseconds since 1970 in a width that sorts as text until the year 2286.
pub fn sortable(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond())
}
