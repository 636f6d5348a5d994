//! The whole stored item of every entity, attribute by attribute.

use souk_domain::{
    Few, Html, ProductId, ShopId, SkuId, Slug, Stock, StockChangeId,
    catalogue::{Colour, Size, SkuCode},
    pricing::Offer,
    product::{
        Brand, Keyword, Label, Property, Question, Remark, Reply, Specification, Status, StockDelta, StockReason,
        Summary, Tag, VideoUrl, Warranty,
    },
};
use souk_store::{Entity, entity::from_item};
use souk_store_media::media::{Picture, Rendition};
use souk_store_shapes::{at, eur, id, shapes, shop_name, slug, title};
use souk_store_shops::shops::Shop;

use crate::{
    members::Member,
    products::{Details, OfferPointer, Product, Sales, Sku, StockChange},
};

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

fn product() -> Product {
    Product {
        id: id::<ProductId>(3),
        shop: id(2),
        shop_name: shop_name(),
        shop_slug: slug(),
        shop_open: true,
        shop_version: 4,
        slug: slug(),
        title: title(),
        summary: None,
        picture: None,
        price: eur(2_400),
        sale_price: None,
        offer: None,
        category: Slug::parse("home-kitchen").unwrap(),
        subcategory: None,
        brand: None,
        tags: Few::default(),
        status: Status::Active,
        deleted_at: None,
        purging: false,
        last_sku: 2,
        version: 1,
        created_at: at(),
        updated_at: at(),
    }
}

fn rich_product() -> Product {
    Product {
        summary: Some(Summary::parse("A mug for large hands.").unwrap()),
        picture: Some(picture()),
        sale_price: Some(eur(1_850)),
        offer: Some(Offer { price: eur(1_500), starts_at: at(), ends_at: at() }),
        subcategory: Some(Slug::parse("mugs").unwrap()),
        brand: Some(Brand::parse("Blue Kiln").unwrap()),
        tags: Few::parse(vec![Tag::parse("handmade").unwrap()]).unwrap(),
        ..product()
    }
}

fn sku() -> Sku {
    Sku {
        id: SkuId { product: id(3), number: 1 },
        code: None,
        colour: Some(Colour::parse("Blue").unwrap()),
        size: None,
        price: None,
        available: Stock::parse(12).unwrap(),
        held: 2,
        low: false,
        removed: false,
    }
}

shapes! {
    a_product: product();
    a_product_with_all_it_can_have: rich_product();
    a_draft_of_a_product: Product { status: Status::Draft, ..product() };
    a_product_of_a_closed_shop: Product { shop_open: false, ..product() };
    a_product_that_is_purged: Product { purging: true, ..product().deleted(at()) };
    the_details_of_a_product: Details {
        description: Some(Html::parse("<p>Thrown by <em>hand</em>.</p>").unwrap()),
        pictures: vec![picture()],
        video_url: Some(VideoUrl::parse("https://www.example.com/mug").unwrap()),
        keywords: Few::parse(vec![Keyword::parse("coffee cup").unwrap()]).unwrap(),
        warranty: Some(Warranty::parse("2 years").unwrap()),
        cash_on_delivery: true,
        specifications: Few::parse(vec![Specification {
            name: Label::parse("Capacity").unwrap(),
            value: Remark::parse("350 ml").unwrap(),
        }])
        .unwrap(),
        properties: Few::parse(vec![Property {
            name: Label::parse("Glaze").unwrap(),
            values: Few::parse(vec![Label::parse("matt").unwrap(), Label::parse("glossy").unwrap()]).unwrap(),
        }])
        .unwrap(),
        faq: Few::parse(vec![Question {
            question: Remark::parse("May it go into a dishwasher?").unwrap(),
            answer: Reply::parse("Yes.").unwrap(),
        }])
        .unwrap(),
        ..Details::none(id(3))
    };
    the_details_of_a_product_without_any: Details::none(id(3));
    a_sku: sku();
    a_sku_that_runs_low_with_all_it_can_have: Sku {
        code: Some(SkuCode::parse("MUG-BLUE-L").unwrap()),
        size: Some(Size::parse("L").unwrap()),
        price: Some(eur(2_600)),
        low: true,
        ..sku()
    };
    a_sku_that_was_removed: Sku { removed: true, ..sku() };
    a_count_of_what_was_sold: Sales { product: id(3), sold: 12 };
    an_offer: OfferPointer::of(&rich_product()).unwrap();
    a_change_of_stock: StockChange {
        id: id::<StockChangeId>(11),
        sku: SkuId { product: id(3), number: 1 },
        delta: StockDelta::parse(-2).unwrap(),
        reason: Some(StockReason::Damage),
        at: at(),
    };
}

#[test]
fn a_product_is_in_the_lists_where_it_belongs() {
    let lists = |product: Product| {
        let places = [product.index(), product.index2(), product.index3()].into_iter();
        places.map(|place| place.map(|place| (place.list, place.at))).collect::<Vec<_>>()
    };
    let prod = id::<ProductId>(3).to_string();
    let shop = format!("SHOP#{}#PRODUCTS", id::<ShopId>(2));
    let category = "CATEGORY#home-kitchen";
    let place = |list: &str, at: String| Some((list.to_owned(), at));
    let trash = format!("{}#{prod}", at().as_millisecond() + 24 * 3_600_000);
    for (product, expected) in [
        (
            product(),
            [
                place("CATALOG", prod.clone()),
                place(&shop, format!("ACTIVE#{prod}")),
                place(category, format!("LISTED#{prod}")),
            ],
        ),
        (
            Product { shop_open: false, ..product() },
            [None, place(&shop, format!("ACTIVE#{prod}")), place(category, format!("HIDDEN#{prod}"))],
        ),
        (
            Product { status: Status::Pending, ..product() },
            [None, place(&shop, format!("PENDING#{prod}")), place(category, format!("HIDDEN#{prod}"))],
        ),
        (
            product().deleted(at()),
            [place("TRASH", trash), place(&shop, format!("DELETED#{prod}")), place(category, format!("HIDDEN#{prod}"))],
        ),
    ] {
        assert_eq!(lists(product), expected);
    }
    assert_eq!(product().deleted(at()).restored(at()), Product { version: 3, ..product() });
}

#[test]
fn a_categorys_list_tells_products_from_shops() {
    let shop = Shop::new(id(2), slug(), shop_name(), at());
    let items = [product().to_item().unwrap(), shop.to_item().unwrap()];
    let members = items.map(|item| from_item::<Member>(item).unwrap());
    assert_eq!(members, [Member::Product(product().into()), Member::Shop(shop.into())]);
}
