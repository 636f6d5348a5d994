//! Those of the site.

use souk_domain::site::{CategoryName, Commission, Subcategory};

use super::*;
use crate::site::{Category, Member, Settings};

fn category() -> Category {
    Category {
        slug: Slug::parse("home-kitchen").unwrap(),
        name: CategoryName::parse("Home & kitchen").unwrap(),
        position: 10,
        picture: None,
        subcategories: Vec::new(),
        commission: None,
        used: false,
        retiring: None,
        version: 1,
    }
}

shapes! {
    a_category_with_nothing_in_it: category();
    a_category_that_retires: Category {
        picture: Some(picture()),
        subcategories: vec![Subcategory {
            slug: Slug::parse("tableware").unwrap(),
            name: CategoryName::parse("Tableware").unwrap(),
        }],
        commission: Some(Commission::parse(800).unwrap()),
        used: true,
        retiring: Some(Slug::parse("garden").unwrap()),
        version: 2,
        ..category()
    };
    the_site_settings: Settings { logo: Some(picture()), banners: vec![picture()], categories: 10, version: 2 };
}

#[test]
fn a_categorys_list_tells_products_from_shops() {
    let product = products::product();
    let items = [product.to_item().unwrap(), shop().to_item().unwrap()];
    let members = items.map(|item| crate::entity::from_item::<Member>(item).unwrap());
    assert_eq!(members, [Member::Product(product.into()), Member::Shop(shop().into())]);
}
