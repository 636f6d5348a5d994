//! The details of a product, besides its title and price.

use serde::{Deserialize, Serialize};

use crate::{
    Stock, WebUrl,
    short_list::Few,
    text::{Invalid, one_line},
};

/// The highest number of SKUs of a product at one time. A DynamoDB transaction has at most 100 items, and other items
/// are part of it.
pub const MAX_SKUS: usize = 80;
/// The highest number of pictures of a product.
pub const MAX_PICTURES: usize = 12;

crate::line! {
    /// A summary of a product without markup: 1 to 300 characters.
    Summary, 300, ["A mug for large hands, thrown by small ones."]
}

crate::line! {
    /// The brand of a product: 1 to 60 characters.
    Brand, 60, ["Blue Kiln"]
}

crate::line! {
    /// A word to filter products by, in lower case: 1 to 30 characters.
    Tag, 30, ["handmade"], |raw| one_line(&raw.to_lowercase(), 30)
}

crate::line! {
    /// A word that shoppers may search for, in lower case: 1 to 50 characters. It is not shown.
    Keyword, 50, ["coffee cup"], |raw| one_line(&raw.to_lowercase(), 50)
}

crate::line! {
    /// What the seller guarantees, and for how long: 1 to 200 characters.
    Warranty, 200, ["2 years against chips"]
}

crate::text! {
    /// The address of a video about the product: a URL with `https`, at most 500 characters.
    VideoUrl, { "pattern": crate::web::url!("[Ss]"), "maxLength": 500, "examples": ["https://www.example.com/mug"] },
    |raw| parse_video(raw)
}

crate::line! {
    /// A name: 1 to 60 characters.
    Label, 60, ["Capacity"]
}

crate::line! {
    /// A short text: 1 to 300 characters.
    Remark, 300, ["350 ml"]
}

crate::lines! {
    /// An answer: 1 to 2,000 characters. Line breaks are kept.
    Reply, 2000, ["Yes, on the upper rack."]
}

fn parse_video(raw: &str) -> Result<String, Invalid> {
    let url = WebUrl::parse(raw)?.to_string();
    if url.starts_with("https://") { Ok(url) } else { Err(Invalid::new("malformed", "must begin with https://")) }
}

/// The status of a product, as its seller has set it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[deserr(rename_all = lowercase)]
#[schemars(rename = "ProductStatus")]
pub enum Status {
    /// Still being written. Only its seller sees it.
    Draft,
    /// Complete, but not on sale yet. Only its seller sees it.
    Pending,
    /// On sale.
    #[default]
    Active,
}

/// A fact about a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
pub struct Specification {
    /// The name of the fact.
    pub name: Label,
    /// The value of the fact.
    pub value: Remark,
}

/// An option of a product that is no SKU of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
pub struct Property {
    /// The name of the option.
    pub name: Label,
    /// The choices.
    pub values: Few<Label, 20>,
}

/// A frequently asked question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
#[schemars(rename = "ProductQuestion")]
pub struct Question {
    /// The question.
    pub question: Remark,
    /// The seller's answer.
    pub answer: Reply,
}

/// A change of a SKU's stock: -1,000,000 to 1,000,000, but not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct StockDelta(#[schemars(range(min = -1_000_000, max = 1_000_000), extend("not" = { "const": 0 }))] i32);

impl StockDelta {
    /// Accepts a number within the range.
    ///
    /// # Errors
    /// `out_of_range`.
    pub fn parse(delta: i64) -> Result<Self, Invalid> {
        let limit = i64::from(Stock::MAX.get());
        i32::try_from(delta)
            .ok()
            .filter(|_| delta != 0 && (-limit..=limit).contains(&delta))
            .map(Self)
            .ok_or_else(|| Invalid::new("out_of_range", "must be -1000000 to 1000000, but not 0"))
    }

    /// Returns the number.
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

/// The reason of a stock change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[deserr(rename_all = lowercase)]
pub enum StockReason {
    /// A delivery arrived.
    Delivery,
    /// A shopper returned it.
    Return,
    /// A count gave another number.
    Count,
    /// It was damaged.
    Damage,
    /// It was lost.
    Loss,
    /// It was sold elsewhere, or given away.
    Withdrawal,
}

/// Words to filter by.
pub type Tags = Few<Tag, 20>;
/// Words to search for.
pub type Keywords = Few<Keyword, 20>;
/// Facts.
pub type Specifications = Few<Specification, 40>;
/// Options.
pub type Properties = Few<Property, 10>;
/// Questions with their answers.
pub type Questions = Few<Question, 20>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_url_has_https() {
        assert_eq!(VideoUrl::parse("HTTPS://Example.com/mug").unwrap().as_str(), "https://example.com/mug");
        for raw in ["http://example.com/mug", "javascript:alert(1)", "example.com", ""] {
            assert!(VideoUrl::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_stock_change_is_in_range_and_not_zero() {
        for delta in [1, -1, 1_000_000, -1_000_000] {
            assert_eq!(StockDelta::parse(delta).map(StockDelta::get).map(i64::from), Ok(delta));
        }
        for delta in [0, 1_000_001, -1_000_001, i64::MIN, i64::MAX] {
            assert_eq!(StockDelta::parse(delta).unwrap_err().code, "out_of_range", "{delta}");
        }
    }

    #[test]
    fn tags_and_keywords_are_converted_to_lower_case() {
        assert_eq!(Tag::parse(" Handmade").unwrap(), Tag::parse("handmade").unwrap());
        assert_eq!(Keyword::parse("Coffee CUP").unwrap().as_str(), "coffee cup");
    }
}
