//! Queries and their results.

/// A query for products.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words as somebody typed them; no character has a special meaning. Only the first 200 characters and 16 words
    /// count. `None` and a text without a word match all products.
    pub text: Option<String>,
    /// The conditions on the products.
    pub filters: Filters,
    /// The order.
    pub sort: Sort,
    /// How many products to skip.
    pub offset: usize,
    /// How many products to return at most.
    pub limit: usize,
    /// Whether to count the facets.
    pub facets: bool,
}

/// Conditions on products. All of them must hold. Of a list, any one value must match; an empty list matches
/// everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// The slug of the category.
    pub category: Option<String>,
    /// The slug of the subcategory.
    pub subcategory: Option<String>,
    /// The slug of the shop.
    pub shop: Option<String>,
    /// The brands.
    pub brands: Vec<String>,
    /// The colours.
    pub colours: Vec<String>,
    /// The sizes.
    pub sizes: Vec<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// The statuses.
    pub statuses: Vec<String>,
    /// The lowest and the highest current price, in minor units, both inclusive.
    pub price: (Option<i64>, Option<i64>),
    /// The lowest rating, in hundredths of a star.
    pub min_rating: Option<u16>,
    /// Only products in stock.
    pub in_stock: bool,
    /// Only products with a running offer.
    pub on_offer: bool,
    /// Also hidden products.
    pub include_hidden: bool,
}

/// The order of products. Equal products are ordered by creation, the newest first, and then by a fixed order of their
/// ids. So pages of one version neither repeat nor miss products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best match for the text first. Nearly equal matches are ordered by availability and by sales. Without a
    /// text, products in stock first, then the best-selling.
    #[default]
    Relevance,
    /// The newest first.
    Newest,
    /// The cheapest first, by the current price.
    PriceUp,
    /// The most expensive first, by the current price.
    PriceDown,
    /// The best-selling first.
    BestSelling,
    /// The best rated first, products without reviews last.
    Rating,
    /// The offer that ends first comes first. Products without a running offer come last.
    EndingSoon,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The id.
    pub id: String,
    /// The card as it was put.
    pub card: Vec<u8>,
}

/// The result of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchResults {
    /// The requested page.
    pub hits: Vec<Hit>,
    /// How many products there are on all pages.
    pub total: usize,
    /// The facets, if requested.
    pub facets: Option<Facets>,
    /// The text that was searched for instead, if words were corrected.
    pub did_you_mean: Option<String>,
}

/// The values to filter further by. Each facet is counted with all filters but its own. The most frequent values first,
/// at most 50 per facet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Slugs of categories.
    pub categories: Vec<(String, u64)>,
    /// Slugs of subcategories.
    pub subcategories: Vec<(String, u64)>,
    /// Brands.
    pub brands: Vec<(String, u64)>,
    /// Colours.
    pub colours: Vec<(String, u64)>,
    /// Sizes.
    pub sizes: Vec<(String, u64)>,
    /// Tags.
    pub tags: Vec<(String, u64)>,
    /// Slugs of shops.
    pub shops: Vec<(String, u64)>,
    /// The lowest and the highest current price; `None` if nothing was found.
    pub prices: Option<(i64, i64)>,
    /// How many products have at least 1, 2, 3, 4 and 5 stars.
    pub ratings: [u64; 5],
    /// How many products are in stock.
    pub in_stock: u64,
    /// How many products have a running offer.
    pub on_offer: u64,
}

/// Completions of a text that is still being typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// The text with its last word completed, the likeliest completion first.
    pub texts: Vec<String>,
    /// Products.
    pub products: Vec<Hit>,
    /// Shops.
    pub shops: Vec<Hit>,
    /// Categories and subcategories.
    pub categories: Vec<Hit>,
}
