//! Identifiers: a prefix that names the kind of thing, and a UUID version 7, whose text sorts in the order of creation.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Invalid;

/// An identifier.
pub trait Id: Sized + Copy + fmt::Display {
    /// The part before the underscore: `prod` in `prod_0192...`.
    const PREFIX: &'static str;

    /// Makes an identifier from a UUID.
    fn from_uuid(uuid: Uuid) -> Self;

    /// Returns the UUID without the prefix.
    fn uuid(self) -> Uuid;
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;

            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl $name {
            /// Parses the text form.
            ///
            /// # Errors
            /// `malformed` if the prefix or the 32 hexadecimal digits after it are wrong.
            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                parse_uuid($prefix, raw).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(raw: &str) -> Result<Self, Invalid> {
                Self::parse(raw)
            }
        }

        crate::ids::as_text!($name);
        crate::edge!($name, {
            "pattern": concat!("^", $prefix, "_[0-9a-f]{32}$"),
            "examples": [concat!($prefix, "_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6")]
        });
    )+};
}

/// Serialises through `Display` and `FromStr`.
macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use as_text;

fn parse_uuid(prefix: &str, raw: &str) -> Result<Uuid, Invalid> {
    raw.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|hex| hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
        .and_then(|hex| Uuid::try_parse(hex).ok())
        .ok_or_else(|| Invalid::new("malformed", format!("must look like {prefix}_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6")))
}

id! {
    /// A shopper.
    UserId = "user";
    /// A seller.
    SellerId = "seller";
    /// An admin. The shopper account of the same person has the same UUID.
    AdminId = "admin";
    /// A shop. A seller has one shop and never another, so the shop has its seller's UUID: no lookup is needed between
    /// them.
    ShopId = "shop";
    /// A product.
    ProductId = "prod";
    /// A change of a SKU's stock.
    StockChangeId = "stock";
    /// A sign-in on one device, to which refresh tokens belong.
    SessionId = "sess";
    /// An address of a shopper.
    AddressId = "addr";
    /// An uploaded image.
    MediaId = "media";
    /// A shopper's cart.
    CartId = "cart";
    /// A guest's cart. The id alone gives access to it, so it is random (version 4) and not ordered.
    GuestCartId = "gcart";
    /// A discount of a shop.
    DiscountId = "disc";
    /// An attempt to pay for a cart.
    PaymentSessionId = "pay";
    /// An order. It has the UUID of its payment session, so a session can become only one order.
    OrderId = "order";
    /// An event that is sent to queues.
    EventId = "event";
    /// A message that is pushed over a socket.
    FrameId = "frame";
    /// An action of an admin.
    AuditId = "audit";
    /// An import or an export of a shop's products.
    JobId = "job";
    /// A notification about an event for one receiver. It has the event's UUID, so it is unique only together with the
    /// receiver: others may be notified of the same event.
    NotificationId = "note";
}

impl JobId {
    /// Returns the id of the product that is created from a row of the job's file. It is the same in every run. The
    /// products of one job sort by their rows, and after older products.
    pub fn product_of_row(self, row: u32) -> ProductId {
        let (own, row) = (self.0.as_u128(), u128::from(row));
        // The id consists of the time, the row and the job's random bits. The random bits are mixed with the row, so
        // that the end of the id also differs between rows.
        let random = (own ^ row) & 0x3ff_ffff_ffff;
        let bits = own >> 80 << 80 | 7 << 76 | row >> 20 << 64 | 0b10 << 62 | (row & 0xf_ffff) << 42 | random;
        ProductId(Uuid::from_u128(bits))
    }
}

impl From<EventId> for NotificationId {
    fn from(event: EventId) -> Self {
        Self(event.0)
    }
}

impl From<SellerId> for ShopId {
    fn from(seller: SellerId) -> Self {
        Self(seller.0)
    }
}

impl From<ShopId> for SellerId {
    fn from(shop: ShopId) -> Self {
        Self(shop.0)
    }
}

impl From<UserId> for CartId {
    /// A signed-in shopper has one cart, with the shopper's UUID.
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}

impl From<CartId> for UserId {
    fn from(cart: CartId) -> Self {
        Self(cart.0)
    }
}

impl From<PaymentSessionId> for OrderId {
    fn from(session: PaymentSessionId) -> Self {
        Self(session.0)
    }
}

impl From<AdminId> for UserId {
    fn from(admin: AdminId) -> Self {
        Self(admin.0)
    }
}

impl From<UserId> for AdminId {
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}

/// A stock keeping unit: a variant of a product. The id contains the product's, so that the SKU's item can be read
/// without a lookup: `sku_<product>_<number>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SkuId {
    /// The product of the variant.
    pub product: ProductId,
    /// The number of the variant within the product, 1 to 999.
    pub number: u16,
}

impl SkuId {
    /// Parses the text form.
    ///
    /// # Errors
    /// `malformed` if it is not `sku_`, a product's 32 hexadecimal digits, `_` and a number in 1..=999.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::new("malformed", "must look like sku_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6_1");
        let (product, number) = raw.rsplit_once('_').ok_or_else(malformed)?;
        let product = ProductId(parse_uuid("sku", product).map_err(|_| malformed())?);
        let number = number
            .parse::<u16>()
            .ok()
            .filter(|n| (1..=999).contains(n) && *number == n.to_string())
            .ok_or_else(malformed)?;
        Ok(Self { product, number })
    }
}

impl fmt::Display for SkuId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sku_{}_{}", self.product.0.simple(), self.number)
    }
}

impl FromStr for SkuId {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        Self::parse(raw)
    }
}

as_text!(SkuId);
crate::edge!(SkuId, {
    "pattern": "^sku_[0-9a-f]{32}_[1-9][0-9]{0,2}$",
    "examples": ["sku_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6_1"]
});

/// The one who acts. A person may be several principals with the same mail address, and signs in as each of them
/// separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A shopper.
    User(UserId),
    /// A seller.
    Seller(SellerId),
    /// An admin.
    Admin(AdminId),
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Seller(id) => id.fmt(f),
            Self::Admin(id) => id.fmt(f),
        }
    }
}

impl Principal {
    /// Parses the text form.
    ///
    /// # Errors
    /// `malformed` if it is not the id of a shopper, a seller or an admin.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        UserId::parse(raw)
            .map(Self::User)
            .or_else(|_| SellerId::parse(raw).map(Self::Seller))
            .or_else(|_| AdminId::parse(raw).map(Self::Admin))
            .map_err(|_| Invalid::new("malformed", "must be the id of a shopper, a seller or an admin"))
    }
}

impl FromStr for Principal {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        Self::parse(raw)
    }
}

as_text!(Principal);
crate::edge!(Principal, {
    "pattern": "^(user|seller|admin)_[0-9a-f]{32}$",
    "examples": ["user_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6"]
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_survives_writing_and_reading(bits: u128, number in 1u16..=999) {
            let product = ProductId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(ProductId::parse(&product.to_string()), Ok(product));
            let sku = SkuId { product, number };
            prop_assert_eq!(SkuId::parse(&sku.to_string()), Ok(sku));
            let principal = Principal::Seller(SellerId::from_uuid(Uuid::from_u128(bits)));
            prop_assert_eq!(principal.to_string().parse(), Ok(principal));
        }

        #[test]
        fn no_text_makes_an_id_panic(raw in ".*") {
            let _ = ProductId::parse(&raw);
            let _ = SkuId::parse(&raw);
        }
    }

    proptest! {
        #[test]
        fn the_products_of_a_job_sort_by_row_and_are_the_same_in_every_run(row in 0u32..u32::MAX, bits: u128) {
            let job = JobId::from_uuid(uuid::Builder::from_u128(bits).with_version(uuid::Version::SortRand).into_uuid());
            let (this, next) = (job.product_of_row(row), job.product_of_row(row + 1));
            prop_assert_eq!(this, job.product_of_row(row));
            prop_assert!(this.to_string() < next.to_string());
            prop_assert_ne!(&this.to_string()[31..], &next.to_string()[31..]);
            prop_assert_eq!(this.uuid().get_version_num(), 7);
            prop_assert_eq!(this.uuid().as_u128() >> 80, bits >> 80);
        }
    }

    #[test]
    fn an_id_of_another_kind_or_spelling_is_refused() {
        let uuid = "0192f3a4b5c67d8e9fa0b1c2d3e4f5a6";
        for raw in [
            format!("user_{uuid}"),
            uuid.to_owned(),
            format!("prod_{}", uuid.to_uppercase()),
            format!("prod_{uuid}0"),
            format!("prod-{uuid}"),
        ] {
            assert!(ProductId::parse(&raw).is_err(), "{raw}");
        }
        for raw in
            [format!("sku_{uuid}_0"), format!("sku_{uuid}_01"), format!("sku_{uuid}_1000"), format!("sku_{uuid}")]
        {
            assert!(SkuId::parse(&raw).is_err(), "{raw}");
        }
    }
}
