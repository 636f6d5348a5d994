//! The columns of a segment as plain arrays: the values to filter by, to sort by and to count.

use std::fmt::Debug;

use tantivy::{
    DocId, SegmentReader,
    columnar::{Column, ColumnIndex, ColumnValues},
    index::SegmentId,
};

use crate::{
    OfferEntry, SearchError,
    schema::{FACETS, MULTIPLE, SINGLE},
};

/// Means that there is no value.
pub(crate) const NONE: u32 = u32::MAX;

/// The columns of a segment, which never change. Every array but `offers` has one element per document.
pub(crate) struct Columns {
    pub(crate) segment: SegmentId,
    pub(crate) flags: Vec<u8>,
    pub(crate) price: Vec<i64>,
    /// The index of a document's offer in `offers`, or [`NONE`].
    pub(crate) offer: Vec<u32>,
    pub(crate) offers: Vec<OfferEntry>,
    /// In hundredths of a star; 0 without reviews.
    pub(crate) rating: Vec<u16>,
    /// The values of each facet, sorted: first those of [`SINGLE`], then those of [`MULTIPLE`].
    pub(crate) values: [Vec<String>; FACETS],
    /// The index of a document's value in `values`, or [`NONE`].
    pub(crate) single: [Vec<u32>; SINGLE.len()],
    pub(crate) multiple: [Lists; MULTIPLE.len()],
    /// Only the few best documents need these, so they stay in tantivy's format.
    sold: Option<Column<u64>>,
    created: Option<Column<i64>>,
    tie: Option<Column<u64>>,
}

/// Several numbers per document.
#[derive(Default)]
pub(crate) struct Lists {
    /// The index of each document's first number in `numbers`, and the total at the end.
    starts: Vec<u32>,
    numbers: Vec<u32>,
}

impl Lists {
    pub(crate) fn of(&self, doc: usize) -> &[u32] {
        match self.starts.get(doc..doc + 2) {
            Some(&[from, to]) => self.numbers.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

impl Columns {
    pub(crate) fn read(reader: &SegmentReader) -> Result<Self, SearchError> {
        let docs = reader.max_doc() as usize;
        let fast = reader.fast_fields();
        let unsigned = |name| fast.column_opt::<u64>(name);
        let signed = |name| fast.column_opt::<i64>(name);
        let mut offer = vec![NONE; docs];
        let mut offers = Vec::new();
        each(signed("offer_price")?, |doc, price| {
            offer[doc] = number(offers.len());
            offers.push(OfferEntry { price, starts_at: i64::MAX, ends_at: i64::MIN });
        });
        each(signed("offer_start")?, |doc, start| {
            if let Some(offer) = offers.get_mut(offer[doc] as usize) {
                offer.starts_at = start;
            }
        });
        each(signed("offer_end")?, |doc, end| {
            if let Some(offer) = offers.get_mut(offer[doc] as usize) {
                offer.ends_at = end;
            }
        });
        let mut columns = Self {
            segment: reader.segment_id(),
            flags: dense(unsigned("flags")?, docs, |flags| u8::try_from(flags).unwrap_or(0)),
            price: dense(signed("price")?, docs, |price| price),
            offer,
            offers,
            rating: dense(unsigned("rating")?, docs, |rating| u16::try_from(rating).unwrap_or(u16::MAX)),
            values: Default::default(),
            single: Default::default(),
            multiple: Default::default(),
            sold: unsigned("sold")?,
            created: signed("created")?,
            tie: unsigned("tie")?,
        };
        for (at, name) in SINGLE.iter().chain(&MULTIPLE).enumerate() {
            let (values, numbers) = facet(reader, name)?;
            columns.values[at] = values;
            match at.checked_sub(SINGLE.len()) {
                None => {
                    let single = &mut columns.single[at];
                    single.resize(docs, NONE);
                    each(numbers, |doc, value| single[doc] = u32::try_from(value).unwrap_or(NONE));
                }
                Some(at) => columns.multiple[at] = lists(numbers, docs),
            }
        }
        Ok(columns)
    }

    /// Returns the index of a value of a facet, if the segment has it.
    pub(crate) fn number(&self, facet: usize, value: &String) -> Option<u32> {
        self.values[facet].binary_search(value).ok().and_then(|at| u32::try_from(at).ok())
    }

    /// Returns the offer of a document, whether it runs or not.
    pub(crate) fn offer_of(&self, doc: usize) -> Option<&OfferEntry> {
        self.offers.get(*self.offer.get(doc)? as usize)
    }

    pub(crate) fn sold(&self, doc: DocId) -> u64 {
        self.sold.as_ref().and_then(|sold| sold.first(doc)).unwrap_or(0)
    }

    pub(crate) fn created(&self, doc: DocId) -> i64 {
        self.created.as_ref().and_then(|created| created.first(doc)).unwrap_or(0)
    }

    pub(crate) fn tie(&self, doc: DocId) -> u64 {
        self.tie.as_ref().and_then(|tie| tie.first(doc)).unwrap_or(0)
    }
}

/// Returns the sorted values of a facet, and the column of their indices.
fn facet(reader: &SegmentReader, name: &str) -> Result<(Vec<String>, Option<Column<u64>>), SearchError> {
    let Some(column) = reader.fast_fields().str(name)? else { return Ok((Vec::new(), None)) };
    let mut values = Vec::new();
    let mut terms = column.dictionary().stream()?;
    while terms.advance() {
        values.push(String::from_utf8_lossy(terms.key()).into_owned());
    }
    Ok((values, Some(column.ords().clone())))
}

/// Calls `take` with every value of a column and its document, in order.
fn each<T>(column: Option<Column<T>>, mut take: impl FnMut(usize, T))
where
    T: PartialOrd + Copy + Default + Debug + Send + Sync + 'static,
{
    const BLOCK: usize = 256;
    let Some(Column { index, values }) = column else { return };
    let rows = values.num_vals();
    let mut block = [T::default(); BLOCK];
    let mut value = |row: u32| {
        let at = row as usize % BLOCK;
        if at == 0 {
            let count = BLOCK.min((rows - row) as usize);
            values.get_range(row.into(), &mut block[..count]);
        }
        block[at]
    };
    match &index {
        ColumnIndex::Empty { .. } => {}
        ColumnIndex::Full => (0..rows).for_each(|row| take(row as usize, value(row))),
        ColumnIndex::Optional(docs) => {
            (0..rows).zip(docs.iter_non_null_docs()).for_each(|(row, doc)| take(doc as usize, value(row)));
        }
        ColumnIndex::Multivalued(docs) => {
            let mut row = 0;
            for (doc, end) in docs.iter_non_null_docs().zip(ends(docs.get_start_index_column().as_ref())) {
                while row < end.min(rows) {
                    take(doc as usize, value(row));
                    row += 1;
                }
            }
        }
    }
}

/// Returns the end of the values of each document that has any.
fn ends(starts: &dyn ColumnValues<u32>) -> Vec<u32> {
    let mut ends = vec![0; starts.num_vals() as usize];
    starts.get_range(0, &mut ends);
    ends.dedup();
    ends.split_off(1.min(ends.len()))
}

/// Returns the value of each document, converted by `to`, or the default if there is none.
fn dense<T, U>(column: Option<Column<T>>, docs: usize, to: impl Fn(T) -> U) -> Vec<U>
where
    T: PartialOrd + Copy + Default + Debug + Send + Sync + 'static,
    U: Clone + Default,
{
    let mut all = vec![U::default(); docs];
    each(column, |doc, value| all[doc] = to(value));
    all
}

fn lists(column: Option<Column<u64>>, docs: usize) -> Lists {
    let mut lists = Lists { starts: vec![0; docs + 1], numbers: Vec::new() };
    each(column, |doc, value| {
        lists.numbers.push(u32::try_from(value).unwrap_or(NONE));
        lists.starts[doc + 1] = number(lists.numbers.len());
    });
    // A document without values begins and ends where the document before it ends.
    let mut end = 0;
    for start in &mut lists.starts {
        end = end.max(*start);
        *start = end;
    }
    lists
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
