//! Identifiers: a prefix that says what a thing is, and a UUID version 7 whose text sorts in the order of creation.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Invalid;

/// An identifier of ours.
pub trait Id: Sized + Copy + fmt::Display {
    /// What stands before the underscore: `prod` in `prod_0192...`.
    const PREFIX: &'static str;

    /// Names a thing by an already drawn UUID.
    fn from_uuid(uuid: Uuid) -> Self;

    /// The UUID without its prefix.
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
            /// `malformed` when the prefix or the 32 hexadecimal digits after it are not right.
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
        crate::edge!($name, { "pattern": concat!("^", $prefix, "_[0-9a-f]{32}$") });
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
    /// An admin. The same person's shopper account carries the same UUID.
    AdminId = "admin";
    /// A shop. A seller has one shop for life, so it carries its seller's UUID and no lookup leads from one to the other.
    ShopId = "shop";
    /// A product.
    ProductId = "prod";
    /// A change of a SKU's stock.
    StockChangeId = "stock";
    /// A signed-in device: what refresh tokens belong to.
    SessionId = "sess";
    /// An address of a shopper.
    AddressId = "addr";
    /// An uploaded image.
    MediaId = "media";
    /// A shopper's cart.
    CartId = "cart";
    /// A guest's cart. The id is all that is needed to use it, so it is drawn at random (version 4) and never in order.
    GuestCartId = "gcart";
    /// A discount of a shop.
    DiscountId = "disc";
    /// An attempt to pay a cart.
    PaymentSessionId = "pay";
    /// An order. It carries the UUID of the payment session it came from: a session can become one order only.
    OrderId = "order";
    /// Something that happened, told to the queues.
    EventId = "event";
    /// Something that an admin did.
    AuditId = "audit";
    /// An import or an export of a shop's products.
    JobId = "job";
    /// What one of its receivers is told of an event. It carries the event's UUID, so it is a name only together with
    /// the receiver: the same event tells others, too.
    NotificationId = "note";
}

impl JobId {
    /// The product that a row of the job's file becomes: the same one in every run. Those of one job sort in the order of
    /// their rows, at the time of the job.
    pub fn product_of_row(self, row: u32) -> ProductId {
        let (own, row) = (self.0.as_u128(), u128::from(row));
        // The time, then the row, then the job's own chance bits. These are mixed with the row once more: where the end of
        // an id tells two things apart, it tells two rows apart.
        let chance = (own ^ row) & 0x3ff_ffff_ffff;
        let bits = own >> 80 << 80 | 7 << 76 | row >> 20 << 64 | 0b10 << 62 | (row & 0xf_ffff) << 42 | chance;
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
    /// A signed-in shopper has one cart, named like its owner.
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

/// A stock keeping unit: one colour and size of a product. The id contains its product's, so that the SKU's item can be
/// found without a lookup: `sku_<product>_<number>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SkuId {
    /// The product it is a variant of.
    pub product: ProductId,
    /// Counts the product's variants from 1, at most 999.
    pub number: u16,
}

impl SkuId {
    /// Parses the text form.
    ///
    /// # Errors
    /// `malformed` when it is not `sku_`, a product's 32 hexadecimal digits, `_` and a number in 1..=999.
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
crate::edge!(SkuId, { "pattern": "^sku_[0-9a-f]{32}_[1-9][0-9]{0,2}$" });

/// Who acts: one person may be several principals with one mail address, and each is signed in on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Buys.
    User(UserId),
    /// Sells.
    Seller(SellerId),
    /// Runs the marketplace.
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
    /// `malformed` when it is no id of a shopper, a seller or an admin.
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
crate::edge!(Principal, { "pattern": "^(user|seller|admin)_[0-9a-f]{32}$" });

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_reads_back_as_itself(bits: u128, number in 1u16..=999) {
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
        fn the_products_of_a_job_sort_by_their_rows_and_are_the_same_every_time(row in 0u32..u32::MAX, bits: u128) {
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
