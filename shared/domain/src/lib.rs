//! The rules of the marketplace, as pure functions: no AWS, no async, no clock.
//!
//! Everything here is a value or a decision about values. A rule that needs the time or random bytes takes them as
//! arguments. So every rule can be tested with a fixed clock, and no rule can access the table. The other crates depend
//! on this one; this one depends on none of them.
//!
//! Two conventions hold throughout:
//!
//! - **Parse, don't validate.** Text from outside becomes a newtype with a private field ([`Email`], [`Slug`], ...) or
//!   an [`Invalid`] that says what is wrong. Code that has the newtype need not check again.
//! - **Money is a whole number.** [`Money`] counts minor units in an `i64`; a sum that would overflow is an error and
//!   does not wrap.

pub mod address;
pub mod audit;
pub mod cart;
pub mod catalogue;
pub mod code;
pub mod contact;
pub mod custom_domain;
pub mod delivery;
pub mod discount;
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
pub mod refund;
pub mod shipping;
pub mod shop;
pub mod short_list;
pub mod site;
pub mod tax;
pub mod text;
pub mod totp;
pub mod web;

pub use address::{Address, DeliveryAddress};
pub use catalogue::{Description, Quantity, ShopName, Slug, Stock, Title};
pub use contact::{BanReason, Country, Email, PersonName, Phone};
pub use discount::{DiscountCode, DiscountName};
pub use html::Html;
pub use ids::{
    AddressId, AdminId, AuditId, CartId, DiscountId, EventId, FrameId, GuestCartId, Id, JobId, MediaId, NotificationId,
    OrderId, PaymentSessionId, Principal, ProductId, SellerId, SessionId, ShopId, SkuId, StockChangeId, UserId,
};
pub use moment::Moment;
pub use money::{Currency, Money, Overflow};
pub use notice::Notice;
pub use notification::NotificationKind;
pub use password::{NewPassword, Password};
pub use realm::Realm;
pub use shipping::Shipping;
pub use short_list::Few;
pub use tax::TaxRate;
pub use text::Invalid;
pub use web::{DomainName, WebUrl};
