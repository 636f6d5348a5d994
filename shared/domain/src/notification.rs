//! What people are told of, how they want to hear of it, and for how long it is kept.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::Principal;

/// What a notification is about. The name is stored: it never changes its meaning.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// The shopper's order was paid.
    #[deserr(rename = "order_confirmed")]
    OrderConfirmed,
    /// Something was sold: for a seller by the own shop, for an admin by any.
    #[deserr(rename = "new_order")]
    NewOrder,
    /// Somebody began to sell.
    #[deserr(rename = "new_seller")]
    NewSeller,
    /// Something of the marketplace fails.
    #[deserr(rename = "failure")]
    Failure,
    /// Something changed about who may act for the account.
    #[deserr(rename = "security")]
    Security,
    /// Of a variant of the seller's there is little left.
    #[deserr(rename = "low_stock")]
    LowStock,
}

/// Whether a kind of notification goes out by mail, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// Whoever has the account must know: nobody can switch it off, a thief least of all.
    Always,
    /// Unless the receiver switched it off.
    ByChoice,
    /// There is no letter about it.
    Never,
}

impl NotificationKind {
    /// Every kind there is.
    pub const ALL: [Self; 6] =
        [Self::OrderConfirmed, Self::NewOrder, Self::LowStock, Self::NewSeller, Self::Failure, Self::Security];

    /// Whether somebody gets it by mail; `None` when it is nothing that they are told of at all.
    pub const fn mail(self, to: Principal) -> Option<Mail> {
        match (self, to) {
            (Self::Security, _) => Some(Mail::Always),
            (Self::OrderConfirmed, Principal::User(_)) | (Self::NewOrder | Self::LowStock, Principal::Seller(_)) => {
                Some(Mail::ByChoice)
            }
            (Self::NewOrder | Self::NewSeller | Self::Failure, Principal::Admin(_)) => Some(Mail::Never),
            (Self::OrderConfirmed | Self::NewOrder | Self::NewSeller | Self::LowStock | Self::Failure, _) => None,
        }
    }
}

/// How somebody wants to hear of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// By mail, where there is a choice.
    pub mail: bool,
    /// As a notification.
    pub in_app: bool,
}

impl Default for Channels {
    /// Both.
    fn default() -> Self {
        Self { mail: true, in_app: true }
    }
}

/// For how many days after its own a notification is there.
const DAYS: i64 = 90;

/// The day (UTC) that a notification belongs to. Those of one day are over together: so a count of them is over with
/// them, and nobody has to take them off it one by one.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Whether the notifications of a day are over.
pub fn is_over(day: Date, now: Timestamp) -> bool {
    day.saturating_add(SignedDuration::from_hours(24 * DAYS)) < day_of(now)
}

/// A time by which a notification is over for sure.
pub fn over_after(at: Timestamp) -> Timestamp {
    at + SignedDuration::from_hours(24 * (DAYS + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AdminId, Id, SellerId, UserId};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_kind_is_read_by_the_name_that_it_is_written_by() {
        use deserr::errors::JsonError;
        for kind in NotificationKind::ALL {
            let name = serde_json::to_value(kind).unwrap();
            assert_eq!(deserr::deserialize::<NotificationKind, _, JsonError>(name).unwrap(), kind);
        }
    }

    #[test]
    fn everybody_is_told_of_what_concerns_them_and_of_nothing_else() {
        let uuid = uuid::Uuid::from_u128(1);
        let kinds = |to: Principal| -> Vec<NotificationKind> {
            NotificationKind::ALL.into_iter().filter(|kind| kind.mail(to).is_some()).collect()
        };
        use NotificationKind::{Failure, LowStock, NewOrder, NewSeller, OrderConfirmed, Security};
        assert_eq!(kinds(Principal::User(UserId::from_uuid(uuid))), [OrderConfirmed, Security]);
        assert_eq!(kinds(Principal::Seller(SellerId::from_uuid(uuid))), [NewOrder, LowStock, Security]);
        assert_eq!(kinds(Principal::Admin(AdminId::from_uuid(uuid))), [NewOrder, NewSeller, Failure, Security]);
    }

    #[test]
    fn those_of_one_day_are_over_together_when_ninety_days_have_passed() {
        for hour in ["2026-07-01T00:00:00Z", "2026-07-01T23:59:59.999Z"] {
            let day = day_of(at(hour));
            assert!(!is_over(day, at("2026-09-29T23:59:59.999Z")), "{hour}");
            assert!(is_over(day, at("2026-09-30T00:00:00Z")), "{hour}");
            assert!(is_over(day, over_after(at(hour))), "{hour}");
        }
    }
}
