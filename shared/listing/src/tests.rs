use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{Currency, Id, MediaId, ProductId, ShopId, ShopName, Slug, site::Subcategory};
use souk_store_media::media::{Picture, ReferenceRefused};
use souk_store_shops::{shops::Shop, site::Category};
use souk_web::FieldErrors;
use uuid::Uuid;

use crate::Draft;

fn body() -> Value {
    let price = |cents: i64| json!({ "amount": cents, "currency": "EUR" });
    json!({
        "title": "Stoneware mug",
        "slug": "stoneware-mug",
        "status": "draft",
        "description": "<p>Thrown by hand.</p>",
        "pictures": [picture(1).id, picture(2).id],
        "price": price(1_850),
        "sale_price": price(1_500),
        "category": "home-kitchen",
        "subcategory": "mugs",
        "tags": ["gift"],
        "cash_on_delivery": true,
        "properties": [{ "name": "Glaze", "values": ["matt", "gloss"] }],
        "skus": [{ "stock": 25, "colour": "Blue", "size": "XL", "price": price(1_999) }, { "stock": 3 }],
    })
}

fn draft(body: Value) -> Draft {
    deserr::deserialize::<Draft, Value, FieldErrors>(body).unwrap()
}

fn picture(n: u128) -> Picture {
    let id = MediaId::from_uuid(Uuid::from_u128(n));
    Picture { id, width: 800, height: 600, blur: String::new(), renditions: Vec::new() }
}

fn category(retiring: bool) -> Category {
    Category {
        slug: Slug::parse("home-kitchen").unwrap(),
        name: serde_json::from_value(json!("Home and kitchen")).unwrap(),
        position: 1,
        picture: None,
        subcategories: vec![serde_json::from_value::<Subcategory>(json!({ "slug": "mugs", "name": "Mugs" })).unwrap()],
        commission: None,
        used: true,
        retiring: retiring.then(|| Slug::parse("garden").unwrap()),
        version: 1,
    }
}

fn shop() -> Shop {
    let name = ShopName::parse("Blue Kiln").unwrap();
    Shop::new(ShopId::from_uuid(Uuid::from_u128(7)), Slug::parse("blue-kiln").unwrap(), name, Timestamp::UNIX_EPOCH)
}

/// Returns the errors of a body: pointers and codes.
fn errors_of(
    body: Value,
    references: &[Result<Picture, ReferenceRefused>],
    category: Option<Category>,
) -> Vec<(String, String)> {
    let errors = draft(body).check(Currency::EUR, references, category).map(drop).unwrap_err();
    errors.0.into_iter().map(|error| (error.pointer, error.code.into_owned())).collect()
}

#[test]
fn a_draft_made_of_a_product_equals_the_draft_it_was_made_from() {
    let draft = draft(body());
    let references = [Ok(picture(1)), Ok(picture(2))];
    let (pictures, _) = draft.check(Currency::EUR, &references, Some(category(false))).unwrap();
    let id = ProductId::from_uuid(Uuid::from_u128(9));
    let whole = draft.assemble(id, draft.slug.clone().unwrap(), pictures, &shop(), Timestamp::UNIX_EPOCH);
    assert_eq!(Draft::of(&whole), draft);
    assert_eq!((whole.product.version, whole.product.last_sku, whole.product.is_listed()), (1, 2, false));
    // The threshold is five. The variant that begins with three is marked as low, so the seller is not notified of it.
    assert_eq!(whole.skus.iter().map(|sku| sku.low).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn all_errors_are_reported_at_once() {
    let mut bad = body();
    bad["price"]["currency"] = json!("USD");
    bad["sale_price"]["amount"] = json!(1_850);
    bad["skus"] = json!([{ "stock": 1 }, { "stock": 2, "price": { "amount": 0, "currency": "EUR" } }]);
    let references = [Ok(picture(1)), Err(ReferenceRefused::NotReady)];
    let expected = [
        ("/price/currency", "other_currency"),
        ("/sale_price/amount", "not_below_price"),
        ("/skus/1/price/amount", "out_of_range"),
        ("/skus/1", "duplicate"),
        ("/pictures/1", "not_ready"),
        ("/category", "unknown_category"),
    ];
    assert_eq!(
        errors_of(bad, &references, None),
        expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()))
    );
}

#[test]
fn a_retiring_category_accepts_no_product_and_a_subcategory_must_belong_to_its_category() {
    let references = [Ok(picture(1)), Ok(picture(2))];
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(errors_of(body(), &references, Some(category(true))), one("/category", "unknown_category"));
    let mut foreign = body();
    foreign["subcategory"] = json!("lamps");
    assert_eq!(errors_of(foreign, &references, Some(category(false))), one("/subcategory", "unknown_subcategory"));
}

#[test]
fn a_product_has_at_least_one_variant() {
    let mut bare = body();
    bare["skus"] = json!([]);
    let references = [Ok(picture(1)), Ok(picture(2))];
    assert_eq!(errors_of(bare, &references, Some(category(false))), [("/skus".to_owned(), "wrong_length".to_owned())]);
}
