//! Counting of facets.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use crate::{
    Facets,
    columns::Columns,
    document::flags,
    schema::{FACETS, SINGLE},
    segment_filter::{Price, fails},
};

/// How many values of a facet are returned at most.
const MAX_VALUES: usize = 50;

/// The values of all facets in a version of the index, with their indices in the version and in its segments.
pub(crate) struct FacetValues {
    names: [Vec<String>; FACETS],
    /// For each segment, the version's index of each of the segment's values.
    numbers: Vec<[Vec<usize>; FACETS]>,
}

impl FacetValues {
    pub(crate) fn of(segments: &[Arc<Columns>]) -> Self {
        let names: [Vec<String>; FACETS] = std::array::from_fn(|facet| {
            let names: BTreeSet<&String> = segments.iter().flat_map(|segment| &segment.values[facet]).collect();
            names.into_iter().cloned().collect()
        });
        let numbers = segments.iter().map(|segment| {
            std::array::from_fn(|facet| {
                let number = |value| names[facet].binary_search(value).ok();
                segment.values[facet].iter().filter_map(number).collect()
            })
        });
        let numbers = numbers.collect();
        Self { names, numbers }
    }
}

/// A product to count, with the filters that it fails.
pub(crate) struct CountedProduct {
    pub(crate) doc: usize,
    pub(crate) price: Price,
    pub(crate) failed: u16,
}

impl CountedProduct {
    fn counts_in(&self, filter: u16) -> bool {
        self.failed & !filter == 0
    }
}

/// The counts so far.
#[derive(Default)]
pub(crate) struct Counts {
    /// By facet and the version's index of the value.
    values: [Vec<u64>; FACETS],
    prices: Option<(i64, i64)>,
    /// By whole stars.
    ratings: [u64; 6],
    in_stock: u64,
    on_offer: u64,
}

/// The counts of one segment, by facet and the segment's index of the value.
pub(crate) struct SegmentCounts([Vec<u64>; FACETS]);

impl SegmentCounts {
    pub(crate) fn of(columns: &Columns) -> Self {
        Self(std::array::from_fn(|facet| vec![0; columns.values[facet].len()]))
    }
}

impl Counts {
    /// Counts products: in every facet if they fail no filter, and in one facet if they fail only its filter.
    pub(crate) fn add(&mut self, segment_counts: &mut SegmentCounts, columns: &Columns, products: &[CountedProduct]) {
        let (single, multiple) = segment_counts.0.split_at_mut(SINGLE.len());
        // Going through one column after the other is several times as fast as one product after the other. The status,
        // which is the last column, is not a facet for callers.
        for ((counts, column), filter) in
            single.iter_mut().zip(&columns.single).zip(fails::SINGLE).take(SINGLE.len() - 1)
        {
            for product in products.iter().filter(|product| product.counts_in(filter)) {
                if let Some(count) = counts.get_mut(column[product.doc] as usize) {
                    *count += 1;
                }
            }
        }
        for ((counts, lists), filter) in multiple.iter_mut().zip(&columns.multiple).zip(fails::MULTIPLE) {
            for product in products.iter().filter(|product| product.counts_in(filter)) {
                for value in lists.of(product.doc) {
                    if let Some(count) = counts.get_mut(*value as usize) {
                        *count += 1;
                    }
                }
            }
        }
        for CountedProduct { price, .. } in products.iter().filter(|product| product.counts_in(fails::PRICE)) {
            let (lowest, highest) = self.prices.unwrap_or((price.amount, price.amount));
            self.prices = Some((lowest.min(price.amount), highest.max(price.amount)));
        }
        for product in products.iter().filter(|product| product.counts_in(fails::RATING)) {
            self.ratings[usize::from(columns.rating[product.doc] / 100).min(5)] += 1;
        }
        for product in products.iter().filter(|product| product.counts_in(fails::IN_STOCK)) {
            self.in_stock += u64::from(columns.flags[product.doc] & flags::IN_STOCK != 0);
        }
        for product in products.iter().filter(|product| product.counts_in(fails::ON_OFFER)) {
            self.on_offer += u64::from(product.price.offer_ends.is_some());
        }
    }

    /// Adds the counts of a segment.
    pub(crate) fn add_all(&mut self, segment_counts: &SegmentCounts, all: &FacetValues, segment: usize) {
        for facet in 0..FACETS {
            let counts = &mut self.values[facet];
            counts.resize(all.names[facet].len(), 0);
            for (number, count) in all.numbers[segment][facet].iter().zip(&segment_counts.0[facet]) {
                counts[*number] += count;
            }
        }
    }

    pub(crate) fn facets(&self, all: &FacetValues) -> Facets {
        let [categories, subcategories, brands, shops, _, colours, sizes, tags] =
            std::array::from_fn(|facet| most_frequent(&self.values[facet], &all.names[facet]));
        Facets {
            categories,
            subcategories,
            brands,
            colours,
            sizes,
            tags,
            shops,
            prices: self.prices,
            ratings: std::array::from_fn(|stars| self.ratings[stars + 1..].iter().sum()),
            in_stock: self.in_stock,
            on_offer: self.on_offer,
        }
    }
}

/// Returns the most frequent values. Equally frequent values are sorted alphabetically.
fn most_frequent(counts: &[u64], names: &[String]) -> Vec<(String, u64)> {
    let mut counted: Vec<_> = names.iter().zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect();
    counted.sort_by_key(|(_, count)| Reverse(*count));
    counted.truncate(MAX_VALUES);
    counted.into_iter().map(|(name, count)| (name.clone(), count)).collect()
}
