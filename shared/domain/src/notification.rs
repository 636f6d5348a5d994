//! Notifications: their kinds, their channels, and how long they are kept.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::Principal;

/// The kind of a notification. The name is stored, so its meaning never changes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// The shopper's order was paid.
    #[deserr(rename = "order_confirmed")]
    OrderConfirmed,
    /// A shop packed or shipped the shopper's order, or it was delivered.
    #[deserr(rename = "order_progress")]
    OrderProgress,
    /// Pieces of an order were cancelled: of the shopper's order, or by the shopper of an order in the seller's shop.
    #[deserr(rename = "order_cancelled")]
    OrderCancelled,
    /// Something was sold: for a seller in their own shop, for an admin in any shop.
    #[deserr(rename = "new_order")]
    NewOrder,
    /// A new seller registered.
    #[deserr(rename = "new_seller")]
    NewSeller,
    /// A part of the marketplace fails.
    #[deserr(rename = "failure")]
    Failure,
    /// Something changed that concerns access to the account.
    #[deserr(rename = "security")]
    Security,
    /// The stock of a variant of the seller's is low.
    #[deserr(rename = "low_stock")]
    LowStock,
}

/// Whether a kind of notification is also sent by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// Always. The owner of the account must know, so nobody can switch it off, least of all an intruder.
    Always,
    /// Unless the receiver has switched it off.
    ByChoice,
    /// Never.
    Never,
}

impl NotificationKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::OrderConfirmed,
        Self::OrderProgress,
        Self::OrderCancelled,
        Self::NewOrder,
        Self::LowStock,
        Self::NewSeller,
        Self::Failure,
        Self::Security,
    ];

    /// Returns whether a receiver gets this kind by mail, or `None` if the receiver never gets this kind.
    pub const fn mail(self, to: Principal) -> Option<Mail> {
        match (self, to) {
            (Self::Security, _) => Some(Mail::Always),
            (Self::OrderConfirmed | Self::OrderProgress | Self::OrderCancelled, Principal::User(_))
            | (Self::OrderCancelled | Self::NewOrder | Self::LowStock, Principal::Seller(_)) => Some(Mail::ByChoice),
            (Self::NewOrder | Self::NewSeller | Self::Failure, Principal::Admin(_)) => Some(Mail::Never),
            (
                Self::OrderConfirmed
                | Self::OrderProgress
                | Self::OrderCancelled
                | Self::NewOrder
                | Self::NewSeller
                | Self::LowStock
                | Self::Failure,
                _,
            ) => None,
        }
    }
}

/// The channels that a receiver wants for a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// By mail, if there is a choice.
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

/// How many days after its own day a notification is kept.
const DAYS: i64 = 90;

/// Returns the day (UTC) of a notification. All notifications of a day expire together, so their counter expires with
/// them and needs no update for each of them.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Tells whether the notifications of a day have expired.
pub fn is_over(day: Date, now: Timestamp) -> bool {
    day.saturating_add(SignedDuration::from_hours(24 * DAYS)) < day_of(now)
}

/// Returns a time at which a notification has certainly expired.
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
    fn a_kind_is_read_and_written_by_the_same_name() {
        use deserr::errors::JsonError;
        for kind in NotificationKind::ALL {
            let name = serde_json::to_value(kind).unwrap();
            assert_eq!(deserr::deserialize::<NotificationKind, _, JsonError>(name).unwrap(), kind);
        }
    }

    #[test]
    fn each_kind_of_principal_gets_only_its_own_kinds_of_notifications() {
        let uuid = uuid::Uuid::from_u128(1);
        let kinds = |to: Principal| -> Vec<NotificationKind> {
            NotificationKind::ALL.into_iter().filter(|kind| kind.mail(to).is_some()).collect()
        };
        use NotificationKind::{
            Failure, LowStock, NewOrder, NewSeller, OrderCancelled, OrderConfirmed, OrderProgress, Security,
        };
        assert_eq!(
            kinds(Principal::User(UserId::from_uuid(uuid))),
            [OrderConfirmed, OrderProgress, OrderCancelled, Security]
        );
        assert_eq!(kinds(Principal::Seller(SellerId::from_uuid(uuid))), [OrderCancelled, NewOrder, LowStock, Security]);
        assert_eq!(kinds(Principal::Admin(AdminId::from_uuid(uuid))), [NewOrder, NewSeller, Failure, Security]);
    }

    #[test]
    fn the_notifications_of_a_day_expire_together_after_ninety_days() {
        for hour in ["2026-07-01T00:00:00Z", "2026-07-01T23:59:59.999Z"] {
            let day = day_of(at(hour));
            assert!(!is_over(day, at("2026-09-29T23:59:59.999Z")), "{hour}");
            assert!(is_over(day, at("2026-09-30T00:00:00Z")), "{hour}");
            assert!(is_over(day, over_after(at(hour))), "{hour}");
        }
    }
}
