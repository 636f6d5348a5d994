//! The basic values of shops and products.

use serde::{Deserialize, Serialize};

use crate::text::{Invalid, one_line};

crate::line! {
    /// The name of a shop: 1 to 100 characters.
    ShopName, 100, ["Blue Kiln"]
}

crate::line! {
    /// The title of a product: 1 to 200 characters.
    Title, 200, ["Stoneware mug"]
}

crate::lines! {
    /// A plain text of at most 5,000 characters. Line breaks are kept.
    Description, 5_000, ["Mugs, plates and vases from one kiln."]
}

crate::line! {
    /// A seller's own code for a SKU: 1 to 50 characters.
    SkuCode, 50, ["MUG-BLUE-L"]
}

crate::line! {
    /// The colour of a SKU: 1 to 50 characters.
    Colour, 50, ["Blue"]
}

crate::line! {
    /// The size of a SKU: 1 to 50 characters. Clothing sizes (`XXS` to `XXXL`) are converted to upper case.
    Size, 50, ["XL", "38"], |raw| one_line(raw, 50).map(normalise_size)
}

/// The clothing sizes, the smallest first.
const CLOTHING_SIZES: &[&str] = &["XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL"];

fn normalise_size(size: String) -> String {
    CLOTHING_SIZES.iter().find(|known| known.eq_ignore_ascii_case(&size)).map_or(size, |&known| known.to_owned())
}

crate::text! {
    /// The readable part of a URL that identifies a shop, a product or a category: 3 to 80 characters of `a-z`, `0-9`
    /// and single hyphens.
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
    Err(Invalid::new("malformed", "must consist of a-z and 0-9, with single hyphens between them"))
}

impl Slug {
    /// Makes a slug from a name: transliterated, in lower case, its words joined by hyphens. If a name leaves no valid
    /// slug, for example one of symbols only, the slug is `fallback`, a hyphen and `salt`.
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

    /// Returns this slug with a suffix that makes it unique.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        Self(format!("{}-{suffix}", self.0))
    }
}

/// The number of pieces for sale: 0 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct Stock(#[schemars(range(min = 0, max = 1_000_000))] u32);

/// The number of pieces in an order or a cart: 1 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct Quantity(#[schemars(range(min = 1, max = 999))] u32);

macro_rules! count {
    ($name:ident, $min:literal, $max:literal) => {
        impl $name {
            /// Accepts a count within the range.
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

            /// Returns the count.
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
    /// No stock.
    pub const NONE: Self = Self(0);
    /// The highest stock.
    pub const MAX: Self = Self(1_000_000);
    /// The default threshold of low stock.
    pub const LOW: Self = Self(5);

    /// Returns the stock with more pieces, at most [`Stock::MAX`].
    #[must_use]
    pub fn with(self, pieces: u32) -> Self {
        Self(self.0.saturating_add(pieces).min(Self::MAX.0))
    }
}

count!(Stock, 0, 1_000_000);
count!(Quantity, 1, 999);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_readable_slug_is_made_from_a_name() {
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
    fn clothing_sizes_are_in_upper_case_and_other_sizes_are_unchanged() {
        for (raw, size) in [("xl", "XL"), (" s ", "S"), ("Xxl", "XXL"), ("38", "38"), ("One size", "One size")] {
            assert_eq!(Size::parse(raw).unwrap().as_str(), size);
        }
    }

    #[test]
    fn a_slug_is_plain_words_with_single_hyphens_between_them() {
        for raw in ["ab", "-abc", "abc-", "a--b", "Abc", "a_b", "a b", &"a".repeat(81)] {
            assert!(Slug::parse(raw).is_err(), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn every_suggested_slug_is_valid(name in ".{0,300}") {
            let slug = Slug::suggest(&name, "product", "0a1b");
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
            prop_assert!(Slug::parse(slug.with_suffix("0a1b2c").as_str()).is_ok());
        }
    }
}
