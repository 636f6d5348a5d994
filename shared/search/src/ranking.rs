//! The order of products.

use std::cmp::Reverse;

use tantivy::{DocId, Score, SegmentOrdinal};

use crate::{Sort, columns::Columns, document::flags, segment_filter::Price};

/// The bonus for a product in stock, added to the bits of its score: as if the score were about 5 % higher.
const IN_STOCK: u32 = 600_000;
/// The bonus for each doubling of sales: about 0.5 %, at most 5 %.
const SALES_DOUBLED: u32 = 60_000;
const MAX_DOUBLINGS: u32 = 10;

/// A product with its rank. The greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RankedProduct {
    rank: i64,
    created: i64,
    tie: u64,
    pub(crate) address: Reverse<(SegmentOrdinal, DocId)>,
}

/// Returns the rank of a product by `sort`.
pub(crate) fn rank(sort: Sort, score: Option<Score>, columns: &Columns, doc: DocId, price: Price) -> i64 {
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let in_stock = columns.flags[doc as usize] & flags::IN_STOCK != 0;
    match (sort, score) {
        (Sort::Relevance, Some(score)) => {
            // The bits of a positive floating-point number grow with the number, by about the same amount for the same
            // factor.
            let bonus = if in_stock { IN_STOCK } else { 0 }
                + SALES_DOUBLED * columns.sold(doc).saturating_add(1).ilog2().min(MAX_DOUBLINGS);
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

/// The best products, up to a number.
pub(crate) struct Top {
    limit: usize,
    /// A product with a lower rank cannot be among the best.
    lowest_rank: i64,
    products: Vec<RankedProduct>,
}

impl Top {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, lowest_rank: i64::MIN, products: Vec::new() }
    }

    pub(crate) fn add(&mut self, rank: i64, columns: &Columns, segment: SegmentOrdinal, doc: DocId) {
        if rank < self.lowest_rank || self.limit == 0 {
            return;
        }
        let (created, tie) = (columns.created(doc), columns.tie(doc));
        self.products.push(RankedProduct { rank, created, tie, address: Reverse((segment, doc)) });
        if self.products.len() >= self.limit.saturating_mul(2).max(64) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.products.len() > self.limit {
            self.products.select_nth_unstable_by(self.limit - 1, |one, other| other.cmp(one));
            self.lowest_rank = self.products[self.limit - 1].rank;
            self.products.truncate(self.limit);
        }
    }

    /// Returns the best products, the best first.
    pub(crate) fn sorted(mut self) -> Vec<RankedProduct> {
        if self.limit > 0 {
            self.cut();
        }
        self.products.sort_unstable_by(|one, other| other.cmp(one));
        self.products
    }
}
