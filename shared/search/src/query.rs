//! Questions and answers.

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words, as somebody typed them: never a syntax. Of more than 200 characters or 16 words the first ones count.
    /// `None` and a text without a word find everything.
    pub text: Option<String>,
    /// What the products have to be.
    pub filters: Filters,
    /// Which come first.
    pub sort: Sort,
    /// How many to pass over.
    pub offset: usize,
    /// How many to give at most.
    pub limit: usize,
    /// Whether to count the facets too.
    pub facets: bool,
}

/// What products have to be; all that is given applies. Of a list, any one value is enough; an empty list asks nothing.
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
    /// The colours it comes in.
    pub colours: Vec<String>,
    /// The sizes it comes in.
    pub sizes: Vec<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// How far it is.
    pub statuses: Vec<String>,
    /// The lowest and the highest price at the moment of asking, in minor units, both inclusive.
    pub price: (Option<i64>, Option<i64>),
    /// The lowest rating, in hundredths of a star.
    pub min_rating: Option<u16>,
    /// Only what can be bought.
    pub in_stock: bool,
    /// Only what has a lower price at the moment of asking.
    pub on_offer: bool,
    /// Hidden products too.
    pub hidden_too: bool,
}

/// Which products come first. Among equals the newer ones do, and among these a fixed order of their ids decides: so
/// pages of one version neither repeat nor leave out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// What fits the text best; among nearly equals what is in stock and sells well. Without a text, what is in stock,
    /// then what sells best.
    #[default]
    Relevance,
    /// By creation.
    Newest,
    /// The cheapest first, at the moment of asking.
    PriceUp,
    /// The dearest first, at the moment of asking.
    PriceDown,
    /// Most sold first.
    BestSelling,
    /// Best rated first, unrated last.
    Rating,
    /// The offer that ends first; what is on no offer at the moment of asking comes last.
    EndingSoon,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Its card, as it was put in.
    pub card: Vec<u8>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The page asked for.
    pub hits: Vec<Hit>,
    /// How many there are on all pages.
    pub total: usize,
    /// The facets, if asked for.
    pub facets: Option<Facets>,
    /// The text that was searched for instead, when words were corrected.
    pub did_you_mean: Option<String>,
}

/// What choosing further would give: each counted under all filters but its own. Most first, at most 50 each.
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
    /// The lowest and the highest price at the moment of asking; `None` when nothing was found.
    pub prices: Option<(i64, i64)>,
    /// How many have at least 1, 2, 3, 4 and 5 stars.
    pub ratings: [u64; 5],
    /// How many can be bought.
    pub in_stock: u64,
    /// How many have a lower price at the moment of asking.
    pub on_offer: u64,
}

/// What somebody who is still typing may mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// The text with its last word completed, the likeliest first.
    pub texts: Vec<String>,
    /// Products.
    pub products: Vec<Hit>,
    /// Shops.
    pub shops: Vec<Hit>,
    /// Categories and parts of them.
    pub categories: Vec<Hit>,
}
