//! What a seller says of a product, beyond its name and price.

use serde::{Deserialize, Serialize};

use crate::{
    Stock, WebUrl,
    few::Few,
    text::{Invalid, many_lines, one_line},
};

/// How many SKUs a product may have at once. DynamoDB takes 100 items in a transaction, and other items go with them.
pub const MAX_SKUS: usize = 80;
/// How many pictures a product may have.
pub const MAX_PICTURES: usize = 12;

crate::text! {
    /// A product in a sentence or two, without markup: 1 to 300 graphemes.
    Summary, { "minLength": 1, "maxLength": 300, "examples": ["A mug for large hands, thrown by small ones."] },
    |raw| one_line(raw, 300)
}

crate::text! {
    /// Who makes it: 1 to 60 graphemes.
    Brand, { "minLength": 1, "maxLength": 60, "examples": ["Blue Kiln"] }, |raw| one_line(raw, 60)
}

crate::text! {
    /// What people would filter by, in lower case: 1 to 30 graphemes.
    Tag, { "minLength": 1, "maxLength": 30, "examples": ["handmade"] }, |raw| one_line(&raw.to_lowercase(), 30)
}

crate::text! {
    /// What people would search for, in lower case: 1 to 50 graphemes. Not shown.
    Keyword, { "minLength": 1, "maxLength": 50, "examples": ["coffee cup"] }, |raw| one_line(&raw.to_lowercase(), 50)
}

crate::text! {
    /// What the seller warrants, and for how long: 1 to 200 graphemes.
    Warranty, { "minLength": 1, "maxLength": 200, "examples": ["2 years against chips"] }, |raw| one_line(raw, 200)
}

crate::text! {
    /// Where a film of the product is: an address with `https`, at most 500 characters.
    VideoUrl, { "format": "uri", "pattern": "^https://", "maxLength": 500, "examples": ["https://www.example.com/mug"] },
    |raw| parse_video(raw)
}

crate::text! {
    /// What something is called: 1 to 60 graphemes.
    Label, { "minLength": 1, "maxLength": 60, "examples": ["Capacity"] }, |raw| one_line(raw, 60)
}

crate::text! {
    /// What there is to say of something: 1 to 300 graphemes.
    Remark, { "minLength": 1, "maxLength": 300, "examples": ["350 ml"] }, |raw| one_line(raw, 300)
}

crate::text! {
    /// An answer: 1 to 2,000 graphemes; line breaks stay.
    Reply, { "minLength": 1, "maxLength": 2000, "examples": ["Yes, on the upper rack."] }, |raw| many_lines(raw, 2_000)
}

fn parse_video(raw: &str) -> Result<String, Invalid> {
    let url = WebUrl::parse(raw)?.to_string();
    if url.starts_with("https://") { Ok(url) } else { Err(Invalid::new("malformed", "must begin with https://")) }
}

/// How far a product is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[deserr(rename_all = lowercase)]
#[schemars(rename = "ProductStatus")]
pub enum Status {
    /// Being written; only its seller sees it.
    Draft,
    /// Complete and not on sale yet; only its seller sees it.
    Pending,
    /// On sale.
    #[default]
    Active,
}

/// A fact about a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
pub struct Specification {
    /// What it is about.
    pub name: Label,
    /// How it is.
    pub value: Remark,
}

/// A choice that a product comes in, which is no SKU of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
pub struct Property {
    /// What it is about.
    pub name: Label,
    /// What there is.
    pub values: Few<Label, 20>,
}

/// A question that is often asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
#[schemars(rename = "ProductQuestion")]
pub struct Question {
    /// What is asked.
    pub question: Remark,
    /// The seller's answer.
    pub answer: Reply,
}

/// By how many the stock of a SKU changes: at most 1,000,000 more or fewer, and not by none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct StockDelta(#[schemars(range(min = -1_000_000, max = 1_000_000))] i32);

impl StockDelta {
    /// Takes a number within the range.
    ///
    /// # Errors
    /// `out_of_range`.
    pub fn parse(delta: i64) -> Result<Self, Invalid> {
        let most = i64::from(Stock::MAX.get());
        i32::try_from(delta)
            .ok()
            .filter(|_| delta != 0 && (-most..=most).contains(&delta))
            .map(Self)
            .ok_or_else(|| Invalid::new("out_of_range", "must be -1000000 to 1000000, and not 0"))
    }

    /// The number.
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl<E> deserr::Deserr<E> for StockDelta
where
    E: deserr::DeserializeError + deserr::MergeWithError<Invalid>,
{
    fn deserialize_from_value<V: deserr::IntoValue>(
        value: deserr::Value<V>,
        location: deserr::ValuePointerRef,
    ) -> Result<Self, E> {
        let delta = <i64 as deserr::Deserr<E>>::deserialize_from_value(value, location)?;
        Self::parse(delta).map_err(|invalid| deserr::take_cf_content(E::merge(None, invalid, location)))
    }
}

/// Why a seller changes the stock of a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[deserr(rename_all = lowercase)]
pub enum StockReason {
    /// More came in.
    Delivery,
    /// A shopper sent it back.
    Return,
    /// There are more or fewer than was thought.
    Count,
    /// It broke.
    Damage,
    /// It is nowhere to be found.
    Loss,
    /// It was sold somewhere else, or given away.
    Withdrawal,
}

/// What people filter by.
pub type Tags = Few<Tag, 20>;
/// What people search for.
pub type Keywords = Few<Keyword, 20>;
/// Facts.
pub type Specifications = Few<Specification, 40>;
/// Choices.
pub type Properties = Few<Property, 10>;
/// Questions with their answers.
pub type Questions = Few<Question, 20>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_shown_over_https_alone() {
        assert_eq!(VideoUrl::parse("HTTPS://Example.com/mug").unwrap().as_str(), "https://example.com/mug");
        for raw in ["http://example.com/mug", "javascript:alert(1)", "example.com", ""] {
            assert!(VideoUrl::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn stock_changes_by_something() {
        for delta in [1, -1, 1_000_000, -1_000_000] {
            assert_eq!(StockDelta::parse(delta).map(StockDelta::get).map(i64::from), Ok(delta));
        }
        for delta in [0, 1_000_001, -1_000_001, i64::MIN, i64::MAX] {
            assert_eq!(StockDelta::parse(delta).unwrap_err().code, "out_of_range", "{delta}");
        }
    }

    #[test]
    fn tags_and_keywords_are_the_same_in_any_case() {
        assert_eq!(Tag::parse(" Handmade").unwrap(), Tag::parse("handmade").unwrap());
        assert_eq!(Keyword::parse("Coffee CUP").unwrap().as_str(), "coffee cup");
    }
}
