//! Which products come first.

use std::cmp::Reverse;

use tantivy::{DocId, Score, SegmentOrdinal};

use crate::{Sort, columns::Columns, document::flags, wanted::Price};

/// What the bits of a score rise by for a product in stock: as if it were some 5 % higher.
const IN_STOCK: u32 = 600_000;
/// And for every doubling of what was sold: some 0.5 %, at most 5 %.
const DOUBLED: u32 = 60_000;
const MAX_DOUBLINGS: u32 = 10;

/// A product's place: the greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    rank: i64,
    created: i64,
    tie: u64,
    pub(crate) address: Reverse<(SegmentOrdinal, DocId)>,
}

/// The rank of a product by `sort`.
pub(crate) fn rank(sort: Sort, score: Option<Score>, columns: &Columns, doc: DocId, price: Price) -> i64 {
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let in_stock = columns.flags[doc as usize] & flags::IN_STOCK != 0;
    match (sort, score) {
        (Sort::Relevance, Some(score)) => {
            // The bits of a positive number rise with it, by about the same for the same factor.
            let bonus = if in_stock { IN_STOCK } else { 0 }
                + DOUBLED * columns.sold(doc).saturating_add(1).ilog2().min(MAX_DOUBLINGS);
            i64::from(score.to_bits()) + i64::from(bonus)
        }
        (Sort::Relevance, None) => {
            signed(columns.sold(doc)).min(i64::MAX / 2) + if in_stock { i64::MAX / 2 } else { 0 }
        }
        (Sort::Newest, _) => 0,
        (Sort::PriceUp, _) => price.amount.saturating_neg(),
        (Sort::PriceDown, _) => price.amount,
        (Sort::BestSelling, _) => signed(columns.sold(doc)),
        (Sort::Rating, _) => i64::from(columns.rating[doc as usize]),
        (Sort::EndingSoon, _) => price.offer_ends.map_or(i64::MIN, i64::saturating_neg),
    }
}

/// The first so many places.
pub(crate) struct Top {
    wanted: usize,
    /// What is below this cannot be among them.
    least: i64,
    places: Vec<Place>,
}

impl Top {
    pub(crate) fn new(wanted: usize) -> Self {
        Self { wanted, least: i64::MIN, places: Vec::new() }
    }

    pub(crate) fn add(&mut self, rank: i64, columns: &Columns, segment: SegmentOrdinal, doc: DocId) {
        if rank < self.least || self.wanted == 0 {
            return;
        }
        let (created, tie) = (columns.created(doc), columns.tie(doc));
        self.places.push(Place { rank, created, tie, address: Reverse((segment, doc)) });
        if self.places.len() >= self.wanted.saturating_mul(2).max(64) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.places.len() > self.wanted {
            self.places.select_nth_unstable_by(self.wanted - 1, |one, other| other.cmp(one));
            self.least = self.places[self.wanted - 1].rank;
            self.places.truncate(self.wanted);
        }
    }

    /// The places from the first on.
    pub(crate) fn sorted(mut self) -> Vec<Place> {
        if self.wanted > 0 {
            self.cut();
        }
        self.places.sort_unstable_by(|one, other| other.cmp(one));
        self.places
    }
}
