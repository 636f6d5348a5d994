//! The rules of the marketplace, pure: no AWS, no async, no clock.
//!
//! Everything here is a value or a decision about values. A rule that needs the time takes it as an argument, a rule
//! that needs chance takes the random bytes; so every one of them runs in a test over a fixed clock, and none of them
//! can reach for the table. The other crates depend on this one; this one depends on none of them.
//!
//! Two conventions hold throughout:
//!
//! - **Parse, don't validate.** Text that came from outside becomes a newtype with a private field ([`Email`],
//!   [`Slug`], ...) or an [`Invalid`] that says what is wrong. Whoever holds the newtype need not check again.
//! - **Money is whole.** [`Money`] counts minor units in an `i64`; sums that would overflow are errors, not wraps.

pub mod address;
pub mod audit;
pub mod cart;
pub mod catalogue;
pub mod code;
pub mod contact;
pub mod custom_domain;
pub mod discount;
pub mod few;
pub mod html;
pub mod ids;
pub mod media;
pub mod moment;
pub mod money;
pub mod notice;
pub mod notification;
pub mod order;
pub mod password;
pub mod pricing;
pub mod product;
pub mod realm;
pub mod shop;
pub mod site;
pub mod text;
pub mod totp;
pub mod web;

pub use address::Address;
pub use catalogue::{Description, Quantity, ShopName, Slug, Stock, Title};
pub use contact::{BanReason, Country, Email, PersonName, Phone};
pub use discount::{DiscountCode, DiscountName};
pub use few::Few;
pub use html::Html;
pub use ids::{
    AddressId, AdminId, AuditId, CartId, DiscountId, EventId, GuestCartId, Id, JobId, MediaId, NotificationId, OrderId,
    PaymentSessionId, Principal, ProductId, SellerId, SessionId, ShopId, SkuId, StockChangeId, UserId,
};
pub use moment::Moment;
pub use money::{Currency, Money, Overflow};
pub use notice::Notice;
pub use notification::NotificationKind;
pub use password::{NewPassword, Password};
pub use realm::Realm;
pub use text::Invalid;
pub use web::{DomainName, WebUrl};
