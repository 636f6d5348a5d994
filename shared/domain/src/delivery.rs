//! The delivery of a shop order: what is packed, which pieces are in which shipment, and the state that follows.
//!
//! A seller packs a shop order and ships its pieces in one or several shipments. Each shipment moves forward by itself. The
//! buyer can cancel pieces before the order is packed, the seller until they are shipped. The shop order is in the state of
//! the piece that is furthest behind ([`DeliveryState`]).

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    fmt::serde::timestamp::millisecond::{optional as optional_millis, required as millis},
};
use serde::{Deserialize, Serialize};

use crate::{Quantity, SkuId, WebUrl, order::DeliveryState};

/// The pieces of a shop order or of a shipment, by SKU.
pub type Pieces = BTreeMap<SkuId, Quantity>;

/// The highest number of shipments and cancellations of a shop order together. With all of them, the order still fits into an
/// item of the table.
pub const MAX_PARTS: usize = 20;

/// How many SKUs one cancellation has at most. The stock of each is returned in the transaction of the cancellation, which
/// DynamoDB limits to 100 items.
pub const MAX_CANCELLED: usize = 90;

crate::line! {
    /// A company that delivers parcels: 1 to 60 characters.
    Carrier, 60, ["DHL"]
}

crate::line! {
    /// The number by which a carrier follows a parcel: 1 to 60 characters.
    TrackingNumber, 60, ["00340434161094042557"]
}

/// How a shipment can be followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// The carrier.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub carrier: Option<Carrier>,
    /// The carrier's number of the parcel.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tracking_number: Option<TrackingNumber>,
    /// The page on which the carrier shows where it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tracking_url: Option<WebUrl>,
}

/// A parcel with pieces of a shop order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// Its number within the shop order, from 1.
    pub number: u8,
    /// The pieces in it.
    pub pieces: Pieces,
    /// How it can be followed.
    #[serde(flatten)]
    pub tracking: Tracking,
    /// When the seller gave it to the carrier.
    #[serde(with = "millis")]
    pub shipped_at: Timestamp,
    /// When the carrier's driver set out with it, if the seller said so.
    #[serde(skip_serializing_if = "Option::is_none", default, with = "optional_millis")]
    pub out_for_delivery_at: Option<Timestamp>,
    /// When it was delivered.
    #[serde(skip_serializing_if = "Option::is_none", default, with = "optional_millis")]
    pub delivered_at: Option<Timestamp>,
    /// Whether nobody reported the delivery, and it counts as delivered because of its age.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub assumed: bool,
}

impl Shipment {
    /// Returns the state of its pieces.
    pub const fn state(&self) -> DeliveryState {
        match (self.delivered_at, self.out_for_delivery_at) {
            (Some(_), _) => DeliveryState::Delivered,
            (None, Some(_)) => DeliveryState::OutForDelivery,
            (None, None) => DeliveryState::Shipped,
        }
    }
}

/// A step of a shipment after it was shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The carrier's driver set out with it.
    OutForDelivery,
    /// The seller says that it was delivered.
    Delivered,
    /// It was shipped so long ago that it counts as delivered.
    AssumedDelivered,
}

/// What happened to a shop order, for the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Progress {
    /// The seller packed it.
    Packed,
    /// The seller gave a shipment to the carrier.
    Shipped {
        /// The number of the shipment.
        shipment: u8,
    },
    /// The carrier's driver set out with a shipment.
    OutForDelivery {
        /// The number of the shipment.
        shipment: u8,
    },
    /// A shipment was delivered.
    Delivered {
        /// The number of the shipment.
        shipment: u8,
    },
}

/// Who cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "CancelledBy")]
pub enum Party {
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
}

/// Pieces that are not delivered after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Its number within the shop order, from 1.
    pub number: u8,
    /// The pieces.
    pub pieces: Pieces,
    /// Who cancelled them.
    pub by: Party,
    /// When they were cancelled.
    #[serde(with = "millis")]
    pub at: Timestamp,
}

/// Why pieces cannot be shipped or cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLeft {
    /// The shop order does not have this SKU.
    Unknown(SkuId),
    /// Fewer pieces of this SKU are neither shipped nor cancelled.
    TooMany {
        /// The SKU.
        sku: SkuId,
        /// How many pieces are left.
        left: u32,
    },
    /// No pieces are named, or none are left.
    Nothing,
    /// The shop order has [`MAX_PARTS`] shipments and cancellations.
    TooManyParts,
    /// The seller has packed the order, so the buyer can no longer cancel.
    Packed,
}

/// Why a shipment does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMovable {
    /// There is no shipment with this number.
    Unknown,
    /// It is in a later state.
    Past(DeliveryState),
}

/// The delivery of a shop order so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// When the seller packed the order, or shipped the first of it without packing before.
    #[serde(skip_serializing_if = "Option::is_none", default, with = "optional_millis")]
    pub packed_at: Option<Timestamp>,
    /// The shipments, by their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub shipments: Vec<Shipment>,
    /// The cancellations, by their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub cancellations: Vec<Cancellation>,
}

impl Delivery {
    /// Returns the state of a shop order with these pieces.
    pub fn state(&self, ordered: &Pieces) -> DeliveryState {
        let own = if self.packed_at.is_some() { DeliveryState::Packed } else { DeliveryState::Ordered };
        if self.is_open(ordered) {
            return own;
        }
        self.shipments.iter().map(Shipment::state).min().unwrap_or(DeliveryState::Cancelled)
    }

    /// Returns how many pieces of a SKU are neither shipped nor cancelled.
    pub fn left(&self, ordered: &Pieces, sku: SkuId) -> u32 {
        let shipped: u32 =
            self.shipments.iter().filter_map(|shipment| shipment.pieces.get(&sku)).map(|q| q.get()).sum();
        let gone = shipped + self.cancelled(sku);
        ordered.get(&sku).map_or(0, |quantity| quantity.get().saturating_sub(gone))
    }

    /// Returns how many pieces of a SKU were cancelled.
    pub fn cancelled(&self, sku: SkuId) -> u32 {
        self.cancellations.iter().filter_map(|cancelled| cancelled.pieces.get(&sku)).map(|q| q.get()).sum()
    }

    /// Marks the shop order as packed. Returns whether that is new.
    pub fn pack(&mut self, now: Timestamp) -> bool {
        let is_new = self.packed_at.is_none();
        self.packed_at.get_or_insert(now);
        is_new
    }

    /// Ships pieces, or everything that is left. Returns the shipment.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the pieces. [`NotLeft::Nothing`] and [`NotLeft::TooManyParts`] stand alone.
    pub fn ship(
        &mut self,
        ordered: &Pieces,
        pieces: Option<Pieces>,
        tracking: Tracking,
        now: Timestamp,
    ) -> Result<&Shipment, Vec<NotLeft>> {
        let pieces = self.take(ordered, pieces, usize::MAX)?;
        self.pack(now);
        self.shipments.push(Shipment {
            number: next_number(self.shipments.len()),
            pieces,
            tracking,
            shipped_at: now,
            out_for_delivery_at: None,
            delivered_at: None,
            assumed: false,
        });
        self.shipments.last().ok_or_else(Vec::new)
    }

    /// Cancels pieces, or everything that is left, of which at most [`MAX_CANCELLED`] SKUs at once. Returns the cancellation.
    ///
    /// # Errors
    /// As [`Delivery::ship`]. [`NotLeft::Packed`] stands alone, too.
    pub fn cancel(
        &mut self,
        ordered: &Pieces,
        pieces: Option<Pieces>,
        by: Party,
        now: Timestamp,
    ) -> Result<&Cancellation, Vec<NotLeft>> {
        if by == Party::Buyer && self.packed_at.is_some() {
            return Err(vec![NotLeft::Packed]);
        }
        let pieces = self.take(ordered, pieces, MAX_CANCELLED)?;
        let number = next_number(self.cancellations.len());
        self.cancellations.push(Cancellation { number, pieces, by, at: now });
        self.cancellations.last().ok_or_else(Vec::new)
    }

    /// Returns the pieces if they are left, or pieces of so many SKUs of which some are left.
    fn take(&self, ordered: &Pieces, pieces: Option<Pieces>, most: usize) -> Result<Pieces, Vec<NotLeft>> {
        let left = |sku| self.left(ordered, sku);
        let pieces = pieces.unwrap_or_else(|| {
            let some_left = |&sku| Some((sku, Quantity::parse(left(sku).into()).ok()?));
            ordered.keys().filter_map(some_left).take(most).collect()
        });
        let wrong: Vec<NotLeft> = pieces
            .iter()
            .filter_map(|(&sku, quantity)| match left(sku) {
                _ if !ordered.contains_key(&sku) => Some(NotLeft::Unknown(sku)),
                left if quantity.get() > left => Some(NotLeft::TooMany { sku, left }),
                _ => None,
            })
            .collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        if pieces.is_empty() {
            return Err(vec![NotLeft::Nothing]);
        }
        if self.shipments.len() + self.cancellations.len() >= MAX_PARTS {
            return Err(vec![NotLeft::TooManyParts]);
        }
        Ok(pieces)
    }

    /// Returns a shipment.
    pub fn shipment(&self, number: u8) -> Option<&Shipment> {
        self.shipments.iter().find(|shipment| shipment.number == number)
    }

    /// Returns the delivery as it was at a time, as far as pieces are concerned: without later shipments and cancellations. A
    /// message about what happened then may come late, and must not tell of what happened since.
    #[must_use]
    pub fn as_of(&self, at: Timestamp) -> Self {
        let mut then = self.clone();
        then.shipments.retain(|shipment| shipment.shipped_at <= at);
        then.cancellations.retain(|cancellation| cancellation.at <= at);
        then
    }

    /// Tells whether any pieces are neither shipped nor cancelled.
    pub fn is_open(&self, ordered: &Pieces) -> bool {
        ordered.keys().any(|&sku| self.left(ordered, sku) > 0)
    }

    /// Returns a shipment to change.
    pub fn shipment_mut(&mut self, number: u8) -> Option<&mut Shipment> {
        self.shipments.iter_mut().find(|shipment| shipment.number == number)
    }

    /// Moves a shipment forward. Returns whether that is new.
    ///
    /// # Errors
    /// Those of [`NotMovable`].
    pub fn advance(&mut self, number: u8, step: Step, now: Timestamp) -> Result<bool, NotMovable> {
        let shipment = self.shipment_mut(number).ok_or(NotMovable::Unknown)?;
        match (step, shipment.state()) {
            (Step::OutForDelivery, DeliveryState::OutForDelivery)
            | (Step::Delivered | Step::AssumedDelivered, DeliveryState::Delivered) => return Ok(false),
            (Step::OutForDelivery, DeliveryState::Delivered) => {
                return Err(NotMovable::Past(DeliveryState::Delivered));
            }
            (Step::OutForDelivery, _) => shipment.out_for_delivery_at = Some(now),
            (Step::Delivered | Step::AssumedDelivered, _) => {
                shipment.delivered_at = Some(now);
                shipment.assumed = step == Step::AssumedDelivered;
            }
        }
        Ok(true)
    }
}

/// Returns the number of the next one after so many.
fn next_number(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{Id, ProductId};

    fn sku(number: u16) -> SkuId {
        SkuId { product: ProductId::from_uuid(Uuid::from_u128(1)), number }
    }

    fn pieces(counts: &[(u16, i64)]) -> Pieces {
        counts.iter().map(|&(number, count)| (sku(number), Quantity::parse(count).unwrap())).collect()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn ship(delivery: &mut Delivery, ordered: &Pieces, some: &[(u16, i64)]) -> Result<u8, Vec<NotLeft>> {
        let pieces = (!some.is_empty()).then(|| pieces(some));
        delivery.ship(ordered, pieces, Tracking::default(), at(2)).map(|shipment| shipment.number)
    }

    fn cancel(delivery: &mut Delivery, ordered: &Pieces, some: &[(u16, i64)], by: Party) -> Result<u8, Vec<NotLeft>> {
        let pieces = (!some.is_empty()).then(|| pieces(some));
        delivery.cancel(ordered, pieces, by, at(2)).map(|cancellation| cancellation.number)
    }

    /// What can be done with a shipment of a shop order, and the states in which it ends up from each state.
    #[test]
    fn a_shipment_moves_only_forward() {
        use DeliveryState::{Delivered, OutForDelivery, Shipped};
        let ordered = pieces(&[(1, 1)]);
        for (before, step, after) in [
            (Shipped, Step::OutForDelivery, Ok((true, OutForDelivery))),
            (Shipped, Step::Delivered, Ok((true, Delivered))),
            (Shipped, Step::AssumedDelivered, Ok((true, Delivered))),
            (OutForDelivery, Step::OutForDelivery, Ok((false, OutForDelivery))),
            (OutForDelivery, Step::Delivered, Ok((true, Delivered))),
            (OutForDelivery, Step::AssumedDelivered, Ok((true, Delivered))),
            (Delivered, Step::OutForDelivery, Err(NotMovable::Past(Delivered))),
            (Delivered, Step::Delivered, Ok((false, Delivered))),
            (Delivered, Step::AssumedDelivered, Ok((false, Delivered))),
        ] {
            let mut delivery = Delivery::default();
            ship(&mut delivery, &ordered, &[]).unwrap();
            if before == OutForDelivery {
                delivery.advance(1, Step::OutForDelivery, at(3)).unwrap();
            } else if before == Delivered {
                delivery.advance(1, Step::Delivered, at(3)).unwrap();
            }
            let untouched = delivery.clone();
            let moved = delivery.advance(1, step, at(9));
            assert_eq!(moved.map(|is_new| (is_new, delivery.state(&ordered))), after, "{before:?} {step:?}");
            if moved != Ok(true) {
                assert_eq!(delivery, untouched, "{before:?} {step:?}");
            }
            assert_eq!(delivery.advance(2, step, at(9)), Err(NotMovable::Unknown));
        }
    }

    #[test]
    fn an_order_is_where_its_last_piece_is() {
        let ordered = pieces(&[(1, 3), (2, 1)]);
        let mut delivery = Delivery::default();
        assert_eq!(delivery.state(&ordered), DeliveryState::Ordered);
        assert!(delivery.pack(at(1)) && !delivery.pack(at(5)));
        assert_eq!((delivery.state(&ordered), delivery.packed_at), (DeliveryState::Packed, Some(at(1))));
        assert_eq!(ship(&mut delivery, &ordered, &[(1, 2)]), Ok(1));
        assert_eq!(delivery.advance(1, Step::Delivered, at(3)), Ok(true));
        assert_eq!(delivery.state(&ordered), DeliveryState::Packed, "two pieces are not shipped");
        assert_eq!((delivery.left(&ordered, sku(1)), delivery.left(&ordered, sku(2))), (1, 1));
        assert_eq!(ship(&mut delivery, &ordered, &[]), Ok(2));
        assert_eq!(delivery.shipment(2).unwrap().pieces, pieces(&[(1, 1), (2, 1)]));
        assert_eq!(delivery.state(&ordered), DeliveryState::Shipped);
        assert_eq!(delivery.advance(2, Step::OutForDelivery, at(4)), Ok(true));
        assert_eq!(delivery.state(&ordered), DeliveryState::OutForDelivery);
        assert_eq!(delivery.advance(2, Step::AssumedDelivered, at(9)), Ok(true));
        assert_eq!(delivery.state(&ordered), DeliveryState::Delivered);
        assert!(delivery.shipment(2).unwrap().assumed && !delivery.shipment(1).unwrap().assumed);
    }

    #[test]
    fn all_that_cannot_be_shipped_is_named_at_once() {
        let ordered = pieces(&[(1, 3), (2, 1)]);
        let mut delivery = Delivery::default();
        let wrong = ship(&mut delivery, &ordered, &[(1, 4), (2, 1), (3, 1)]).unwrap_err();
        assert_eq!(wrong, [NotLeft::TooMany { sku: sku(1), left: 3 }, NotLeft::Unknown(sku(3))]);
        assert_eq!(delivery, Delivery::default());
        ship(&mut delivery, &ordered, &[]).unwrap();
        assert_eq!(ship(&mut delivery, &ordered, &[]), Err(vec![NotLeft::Nothing]));
        let many = pieces(&[(1, 999)]);
        let mut delivery = Delivery::default();
        for number in 1..MAX_PARTS {
            assert_eq!(ship(&mut delivery, &many, &[(1, 1)]).map(usize::from), Ok(number));
        }
        assert_eq!(cancel(&mut delivery, &many, &[(1, 1)], Party::Seller), Ok(1));
        assert_eq!(ship(&mut delivery, &many, &[(1, 1)]), Err(vec![NotLeft::TooManyParts]));
        assert_eq!(cancel(&mut delivery, &many, &[], Party::Seller), Err(vec![NotLeft::TooManyParts]));
    }

    #[test]
    fn the_buyer_cancels_before_the_order_is_packed_and_the_seller_until_it_is_shipped() {
        let ordered = pieces(&[(1, 3), (2, 1)]);
        let mut delivery = Delivery::default();
        assert_eq!(cancel(&mut delivery, &ordered, &[(1, 1)], Party::Buyer), Ok(1));
        assert_eq!((delivery.left(&ordered, sku(1)), delivery.state(&ordered)), (2, DeliveryState::Ordered));
        delivery.pack(at(1));
        assert_eq!(cancel(&mut delivery, &ordered, &[(1, 1)], Party::Buyer), Err(vec![NotLeft::Packed]));
        assert_eq!(cancel(&mut delivery, &ordered, &[(2, 1)], Party::Seller), Ok(2));
        assert_eq!(
            cancel(&mut delivery, &ordered, &[(2, 1)], Party::Seller),
            Err(vec![NotLeft::TooMany { sku: sku(2), left: 0 }])
        );
        assert_eq!(ship(&mut delivery, &ordered, &[(1, 1)]), Ok(1));
        assert_eq!(cancel(&mut delivery, &ordered, &[], Party::Seller), Ok(3));
        assert_eq!(
            delivery.state(&ordered),
            DeliveryState::Shipped,
            "one piece was shipped, the others were cancelled"
        );
        let mut all = Delivery::default();
        assert_eq!(cancel(&mut all, &ordered, &[], Party::Buyer), Ok(1));
        assert_eq!(all.state(&ordered), DeliveryState::Cancelled);
    }

    #[test]
    fn a_late_message_tells_what_was_true_when_it_happened() {
        let ordered = pieces(&[(1, 3)]);
        let mut delivery = Delivery::default();
        let one = || Some(pieces(&[(1, 1)]));
        delivery.ship(&ordered, one(), Tracking::default(), at(1)).unwrap();
        delivery.cancel(&ordered, one(), Party::Seller, at(2)).unwrap();
        delivery.ship(&ordered, one(), Tracking::default(), at(3)).unwrap();
        let open: Vec<bool> = (0..4).map(|second| delivery.as_of(at(second)).is_open(&ordered)).collect();
        assert_eq!(open, [true, true, true, false]);
    }

    #[test]
    fn a_large_order_is_cancelled_in_two_cancellations() {
        let ordered = pieces(&(1..=100).map(|number| (number, 2)).collect::<Vec<_>>());
        let mut delivery = Delivery::default();
        assert_eq!(cancel(&mut delivery, &ordered, &[], Party::Buyer), Ok(1));
        assert_eq!(delivery.state(&ordered), DeliveryState::Ordered);
        assert_eq!(cancel(&mut delivery, &ordered, &[], Party::Buyer), Ok(2));
        assert_eq!(delivery.state(&ordered), DeliveryState::Cancelled);
        assert_eq!(cancel(&mut delivery, &ordered, &[], Party::Buyer), Err(vec![NotLeft::Nothing]));
    }

    proptest! {
        #[test]
        fn no_piece_is_shipped_twice_and_no_state_goes_back(
            ordered in prop::collection::btree_map(1u16..4, 1i64..6, 1..4),
            steps in prop::collection::vec((0u8..7, 1u16..5, 1i64..6, 1u8..6), 0..30),
        ) {
            let ordered = pieces(&ordered.into_iter().collect::<Vec<_>>());
            let (mut delivery, mut state) = (Delivery::default(), DeliveryState::Ordered);
            for (step, number, count, shipment) in steps {
                match step {
                    0 => { delivery.pack(at(1)); }
                    1 => { let _ = ship(&mut delivery, &ordered, &[(number, count)]); }
                    2 => { let _ = ship(&mut delivery, &ordered, &[]); }
                    3 => { let _ = delivery.advance(shipment, Step::OutForDelivery, at(3)); }
                    4 => { let _ = cancel(&mut delivery, &ordered, &[(number, count)], Party::Seller); }
                    5 => { let _ = cancel(&mut delivery, &ordered, &[], Party::Buyer); }
                    _ => { let _ = delivery.advance(shipment, Step::Delivered, at(3)); }
                }
                let next = delivery.state(&ordered);
                prop_assert!(next >= state, "{state:?} became {next:?}");
                state = next;
                for (&sku, quantity) in &ordered {
                    let shipped: u32 = delivery.shipments.iter().filter_map(|s| s.pieces.get(&sku)).map(|q| q.get()).sum();
                    prop_assert_eq!(shipped + delivery.cancelled(sku) + delivery.left(&ordered, sku), quantity.get());
                }
            }
        }
    }
}
