//! The filters of a query, applied to one segment.

use crate::{Filters, columns::Columns, document::flags, schema::SINGLE};

/// The filters that a product can fail, one bit per filter.
pub(crate) mod fails {
    pub(crate) const CATEGORY: u16 = 1;
    pub(crate) const SUBCATEGORY: u16 = 1 << 1;
    pub(crate) const BRAND: u16 = 1 << 2;
    pub(crate) const SHOP: u16 = 1 << 3;
    pub(crate) const STATUS: u16 = 1 << 4;
    pub(crate) const COLOUR: u16 = 1 << 5;
    pub(crate) const SIZE: u16 = 1 << 6;
    pub(crate) const TAG: u16 = 1 << 7;
    pub(crate) const PRICE: u16 = 1 << 8;
    pub(crate) const RATING: u16 = 1 << 9;
    pub(crate) const IN_STOCK: u16 = 1 << 10;
    pub(crate) const ON_OFFER: u16 = 1 << 11;
    /// In the order of the columns.
    pub(crate) const SINGLE: [u16; 5] = [CATEGORY, SUBCATEGORY, BRAND, SHOP, STATUS];
    pub(crate) const MULTIPLE: [u16; 3] = [COLOUR, SIZE, TAG];
}

/// Filters for one segment, with values as its indices. `None` matches everything.
pub(crate) struct SegmentFilter {
    single: [Option<Vec<u32>>; 5],
    multiple: [Option<Vec<u32>>; 3],
    price: (i64, i64),
    min_rating: u16,
    in_stock: bool,
    on_offer: bool,
    visible: u8,
}

/// The price of a product at one time.
#[derive(Clone, Copy)]
pub(crate) struct Price {
    pub(crate) amount: i64,
    /// When the offer ends that determines the price, if one does.
    pub(crate) offer_ends: Option<i64>,
}

impl Price {
    pub(crate) fn at(now_ms: i64, columns: &Columns, doc: usize) -> Self {
        match columns.offer_of(doc) {
            Some(offer) if (offer.starts_at..offer.ends_at).contains(&now_ms) => {
                Self { amount: offer.price, offer_ends: Some(offer.ends_at) }
            }
            _ => Self { amount: columns.price[doc], offer_ends: None },
        }
    }
}

impl SegmentFilter {
    pub(crate) fn new(columns: &Columns, filters: &Filters) -> Self {
        let Filters { category, subcategory, shop, brands, colours, sizes, tags, statuses, .. } = filters;
        let single = [category.as_slice(), subcategory.as_slice(), brands, shop.as_slice(), statuses];
        let multiple = [colours, sizes, tags];
        let numbers = |names: &[String], facet: usize| {
            let number = |name| columns.number(facet, name);
            (!names.is_empty()).then(|| names.iter().filter_map(number).collect())
        };
        let listed = if filters.include_hidden { 0 } else { flags::LISTED };
        Self {
            single: std::array::from_fn(|at| numbers(single[at], at)),
            multiple: std::array::from_fn(|at| numbers(multiple[at], SINGLE.len() + at)),
            price: (filters.price.0.unwrap_or(i64::MIN), filters.price.1.unwrap_or(i64::MAX)),
            min_rating: filters.min_rating.unwrap_or(0),
            in_stock: filters.in_stock,
            on_offer: filters.on_offer,
            visible: flags::PRODUCT | listed,
        }
    }

    /// Tells whether the caller may see the product at all.
    pub(crate) fn is_visible(&self, columns: &Columns, doc: usize) -> bool {
        columns.flags[doc] & self.visible == self.visible
    }

    /// Tells whether the filters leave the product at a time, in milliseconds since 1970.
    pub(crate) fn leaves(&self, columns: &Columns, doc: usize, now_ms: i64) -> bool {
        self.is_visible(columns, doc) && self.failed(columns, doc, Price::at(now_ms, columns, doc)) == 0
    }

    /// Returns the filters that the product fails.
    pub(crate) fn failed(&self, columns: &Columns, doc: usize, price: Price) -> u16 {
        let mut failed = 0;
        let mut fail = |filter: u16, fails: bool| failed |= if fails { filter } else { 0 };
        for ((accepted, column), filter) in self.single.iter().zip(&columns.single).zip(fails::SINGLE) {
            if let Some(accepted) = accepted {
                fail(filter, !accepted.contains(&column[doc]));
            }
        }
        for ((accepted, lists), filter) in self.multiple.iter().zip(&columns.multiple).zip(fails::MULTIPLE) {
            if let Some(accepted) = accepted {
                fail(filter, !lists.of(doc).iter().any(|value| accepted.contains(value)));
            }
        }
        fail(fails::PRICE, !(self.price.0..=self.price.1).contains(&price.amount));
        fail(fails::RATING, columns.rating[doc] < self.min_rating);
        fail(fails::IN_STOCK, self.in_stock && columns.flags[doc] & flags::IN_STOCK == 0);
        fail(fails::ON_OFFER, self.on_offer && price.offer_ends.is_none());
        failed
    }
}
