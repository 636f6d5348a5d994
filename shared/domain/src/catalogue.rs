//! What shops and products are made of.

use serde::{Deserialize, Serialize};

use crate::text::{Invalid, many_lines, one_line};

crate::text! {
    /// What a shop is called: 1 to 100 graphemes.
    ShopName, { "minLength": 1, "maxLength": 100, "examples": ["Blue Kiln"] }, |raw| one_line(raw, 100)
}

crate::text! {
    /// What a product is called: 1 to 200 graphemes.
    Title, { "minLength": 1, "maxLength": 200, "examples": ["Stoneware mug"] }, |raw| one_line(raw, 200)
}

crate::text! {
    /// A short text of at most 5,000 graphemes; line breaks stay.
    Description, { "minLength": 1, "maxLength": 5000 }, |raw| many_lines(raw, 5_000)
}

crate::text! {
    /// A seller's own name for a SKU: 1 to 50 graphemes.
    SkuCode, { "minLength": 1, "maxLength": 50, "examples": ["MUG-BLUE-L"] }, |raw| one_line(raw, 50)
}

crate::text! {
    /// A colour that tells one SKU of a product from another: 1 to 50 graphemes.
    Colour, { "minLength": 1, "maxLength": 50, "examples": ["Blue"] }, |raw| one_line(raw, 50)
}

crate::text! {
    /// A size that tells one SKU of a product from another: 1 to 50 graphemes. Those of clothes (`XXS` to `XXXL`) are in
    /// capitals.
    Size, { "minLength": 1, "maxLength": 50, "examples": ["XL", "38"] }, |raw| one_line(raw, 50).map(in_capitals)
}

/// The sizes of clothes, the smallest first.
const CLOTHES: &[&str] = &["XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL"];

fn in_capitals(size: String) -> String {
    CLOTHES.iter().find(|known| known.eq_ignore_ascii_case(&size)).map_or(size, |&known| known.to_owned())
}

crate::text! {
    /// The part of an address that names a shop or a product to people: 3 to 80 of `a-z`, `0-9` and single hyphens.
    Slug, { "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "minLength": 3, "maxLength": 80, "examples": ["stoneware-mug"] },
    |raw| parse_slug(raw)
}

fn parse_slug(raw: &str) -> Result<String, Invalid> {
    if !(3..=80).contains(&raw.len()) {
        return Err(Invalid::new("bad_length", "must have 3 to 80 characters"));
    }
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if raw.split('-').all(word) {
        return Ok(raw.to_owned());
    }
    Err(Invalid::new("malformed", "must be a-z, 0-9 and single hyphens between them"))
}

impl Slug {
    /// The slug that a name suggests: transliterated, in lower case, its words joined by hyphens. Names that leave
    /// nothing, such as one of emoji only, become `fallback` and a hyphen before `salt`.
    pub fn suggest(name: &str, fallback: &str, salt: &str) -> Self {
        let latin = deunicode::deunicode(name).to_lowercase();
        let words = latin.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut text = String::new();
        for word in words {
            if text.len() + word.len() + 1 > 70 {
                break;
            }
            if !text.is_empty() {
                text.push('-');
            }
            text.push_str(word);
        }
        Self::parse(&text).unwrap_or_else(|_| Self(format!("{fallback}-{salt}")))
    }

    /// This slug with something behind it that makes it unlike the others.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        Self(format!("{}-{suffix}", self.0))
    }
}

/// How many pieces are there to sell: 0 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct Stock(#[schemars(range(min = 0, max = 1_000_000))] u32);

/// How many pieces somebody wants: 1 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct Quantity(#[schemars(range(min = 1, max = 999))] u32);

macro_rules! count {
    ($name:ident, $min:literal, $max:literal) => {
        impl $name {
            /// Takes a count within the range.
            ///
            /// # Errors
            /// `out_of_range`.
            pub fn parse(count: i64) -> Result<Self, Invalid> {
                u32::try_from(count)
                    .ok()
                    .filter(|n| ($min..=$max).contains(n))
                    .map(Self)
                    .ok_or_else(|| Invalid::new("out_of_range", concat!("must be ", $min, " to ", $max)))
            }

            /// The count.
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl<E> deserr::Deserr<E> for $name
        where
            E: deserr::DeserializeError + deserr::MergeWithError<Invalid>,
        {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                location: deserr::ValuePointerRef,
            ) -> Result<Self, E> {
                let count = <i64 as deserr::Deserr<E>>::deserialize_from_value(value, location)?;
                Self::parse(count).map_err(|invalid| deserr::take_cf_content(E::merge(None, invalid, location)))
            }
        }
    };
}

impl Stock {
    /// Sold out.
    pub const NONE: Self = Self(0);
    /// The most there can be.
    pub const MAX: Self = Self(1_000_000);
    /// What is low where the seller has set no threshold.
    pub const LOW: Self = Self(5);
}

count!(Stock, 0, 1_000_000);
count!(Quantity, 1, 999);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_suggests_a_readable_slug() {
        for (name, slug) in [
            ("Stoneware Mug (blue)", "stoneware-mug-blue"),
            ("Größe & Wärme", "grosse-warme"),
            ("Café — crème", "cafe-creme"),
            ("🕯️", "candle"),
            ("!!", "product-7f"),
        ] {
            assert_eq!(Slug::suggest(name, "product", "7f").as_str(), slug);
        }
    }

    #[test]
    fn sizes_of_clothes_are_in_capitals_and_others_as_they_are_written() {
        for (raw, size) in [("xl", "XL"), (" s ", "S"), ("Xxl", "XXL"), ("38", "38"), ("One size", "One size")] {
            assert_eq!(Size::parse(raw).unwrap().as_str(), size);
        }
    }

    #[test]
    fn a_slug_has_single_hyphens_between_plain_words() {
        for raw in ["ab", "-abc", "abc-", "a--b", "Abc", "a_b", "a b", &"a".repeat(81)] {
            assert!(Slug::parse(raw).is_err(), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn every_suggested_slug_is_a_slug(name in ".{0,300}") {
            let slug = Slug::suggest(&name, "product", "0a1b");
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
            prop_assert!(Slug::parse(slug.with_suffix("0a1b2c").as_str()).is_ok());
        }
    }
}
