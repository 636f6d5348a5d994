use super::{product, titled, written};
use crate::{CategoryEntry, Entry, Hit, Index, Language, ProductEntry, ShopEntry, Suggestions, Visibility};

fn shop(id: &str, name: &str) -> Entry {
    Entry::Shop(ShopEntry { id: id.to_owned(), slug: id.to_owned(), name: name.to_owned(), card: b"shop".to_vec() })
}

fn category(slug: &str, name: &str, parent: Option<(&str, &str)>) -> Entry {
    let parent = parent.map(|(slug, name)| (slug.to_owned(), name.to_owned()));
    Entry::Category(CategoryEntry { slug: slug.to_owned(), name: name.to_owned(), parent, card: b"category".to_vec() })
}

fn market() -> Index {
    let entries = [
        Entry::Product(Box::new(ProductEntry { sold: 9, ..product("mug", "Stoneware mug") })),
        Entry::Product(Box::new(product("bowl", "Stoneware bowl"))),
        Entry::Product(Box::new(product("pan", "Steel pan"))),
        Entry::Product(Box::new(ProductEntry { state: Visibility::Hidden, ..product("secret", "Stupendous secret") })),
        shop("kiln", "Stone & Kiln"),
        shop("heron", "Blue Heron"),
        category("home", "Home and living", None),
        category("stoves", "Stoves", Some(("home", "Home and living"))),
    ];
    Index::open(written(None, Language::English, entries), Language::English).unwrap()
}

fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.id.as_str()).collect()
}

#[test]
fn an_unfinished_text_is_completed_to_products_shops_categories_and_texts() {
    let Suggestions { texts, products, shops, categories } = market().suggest("sto", 10).unwrap();
    assert_eq!(texts, ["stoneware"]);
    assert_eq!(ids(&products), ["mug", "bowl"]);
    assert_eq!(ids(&shops), ["kiln"]);
    assert_eq!(ids(&categories), ["home/stoves"]);
    assert_eq!(products[0].card, b"the card of mug");
}

#[test]
fn only_the_last_word_is_completed_and_the_others_must_match() {
    let suggestions = market().suggest("stoneware b", 10).unwrap();
    assert_eq!(suggestions.texts, ["stoneware bowl"]);
    assert_eq!(ids(&suggestions.products), ["bowl"]);
    assert_eq!(ids(&market().suggest("blue he", 10).unwrap().shops), ["heron"]);
}

#[test]
fn an_unfinished_word_may_be_mistyped() {
    let suggestions = market().suggest("stonwa", 10).unwrap();
    assert_eq!(ids(&suggestions.products), ["mug", "bowl"]);
    assert_eq!(ids(&market().suggest("hreon", 10).unwrap().shops), ["heron"]);
}

#[test]
fn no_digit_of_an_unfinished_word_is_corrected() {
    let entries = [Entry::Product(Box::new(product("battery", "Battery CR2032"))), shop("studio", "Studio R2032")];
    let index = Index::open(written(None, Language::English, entries), Language::English).unwrap();
    for typed in ["cr2016", "cr204", "r2016", "r204"] {
        assert_eq!(index.suggest(typed, 10).unwrap(), Suggestions::default(), "{typed}");
    }
    assert_eq!(ids(&index.suggest("cr20", 10).unwrap().products), ["battery"]);
    assert_eq!(ids(&index.suggest("r20", 10).unwrap().shops), ["studio"]);
}

#[test]
fn words_of_hidden_products_are_not_suggested() {
    let suggestions = market().suggest("stup", 10).unwrap();
    assert_eq!((suggestions.texts.len(), suggestions.products.len()), (0, 0));
}

#[test]
fn texts_are_spelled_as_in_products_and_limited_in_number() {
    let german = titled(Language::German, &["Küchenmesser", "Küchenwaage", "Kuchenform"]);
    assert_eq!(german.suggest("küch", 2).unwrap().texts.len(), 2);
    assert!(german.suggest("kuche", 10).unwrap().texts.contains(&String::from("küchenmesser")));
    assert_eq!(german.suggest(" !", 10).unwrap(), Suggestions::default());
}

#[test]
fn shops_and_categories_are_not_found_as_products() {
    let found = super::finds(&market(), "kiln");
    assert_eq!(found, [""; 0]);
    assert_eq!(market().products(None).unwrap().len(), 4);
}

#[test]
fn related_products_of_the_same_category_come_first_then_those_with_most_in_common() {
    let like = |id: &str, title: &str, category: &str, brand: &str, tags: &[&str]| ProductEntry {
        category: category.to_owned(),
        brand: Some(brand.to_owned()),
        tags: tags.iter().map(ToString::to_string).collect(),
        ..product(id, title)
    };
    let products = [
        like("mug", "Stoneware mug", "home", "Kiln", &["handmade", "gift"]),
        like("no more alike", "Poster", "home", "Other", &[]),
        like("same brand", "Poster", "home", "Kiln", &[]),
        like("same words", "Stoneware mug", "home", "Other", &[]),
        like("same all", "Stoneware mug", "home", "Kiln", &["handmade", "gift"]),
        like("elsewhere", "Stoneware mug", "garden", "Kiln", &["handmade", "gift"]),
        like("nothing alike", "Poster", "garden", "Other", &[]),
        ProductEntry { in_stock: false, ..like("gone", "Stoneware mug", "home", "Kiln", &[]) },
        ProductEntry { state: Visibility::Hidden, ..like("hidden", "Stoneware mug", "home", "Kiln", &[]) },
    ];
    let index = super::index(Language::English, products);
    let related = index.related("mug", 10).unwrap();
    assert_eq!(ids(&related), ["same all", "same words", "same brand", "no more alike", "elsewhere"]);
    assert_eq!(ids(&index.related("mug", 2).unwrap()), ["same all", "same words"]);
    assert_eq!(index.related("unknown", 10).unwrap(), []);
}
