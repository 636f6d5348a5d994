//! What is put into the index.

/// Something that can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A product.
    Product(Box<ProductEntry>),
    /// A shop.
    Shop(ShopEntry),
    /// A category or a part of one.
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

/// A product as it is found, filtered, sorted and counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductEntry {
    /// Names it among products.
    pub id: String,
    /// Which state of the product this is: for tests and checks, given back by [`Index::products`](crate::Index::products).
    pub version: u64,
    /// What it is called. Counts most in a text query.
    pub title: String,
    /// Who makes it: text, facet and filter.
    pub brand: Option<String>,
    /// What people filter by: text, facet and filter.
    pub tags: Vec<String>,
    /// Words it is found by and that nobody sees.
    pub keywords: Vec<String>,
    /// It in a sentence or two.
    pub summary: Option<String>,
    /// It at length, as plain text.
    pub description: String,
    /// Values of specifications and properties.
    pub attributes: Vec<String>,
    /// The slug of its category: facet and filter.
    pub category: String,
    /// The slug of the part of its category: facet and filter.
    pub subcategory: Option<String>,
    /// What its category and subcategory are called: text.
    pub category_names: Vec<String>,
    /// The slug of its shop: facet and filter.
    pub shop: String,
    /// What its shop is called: text.
    pub shop_name: String,
    /// The colours it comes in: facet and filter.
    pub colours: Vec<String>,
    /// The sizes it comes in: facet and filter.
    pub sizes: Vec<String>,
    /// The lowest price of a SKU outside the offer, in minor units, 0 or more.
    pub price: i64,
    /// The price inside a window.
    pub offer: Option<OfferEntry>,
    /// Hundredths of a star, `None` before the first review.
    pub rating: Option<u16>,
    /// How many were sold.
    pub sold: u64,
    /// Whether one can be bought.
    pub in_stock: bool,
    /// When it was created, milliseconds of Unix time.
    pub created_at: i64,
    /// Who finds it.
    pub state: State,
    /// How far it is (`active`, `pending`, ...): a filter.
    pub status: String,
    /// What a list shows of it: kept and given back as it is.
    pub card: Vec<u8>,
}

/// A lower price inside a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferEntry {
    /// The lowest price of a SKU inside the window, in minor units.
    pub price: i64,
    /// From when it counts, milliseconds of Unix time.
    pub starts_at: i64,
    /// Until when, exclusive, milliseconds of Unix time.
    pub ends_at: i64,
}

/// Who finds a product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Everybody.
    Listed,
    /// Who asks for hidden ones too ([`Filters::hidden_too`](crate::Filters::hidden_too)).
    #[default]
    Hidden,
}

/// A shop as it is suggested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShopEntry {
    /// Names it among shops.
    pub id: String,
    /// Its place in addresses.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What a suggestion shows of it: kept and given back as it is.
    pub card: Vec<u8>,
}

/// A category, or a part of one, as it is suggested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryEntry {
    /// Names it among the parts of its parent, or among categories.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Slug and name of the category it is a part of.
    pub parent: Option<(String, String)>,
    /// What a suggestion shows of it: kept and given back as it is.
    pub card: Vec<u8>,
}

impl CategoryEntry {
    /// What names it among categories and their parts: `slug`, or `parent/slug`.
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
