//! Deployment - creates the first categories of a new site. Does nothing if the site exists, whatever admins have
//! changed.

use jiff::Timestamp;
use souk_domain::{
    Invalid, Slug,
    site::{CategoryName, Subcategory},
};
use souk_messaging::{Deployment, Failure};
use souk_store::Store;
use souk_store_shops::{ShopsExt as _, site::Category};

/// Creates the first categories.
#[derive(Debug)]
pub struct SeedSite;

impl Deployment for SeedSite {
    const MODULE: &'static str = module_path!();

    type Deps = Store;

    async fn run(store: &Store, _: Timestamp) -> Result<bool, Failure> {
        let categories = categories().map_err(|invalid| Failure::new(invalid.to_string()))?;
        Ok(store.site().begin(&categories).await?)
    }
}

/// A slug and its name.
type SlugAndName = (&'static str, &'static str);

/// The first categories with their subcategories, in the order of the site.
const CATEGORIES: [(SlugAndName, &[SlugAndName]); 10] = [
    (
        ("home-kitchen", "Home & kitchen"),
        &[
            ("tableware", "Tableware"),
            ("cookware", "Cookware"),
            ("furniture", "Furniture"),
            ("lighting", "Lighting"),
            ("textiles", "Textiles"),
            ("decoration", "Decoration"),
        ],
    ),
    (
        ("clothing", "Clothing"),
        &[
            ("tops", "Tops & shirts"),
            ("trousers", "Trousers"),
            ("dresses", "Dresses & skirts"),
            ("outerwear", "Outerwear"),
            ("shoes", "Shoes"),
            ("accessories", "Accessories"),
        ],
    ),
    (
        ("electronics", "Electronics"),
        &[
            ("audio", "Audio"),
            ("computers", "Computers"),
            ("phones", "Phones"),
            ("photography", "Photography"),
            ("cables-chargers", "Cables & chargers"),
        ],
    ),
    (
        ("beauty", "Beauty"),
        &[("skin-care", "Skin care"), ("hair", "Hair"), ("fragrance", "Fragrance"), ("bath", "Bath & soap")],
    ),
    (
        ("toys", "Toys"),
        &[("wooden-toys", "Wooden toys"), ("puzzles", "Puzzles"), ("board-games", "Board games"), ("plush", "Plush")],
    ),
    (
        ("sports", "Sports"),
        &[
            ("cycling", "Cycling"),
            ("camping", "Camping"),
            ("fitness", "Fitness"),
            ("running", "Running"),
            ("water-sports", "Water sports"),
        ],
    ),
    (
        ("books", "Books"),
        &[
            ("novels", "Novels"),
            ("children", "Children's books"),
            ("cooking", "Cooking"),
            ("art", "Art & photography"),
            ("stationery", "Stationery"),
        ],
    ),
    (
        ("jewellery", "Jewellery"),
        &[("rings", "Rings"), ("necklaces", "Necklaces"), ("earrings", "Earrings"), ("bracelets", "Bracelets")],
    ),
    (
        ("garden", "Garden"),
        &[("plants", "Plants"), ("pots", "Pots & planters"), ("tools", "Tools"), ("outdoor", "Outdoor living")],
    ),
    (
        ("food", "Food"),
        &[
            ("coffee-tea", "Coffee & tea"),
            ("chocolate", "Chocolate & sweets"),
            ("preserves", "Preserves"),
            ("spices", "Oils & spices"),
        ],
    ),
];

fn categories() -> Result<Vec<Category>, Invalid> {
    let part =
        |(slug, name): &SlugAndName| Ok(Subcategory { slug: Slug::parse(slug)?, name: CategoryName::parse(name)? });
    // Positions are 10 apart, so that a category can be inserted later without changing the positions of others.
    let category = |(position, ((slug, name), parts)): (u16, (SlugAndName, &[SlugAndName]))| {
        let subcategories = parts.iter().map(part).collect::<Result<_, _>>()?;
        Ok(Category { subcategories, ..Category::new(Slug::parse(slug)?, CategoryName::parse(name)?, position) })
    };
    (0..).step_by(10).zip(CATEGORIES).map(category).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_first_categories_have_distinct_slugs_and_3_to_6_subcategories() {
        let categories = categories().unwrap();
        let slugs: BTreeSet<&Slug> = categories.iter().map(|category| &category.slug).collect();
        assert_eq!(slugs.len(), CATEGORIES.len());
        for category in &categories {
            let parts: BTreeSet<&Slug> = category.subcategories.iter().map(|part| &part.slug).collect();
            assert_eq!(parts.len(), category.subcategories.len());
            assert!((3..=6).contains(&parts.len()), "{}", category.slug);
        }
    }
}
