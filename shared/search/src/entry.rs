//! The entries of the index.

/// An entry of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A product.
    Product(Box<ProductEntry>),
    /// A shop.
    Shop(ShopEntry),
    /// A category or a subcategory.
    Category(CategoryEntry),
}

/// The kind of an [`Entry`]. Ids are unique within one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`Entry::Product`]
    Product,
    /// [`Entry::Shop`]
    Shop,
    /// [`Entry::Category`]
    Category,
}

/// A product with all fields to search, filter, sort and count by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductEntry {
    /// The id.
    pub id: String,
    /// The version of the product. It is returned by [`Index::products`](crate::Index::products), for tests and checks.
    pub version: u64,
    /// The title, the field with the highest weight in a text query.
    pub title: String,
    /// The brand: text, facet and filter.
    pub brand: Option<String>,
    /// The seller's codes of the variants. A code with a digit finds its product alone, any other is text.
    pub codes: Vec<String>,
    /// Words to filter by: text, facet and filter.
    pub tags: Vec<String>,
    /// Words to find the product by, which are not shown.
    pub keywords: Vec<String>,
    /// A summary in a sentence or two.
    pub summary: Option<String>,
    /// The description as plain text.
    pub description: String,
    /// The values of specifications and properties.
    pub attributes: Vec<String>,
    /// The slug of the category: facet and filter.
    pub category: String,
    /// The slug of the subcategory: facet and filter.
    pub subcategory: Option<String>,
    /// The names of category and subcategory: text.
    pub category_names: Vec<String>,
    /// The slug of the shop: facet and filter.
    pub shop: String,
    /// The name of the shop: text.
    pub shop_name: String,
    /// The colours of the variants: facet and filter.
    pub colours: Vec<String>,
    /// The sizes of the variants: facet and filter.
    pub sizes: Vec<String>,
    /// The lowest price of a SKU while no offer runs, in minor units, 0 or more.
    pub price: i64,
    /// The offer.
    pub offer: Option<OfferEntry>,
    /// The rating in hundredths of a star, `None` without reviews.
    pub rating: Option<u16>,
    /// How many pieces were sold.
    pub sold: u64,
    /// Whether any variant is in stock.
    pub in_stock: bool,
    /// When the product was created, in milliseconds since 1970.
    pub created_at: i64,
    /// Who can find the product.
    pub state: Visibility,
    /// The status (`active`, `pending`, ...): a filter.
    pub status: String,
    /// The serialised product for lists, which is stored and returned unchanged.
    pub card: Vec<u8>,
}

/// A lower price for a limited time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferEntry {
    /// The lowest price of a SKU while the offer runs, in minor units.
    pub price: i64,
    /// When the offer begins, in milliseconds since 1970.
    pub starts_at: i64,
    /// When the offer ends (exclusive), in milliseconds since 1970.
    pub ends_at: i64,
}

/// Who can find a product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Listed,
    /// Only queries that include hidden products ([`Filters::include_hidden`](crate::Filters::include_hidden)).
    #[default]
    Hidden,
}

/// A shop, for suggestions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShopEntry {
    /// The id.
    pub id: String,
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The serialised shop for suggestions, which is stored and returned unchanged.
    pub card: Vec<u8>,
}

/// A category or a subcategory, for suggestions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryEntry {
    /// The slug, unique among categories, or among the subcategories of the parent.
    pub slug: String,
    /// The name.
    pub name: String,
    /// Slug and name of the category of a subcategory.
    pub parent: Option<(String, String)>,
    /// The serialised category for suggestions, which is stored and returned unchanged.
    pub card: Vec<u8>,
}

impl CategoryEntry {
    /// Returns the id: `slug`, or `parent/slug` for a subcategory.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.parent {
            Some((parent, _)) => format!("{parent}/{}", self.slug),
            None => self.slug.clone(),
        }
    }
}

impl Entry {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Product(_) => Kind::Product,
            Self::Shop(_) => Kind::Shop,
            Self::Category(_) => Kind::Category,
        }
    }

    pub(crate) fn id(&self) -> String {
        match self {
            Self::Product(product) => product.id.clone(),
            Self::Shop(shop) => shop.id.clone(),
            Self::Category(category) => category.id(),
        }
    }

    pub(crate) fn card(&self) -> &[u8] {
        match self {
            Self::Product(product) => &product.card,
            Self::Shop(shop) => &shop.card,
            Self::Category(category) => &category.card,
        }
    }
}
