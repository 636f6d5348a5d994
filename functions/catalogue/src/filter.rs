//! The filters, order and paging that all lists of products share. `product_list_query!` declares the query of a list
//! with these parameters and with those that only this list has.

use souk_domain::{
    Invalid, Slug,
    catalogue::{Colour, Size},
    product::{Brand, Tag},
};
use souk_search::{Filters, Sort};
use souk_store_catalogue::products::Tab;
use souk_web::{Deserr, FieldError, FieldErrors, Flag, JsonSchema, Several};

use crate::list_own_products::TabName;

/// The words of a search, at most 200 characters. No character has a special meaning.
#[derive(Debug, Clone)]
pub(crate) struct SearchText(String);

impl SearchText {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.replace(char::is_control, " ").trim().to_owned();
        if raw.chars().count() > 200 {
            return Err(Invalid::new("too_long", "must have at most 200 characters"));
        }
        Ok(Self(text))
    }

    /// Returns the text, which may be empty.
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

/// A minimum rating: 1 to 5 stars.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stars(u16);

impl Stars {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        let stars = raw.parse().ok().filter(|stars| (1..=5).contains(stars)).map(Self);
        stars.ok_or_else(|| Invalid::new("out_of_range", "must be 1 to 5"))
    }
}

souk_domain::edge!(Stars, { "type": "integer", "minimum": 1, "maximum": 5 });

/// The order of a list of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
#[schemars(rename_all = "snake_case")]
pub(crate) enum ProductOrder {
    /// The best match first. Equal matches are ordered by availability and by sales.
    #[deserr(rename = "relevance")]
    Relevance,
    /// The newest first.
    #[deserr(rename = "newest")]
    Newest,
    /// The cheapest first, by the current price.
    #[deserr(rename = "price_up")]
    PriceUp,
    /// The most expensive first, by the current price.
    #[deserr(rename = "price_down")]
    PriceDown,
    /// The best-selling first.
    #[deserr(rename = "best_selling")]
    BestSelling,
    /// The best rated first.
    #[deserr(rename = "rating")]
    Rating,
    /// The offer that ends first comes first. Products without an offer come last.
    #[deserr(rename = "ending_soon")]
    EndingSoon,
}

impl From<ProductOrder> for Sort {
    fn from(order: ProductOrder) -> Self {
        match order {
            ProductOrder::Relevance => Self::Relevance,
            ProductOrder::Newest => Self::Newest,
            ProductOrder::PriceUp => Self::PriceUp,
            ProductOrder::PriceDown => Self::PriceDown,
            ProductOrder::BestSelling => Self::BestSelling,
            ProductOrder::Rating => Self::Rating,
            ProductOrder::EndingSoon => Self::EndingSoon,
        }
    }
}

/// The conditions on the products of a list, and its order.
#[derive(Debug, Default)]
pub(crate) struct ProductFilter {
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
    pub(crate) include_hidden: bool,
    pub(crate) sort: Option<ProductOrder>,
}

/// The conditions that the table can answer without an index: a category, a subcategory and a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableFilter<'a> {
    pub(crate) category: Option<&'a Slug>,
    pub(crate) subcategory: Option<&'a Slug>,
    pub(crate) shop: Option<&'a Slug>,
}

impl ProductFilter {
    /// Checks that the parameters fit together.
    pub(crate) fn checked(self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.subcategory.is_some() && self.category.is_none() {
            errors.0.push(FieldError::new("?category", "missing", "is required together with subcategory"));
        }
        if let (Some(Amount(min)), Some(Amount(max))) = (self.min_price, self.max_price)
            && min > max
        {
            errors.0.push(FieldError::new("?max_price", "out_of_range", "must not be below min_price"));
        }
        if errors.0.is_empty() { Ok(self) } else { Err(errors) }
    }

    /// Returns the words, if there are any.
    pub(crate) fn text(&self) -> Option<&str> {
        self.q.as_ref().map(SearchText::as_str).filter(|text| !text.is_empty())
    }

    /// Returns the order of the list: the requested one, relevance if there are words, or else the list's default
    /// order.
    pub(crate) fn order(&self, default_order: ProductOrder) -> ProductOrder {
        self.sort.unwrap_or(if self.text().is_some() { ProductOrder::Relevance } else { default_order })
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
            include_hidden: self.include_hidden,
        }
    }

    /// Returns the conditions for a read from the table, or `None` if only the index can answer.
    pub(crate) fn table_filter(&self, default_order: ProductOrder) -> Option<TableFilter<'_>> {
        let all = self.filters();
        let answerable = Filters {
            category: all.category.clone(),
            subcategory: all.subcategory.clone(),
            shop: all.shop.clone(),
            on_offer: default_order == ProductOrder::EndingSoon,
            ..Filters::default()
        };
        (all == answerable && self.order(default_order) == default_order).then_some(TableFilter {
            category: self.category.as_ref(),
            subcategory: self.subcategory.as_ref(),
            shop: self.shop.as_ref(),
        })
    }
}

/// Declares the query of a list of products: the parameters that all lists have, and those of this list.
macro_rules! product_list_query {
    ($(#[$doc:meta])+ $vis:vis $name:ident { $($(#[$own_doc:meta])+ $own:ident: $kind:ty,)* }) => {
        $(#[$doc])+
        #[derive(Debug, souk_web::Deserr, souk_web::JsonSchema)]
        #[deserr(error = souk_web::FieldErrors, deny_unknown_fields)]
        $vis struct $name {
            /// Words to find. Misspelt words are corrected, and the last word may be unfinished. No character has a
            /// special meaning. Without words, all products match.
            #[deserr(default)]
            q: Option<$crate::filter::SearchText>,
            $($(#[$own_doc])+ #[deserr(default)] $own: Option<$kind>,)*
            /// Only products of this category.
            #[deserr(default)]
            category: Option<souk_domain::Slug>,
            /// Only products of this subcategory. Requires `category`.
            #[deserr(default)]
            subcategory: Option<souk_domain::Slug>,
            /// Only products of one of these brands, separated by commas. A comma within a value is written `\,`, here
            /// and in every list.
            #[deserr(default)]
            brand: Option<souk_web::Several<souk_domain::product::Brand>>,
            /// Only products in one of these colours, separated by commas.
            #[deserr(default)]
            colour: Option<souk_web::Several<souk_domain::catalogue::Colour>>,
            /// Only products in one of these sizes, separated by commas.
            #[deserr(default)]
            size: Option<souk_web::Several<souk_domain::catalogue::Size>>,
            /// Only products with one of these tags, separated by commas.
            #[deserr(default)]
            tag: Option<souk_web::Several<souk_domain::product::Tag>>,
            /// Only products whose current price is at least this, in minor units.
            #[deserr(default)]
            min_price: Option<$crate::filter::Amount>,
            /// Only products whose current price is at most this, in minor units.
            #[deserr(default)]
            max_price: Option<$crate::filter::Amount>,
            /// Only products that are rated with at least so many stars.
            #[deserr(default)]
            min_rating: Option<$crate::filter::Stars>,
            /// Whether to leave out products that are out of stock.
            #[deserr(default)]
            in_stock: Option<souk_web::Flag>,
            /// The order. If not given, the best match comes first, and without words the list has its own order.
            #[deserr(default)]
            sort: Option<$crate::filter::ProductOrder>,
            /// The `next` of the previous page. Without it, the first page.
            #[deserr(default)]
            cursor: Option<String>,
            /// How many entries at most; 20 if not given.
            #[deserr(default)]
            limit: Option<souk_web::PageSize>,
        }

        impl $name {
            fn filter_and_paging(self) -> Result<($crate::filter::ProductFilter, souk_web::Paging), souk_web::Problem> {
                let filter = $crate::filter::ProductFilter {
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
                    ..$crate::filter::ProductFilter::default()
                };
                Ok((filter.checked()?, souk_web::Paging::new(self.cursor, self.limit)))
            }
        }
    };
}

pub(crate) use product_list_query;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_web::{FieldErrors, Problem};

    use super::*;

    product_list_query! {
        /// A query like that of most lists.
        TestQuery {
            /// The shop.
            shop: Slug,
            /// Whether on offer.
            on_offer: Flag,
        }
    }

    fn parse(query: Value) -> Result<ProductFilter, Problem> {
        let input = deserr::deserialize::<TestQuery, Value, FieldErrors>(query)?;
        Ok(input.filter_and_paging()?.0)
    }

    fn in_table(default_order: ProductOrder, query: Value) -> bool {
        parse(query).unwrap().table_filter(default_order).is_some()
    }

    #[test]
    fn the_table_answers_category_and_shop_in_the_default_order_of_the_list() {
        for query in [
            json!({}),
            json!({ "q": " \u{0}", "in_stock": "false", "on_offer": "false", "cursor": "x", "limit": "7" }),
            json!({ "category": "clothing", "subcategory": "tops", "sort": "newest" }),
            json!({ "shop": "blue-kiln" }),
        ] {
            assert!(in_table(ProductOrder::Newest, query.clone()), "{query}");
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
            assert!(!in_table(ProductOrder::Newest, query.clone()), "{query}");
        }
        assert!(in_table(ProductOrder::EndingSoon, json!({ "on_offer": "true", "shop": "blue-kiln" })));
        assert!(!in_table(ProductOrder::EndingSoon, json!({ "on_offer": "true", "sort": "newest" })));
        let everything = ProductFilter { include_hidden: true, ..ProductFilter::default() };
        assert_eq!(
            everything.table_filter(ProductOrder::Newest),
            None,
            "the table has no list of products that only admins see"
        );
    }

    #[test]
    fn a_requested_order_overrides_relevance_and_relevance_overrides_the_default_order() {
        let order = |query: Value| parse(query).unwrap().order(ProductOrder::EndingSoon);
        assert_eq!(order(json!({})), ProductOrder::EndingSoon);
        assert_eq!(order(json!({ "q": "mug" })), ProductOrder::Relevance);
        assert_eq!(order(json!({ "q": "mug", "sort": "price_down" })), ProductOrder::PriceDown);
    }

    #[test]
    fn two_filters_have_the_same_cursor_name_only_if_they_are_equal() {
        let name = |query: Value| format!("{:?}", parse(query).unwrap());
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
    fn all_contradictions_are_reported_at_once() {
        let refused = parse(json!({ "subcategory": "tops", "min_price": "2", "max_price": "1" })).unwrap_err();
        let pointers: Vec<&str> = refused.errors().iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["?category", "?max_price"]);
        assert!(parse(json!({ "min_price": "1", "max_price": "1" })).is_ok());
    }

    #[test]
    fn a_search_has_at_most_200_characters_of_any_kind() {
        for text in ["ß".repeat(200), "🫖".repeat(200), "\u{202e}\u{0}\u{7f}".repeat(66)] {
            assert!(SearchText::parse(&text).is_ok());
        }
        assert_eq!(SearchText::parse(&"x".repeat(201)).unwrap_err().code, "too_long");
        assert_eq!(SearchText::parse("a\u{0}b\n").unwrap().as_str(), "a b");
    }
}
