//! The whole stored item of every entity, attribute by attribute.

use souk_domain::{
    Country, Description, DomainName, Few, Shipping, ShopId, Slug, Stock, TaxRate, WebUrl,
    address::{City, StreetLine, Zip},
    custom_domain::{DomainState, Obstacle},
    shipping::{Days, DispatchDays},
    shop::{OpeningHours, ShopAddress, SocialLinks},
    site::{CategoryName, Commission, Subcategory},
    tax::{ShopTax, TaxNumber},
};
use souk_store_media::media::{Picture, Rendition};
use souk_store_shapes::{at, email, eur, id, shapes, shop_name, slug};

use crate::{
    custom_domains::{CustomDomain, DomainClaim},
    shops::{Barred, ClosedShop, FollowerCount, Shop},
    site::{Category, Settings},
};

fn shop() -> Shop {
    Shop {
        id: id::<ShopId>(2),
        slug: slug(),
        name: shop_name(),
        bio: Some(Description::parse("Mugs.").unwrap()),
        category: Some(Slug::parse("kitchen").unwrap()),
        address: Some(ShopAddress {
            street: StreetLine::parse("Kiln Lane 7").unwrap(),
            street2: None,
            city: City::parse("Potsdam").unwrap(),
            state: None,
            zip: Some(Zip::parse("14467").unwrap()),
            country: Country::parse("DE").unwrap(),
        }),
        opening_hours: Some(OpeningHours::default()),
        website: Some(WebUrl::parse("https://www.example.com").unwrap()),
        social: SocialLinks { x: Some(WebUrl::parse("https://x.com/kiln").unwrap()), ..SocialLinks::default() },
        avatar: Some(picture()),
        cover: None,
        low_stock: Stock::LOW,
        shipping: None,
        tax: None,
        banned: false,
        deleted_at: None,
        purging: false,
        version: 1,
        created_at: at(),
    }
}

fn domain(state: DomainState) -> CustomDomain {
    CustomDomain {
        shop: id(2),
        name: DomainName::parse("www.example.com").unwrap(),
        token: "0192f3a4b5c67d8e9fa0b1c2d3e4f5a6".to_owned(),
        state,
        since: at(),
        looked_at: None,
        look_at: None,
        version: 1,
    }
}

fn picture() -> Picture {
    let rendition = Rendition { width: 320, height: 240, path: "media_1/320.webp".to_owned() };
    Picture {
        id: id(4),
        width: 1_600,
        height: 1_200,
        blur: "2fcZFIB3iId/h3iJh4aIYJ2V8g==".to_owned(),
        renditions: vec![rendition],
    }
}

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
    a_shop: shop();
    a_shop_with_terms_of_shipping_and_tax: Shop {
        shipping: Some(Shipping {
            countries: Some(Few::parse(vec![Country::parse("DE").unwrap(), Country::parse("AT").unwrap()]).unwrap()),
            rate: Some(eur(490)),
            free_above: Some(eur(5_000)),
            dispatch_days: Some(DispatchDays { from: Days::parse(1).unwrap(), to: Days::parse(3).unwrap() }),
        }),
        tax: Some(ShopTax {
            number: Some(TaxNumber::parse("DE123456789").unwrap()),
            rate: TaxRate::parse(1_900).unwrap(),
            categories: [(Slug::parse("books").unwrap(), TaxRate::parse(700).unwrap())].into(),
        }),
        ..shop()
    };
    a_shop_that_was_deleted: shop().deleted(at());
    a_closed_shop: ClosedShop { shop: id(2), at: at() };
    a_barred_seller: Barred { email: email(), shop: id(2), at: at() };
    a_domain_that_is_waited_for: CustomDomain {
        looked_at: Some(at()),
        look_at: Some(at()),
        ..domain(DomainState::Pending { reason: Some(Obstacle::ProofMissing) })
    };
    a_verified_domain: domain(DomainState::Verified);
    a_claim_on_a_domain: DomainClaim { name: DomainName::parse("www.example.com").unwrap(), shop: id(2) };
    a_count_of_followers: FollowerCount::none(id(2)).next(1, true);
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
