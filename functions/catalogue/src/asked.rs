//! What lists of products can be asked for. All of them take the same parameters; what a list has beside these it says
//! where it declares them, with `asked!`.

use souk_domain::{
    Invalid, Slug,
    catalogue::{Colour, Size},
    product::{Brand, Tag},
};
use souk_search::{Filters, Sort};
use souk_store_catalogue::products::Tab;
use souk_web::{Deserr, FieldError, FieldErrors, Flag, JsonSchema, Several};

use crate::list_own_products::TabName;

/// Words as somebody typed them, at most 200 characters; none of these has a meaning of its own.
#[derive(Debug, Clone)]
pub(crate) struct SearchText(String);

impl SearchText {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.replace(char::is_control, " ").trim().to_owned();
        if text.chars().count() > 200 {
            return Err(Invalid::new("too_long", "must have at most 200 characters"));
        }
        Ok(Self(text))
    }

    /// The text, which may be empty.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

souk_domain::edge!(SearchText, { "maxLength": 200, "examples": ["blue mug"] });

/// An amount in minor units of the marketplace's currency: 0 or more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount(i64);

impl Amount {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        let amount = raw.parse().ok().filter(|&amount| amount >= 0).map(Self);
        amount.ok_or_else(|| Invalid::new("out_of_range", "must be a whole number of minor units, 0 or more"))
    }
}

souk_domain::edge!(Amount, { "type": "integer", "format": "int64", "minimum": 0, "examples": [1_500] });

/// How many stars: 1 to 5.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stars(u16);

impl Stars {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        let stars = raw.parse().ok().filter(|stars| (1..=5).contains(stars)).map(Self);
        stars.ok_or_else(|| Invalid::new("out_of_range", "must be 1 to 5"))
    }
}

souk_domain::edge!(Stars, { "type": "integer", "minimum": 1, "maximum": 5 });

/// Which products come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
#[schemars(rename = "ProductOrder", rename_all = "snake_case")]
pub(crate) enum Order {
    /// What fits the words best; among equals what can be bought and sells well.
    #[deserr(rename = "relevance")]
    Relevance,
    /// The newest.
    #[deserr(rename = "newest")]
    Newest,
    /// The cheapest, by what it costs now.
    #[deserr(rename = "price_up")]
    PriceUp,
    /// The dearest, by what it costs now.
    #[deserr(rename = "price_down")]
    PriceDown,
    /// What was sold most.
    #[deserr(rename = "best_selling")]
    BestSelling,
    /// What is rated best.
    #[deserr(rename = "rating")]
    Rating,
    /// Whose offer ends first; what is on no offer comes last.
    #[deserr(rename = "ending_soon")]
    EndingSoon,
}

impl From<Order> for Sort {
    fn from(order: Order) -> Self {
        match order {
            Order::Relevance => Self::Relevance,
            Order::Newest => Self::Newest,
            Order::PriceUp => Self::PriceUp,
            Order::PriceDown => Self::PriceDown,
            Order::BestSelling => Self::BestSelling,
            Order::Rating => Self::Rating,
            Order::EndingSoon => Self::EndingSoon,
        }
    }
}

/// What the products of a list have to be, and which come first.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) q: Option<SearchText>,
    pub(crate) category: Option<Slug>,
    pub(crate) subcategory: Option<Slug>,
    pub(crate) shop: Option<Slug>,
    pub(crate) brand: Option<Several<Brand>>,
    pub(crate) colour: Option<Several<Colour>>,
    pub(crate) size: Option<Several<Size>>,
    pub(crate) tag: Option<Several<Tag>>,
    pub(crate) min_price: Option<Amount>,
    pub(crate) max_price: Option<Amount>,
    pub(crate) min_rating: Option<Stars>,
    pub(crate) in_stock: Option<Flag>,
    pub(crate) on_offer: Option<Flag>,
    pub(crate) status: Option<Several<TabName>>,
    pub(crate) hidden_too: bool,
    pub(crate) sort: Option<Order>,
}

/// Where products are. The table can tell what is where, and nothing else of what can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Places<'a> {
    pub(crate) category: Option<&'a Slug>,
    pub(crate) subcategory: Option<&'a Slug>,
    pub(crate) shop: Option<&'a Slug>,
}

impl Asked {
    /// Itself, if what is asked for fits together.
    pub(crate) fn checked(self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.subcategory.is_some() && self.category.is_none() {
            errors.0.push(FieldError::new("?category", "missing", "a subcategory is one of a category's"));
        }
        if let (Some(Amount(min)), Some(Amount(max))) = (self.min_price, self.max_price)
            && min > max
        {
            errors.0.push(FieldError::new("?max_price", "out_of_range", "must not be below min_price"));
        }
        if errors.0.is_empty() { Ok(self) } else { Err(errors) }
    }

    /// The words, if there are any.
    pub(crate) fn text(&self) -> Option<&str> {
        self.q.as_ref().map(SearchText::as_str).filter(|text| !text.is_empty())
    }

    /// The order in a list that has one of its own, which words go before.
    pub(crate) fn order(&self, own: Order) -> Order {
        self.sort.unwrap_or(if self.text().is_some() { Order::Relevance } else { own })
    }

    pub(crate) fn filters(&self) -> Filters {
        fn texts<T: ToString>(values: Option<&Several<T>>) -> Vec<String> {
            values.into_iter().flat_map(|values| values.iter().map(T::to_string)).collect()
        }
        Filters {
            category: self.category.as_ref().map(Slug::to_string),
            subcategory: self.subcategory.as_ref().map(Slug::to_string),
            shop: self.shop.as_ref().map(Slug::to_string),
            brands: texts(self.brand.as_ref()),
            colours: texts(self.colour.as_ref()),
            sizes: texts(self.size.as_ref()),
            tags: texts(self.tag.as_ref()),
            statuses: self
                .status
                .iter()
                .flat_map(|tabs| tabs.iter().map(|tab| Tab::from(*tab).name().to_owned()))
                .collect(),
            price: (self.min_price.map(|min| min.0), self.max_price.map(|max| max.0)),
            min_rating: self.min_rating.map(|Stars(stars)| stars * 100),
            in_stock: self.in_stock == Some(Flag(true)),
            on_offer: self.on_offer == Some(Flag(true)),
            hidden_too: self.hidden_too,
        }
    }

    /// Where the products are, if nothing else is asked for than the list in its own order.
    pub(crate) fn places(&self, own: Order) -> Option<Places<'_>> {
        let all = self.filters();
        let plain = Filters {
            category: all.category.clone(),
            subcategory: all.subcategory.clone(),
            shop: all.shop.clone(),
            on_offer: own == Order::EndingSoon,
            ..Filters::default()
        };
        (all == plain && self.order(own) == own).then_some(Places {
            category: self.category.as_ref(),
            subcategory: self.subcategory.as_ref(),
            shop: self.shop.as_ref(),
        })
    }
}

/// Declares what a list can be asked for: what every list can, and what is its own.
macro_rules! asked {
    ($(#[$doc:meta])+ $vis:vis $name:ident { $($(#[$own_doc:meta])+ $own:ident: $kind:ty,)* }) => {
        $(#[$doc])+
        #[derive(Debug, souk_web::Deserr, souk_web::JsonSchema)]
        #[deserr(error = souk_web::FieldErrors, deny_unknown_fields)]
        $vis struct $name {
            /// Words to find; misspelt ones are corrected, and the last one may be unfinished. No character has a meaning of
            /// its own. Without a word, everything is found.
            #[deserr(default)]
            q: Option<$crate::asked::SearchText>,
            $($(#[$own_doc])+ #[deserr(default)] $own: Option<$kind>,)*
            /// Of this category only.
            #[deserr(default)]
            category: Option<souk_domain::Slug>,
            /// Of this part of the category only.
            #[deserr(default)]
            subcategory: Option<souk_domain::Slug>,
            /// Of one of these brands, between commas. A comma within a value is written `\,`, here and in every list.
            #[deserr(default)]
            brand: Option<souk_web::Several<souk_domain::product::Brand>>,
            /// In one of these colours, between commas.
            #[deserr(default)]
            colour: Option<souk_web::Several<souk_domain::catalogue::Colour>>,
            /// In one of these sizes, between commas.
            #[deserr(default)]
            size: Option<souk_web::Several<souk_domain::catalogue::Size>>,
            /// With one of these tags, between commas.
            #[deserr(default)]
            tag: Option<souk_web::Several<souk_domain::product::Tag>>,
            /// That costs at least this now, in minor units.
            #[deserr(default)]
            min_price: Option<$crate::asked::Amount>,
            /// That costs at most this now, in minor units.
            #[deserr(default)]
            max_price: Option<$crate::asked::Amount>,
            /// With at least so many stars.
            #[deserr(default)]
            min_rating: Option<$crate::asked::Stars>,
            /// Whether only what can be bought.
            #[deserr(default)]
            in_stock: Option<souk_web::Flag>,
            /// Which come first. Without it, what fits the words best; without words too, the list has an order of its own.
            #[deserr(default)]
            sort: Option<$crate::asked::Order>,
            /// The `next` of the part before. Without it, the first part.
            #[deserr(default)]
            cursor: Option<String>,
            /// How many entries at most; 20 if not given.
            #[deserr(default)]
            limit: Option<souk_web::PageSize>,
        }

        impl $name {
            fn asked(self) -> Result<($crate::asked::Asked, souk_web::Paging), souk_web::Problem> {
                let asked = $crate::asked::Asked {
                    q: self.q,
                    category: self.category,
                    subcategory: self.subcategory,
                    brand: self.brand,
                    colour: self.colour,
                    size: self.size,
                    tag: self.tag,
                    min_price: self.min_price,
                    max_price: self.max_price,
                    min_rating: self.min_rating,
                    in_stock: self.in_stock,
                    sort: self.sort,
                    $($own: self.$own,)*
                    ..$crate::asked::Asked::default()
                };
                Ok((asked.checked()?, souk_web::Paging::new(self.cursor, self.limit)))
            }
        }
    };
}

pub(crate) use asked;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_web::{FieldErrors, Problem};

    use super::*;

    asked! {
        /// As most lists.
        Input {
            /// Which shop.
            shop: Slug,
            /// Whether on offer.
            on_offer: Flag,
        }
    }

    fn asked(query: Value) -> Result<Asked, Problem> {
        let input = deserr::deserialize::<Input, Value, FieldErrors>(query)?;
        Ok(input.asked()?.0)
    }

    fn in_table(own: Order, query: Value) -> bool {
        asked(query).unwrap().places(own).is_some()
    }

    #[test]
    fn the_table_answers_what_is_where_in_the_order_that_the_list_has_anyway() {
        for query in [
            json!({}),
            json!({ "q": " \u{0}", "in_stock": "false", "on_offer": "false", "cursor": "x", "limit": "7" }),
            json!({ "category": "clothing", "subcategory": "tops", "sort": "newest" }),
            json!({ "shop": "blue-kiln" }),
        ] {
            assert!(in_table(Order::Newest, query.clone()), "{query}");
        }
        for query in [
            json!({ "q": "mug" }),
            json!({ "sort": "price_up" }),
            json!({ "colour": "Blue" }),
            json!({ "max_price": "0" }),
            json!({ "min_rating": "1" }),
            json!({ "in_stock": "true" }),
            json!({ "on_offer": "true" }),
        ] {
            assert!(!in_table(Order::Newest, query.clone()), "{query}");
        }
        assert!(in_table(Order::EndingSoon, json!({ "on_offer": "true", "shop": "blue-kiln" })));
        assert!(!in_table(Order::EndingSoon, json!({ "on_offer": "true", "sort": "newest" })));
        let everything = Asked { hidden_too: true, ..Asked::default() };
        assert_eq!(everything.places(Order::Newest), None, "the table has no list of what only admins see");
    }

    #[test]
    fn words_go_before_the_order_of_the_list_and_an_order_that_is_asked_for_before_both() {
        let order = |query: Value| asked(query).unwrap().order(Order::EndingSoon);
        assert_eq!(order(json!({})), Order::EndingSoon);
        assert_eq!(order(json!({ "q": "mug" })), Order::Relevance);
        assert_eq!(order(json!({ "q": "mug", "sort": "price_down" })), Order::PriceDown);
    }

    #[test]
    fn two_questions_have_one_name_only_if_they_are_one() {
        let name = |query: Value| format!("{:?}", asked(query).unwrap());
        assert_eq!(name(json!({ "q": "mug ", "limit": "1", "cursor": "x" })), name(json!({ "q": "mug" })));
        let others = [
            json!({ "q": "Mug" }),
            json!({ "colour": "mug" }),
            json!({ "size": "mug" }),
            json!({ "q": "mug", "sort": "relevance" }),
            json!({ "q": "mug\", colour: \"Blue" }),
        ];
        for other in others {
            assert_ne!(name(other.clone()), name(json!({ "q": "mug" })), "{other}");
        }
    }

    #[test]
    fn all_that_does_not_fit_together_is_named_at_once() {
        let refused = asked(json!({ "subcategory": "tops", "min_price": "2", "max_price": "1" })).unwrap_err();
        let pointers: Vec<&str> = refused.errors().iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["?category", "?max_price"]);
        assert!(asked(json!({ "min_price": "1", "max_price": "1" })).is_ok());
    }

    #[test]
    fn a_search_has_200_characters_at_most_whatever_they_are() {
        for text in ["ß".repeat(200), format!(" {} ", "🫖".repeat(200)), "\u{202e}\u{0}\u{7f}".repeat(66)] {
            assert!(SearchText::parse(&text).is_ok());
        }
        assert_eq!(SearchText::parse(&"x".repeat(201)).unwrap_err().code, "too_long");
        assert_eq!(SearchText::parse("a\u{0}b\n").unwrap().as_str(), "a b");
    }
}
