use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use super::{finds, product, written};
use crate::{Entry, File, Files, Index, Kind, Language, ProductEntry, Writer};

fn entry(id: &str, title: &str) -> Entry {
    Entry::Product(Box::new(product(id, title)))
}

fn open(files: Files) -> Index {
    Index::open(files, Language::English).unwrap()
}

fn after(files: Option<Files>, entries: impl IntoIterator<Item = Entry>) -> Files {
    written(files, Language::English, entries)
}

#[test]
fn an_entry_is_replaced_and_removed_by_its_id() {
    let first = after(None, [entry("a", "A shoe"), entry("b", "A hat")]);
    let mut writer = Writer::open(Some(first), Language::English).unwrap();
    writer.put(&entry("c", "A shirt")).unwrap();
    writer.put(&entry("a", "A scarf")).unwrap();
    writer.put(&entry("a", "A glove")).unwrap();
    writer.remove(Kind::Product, "b");
    writer.remove(Kind::Product, "never there");
    let index = open(writer.commit().unwrap());
    assert_eq!(finds(&index, "glove"), ["a"]);
    assert_eq!(finds(&index, "shirt"), ["c"]);
    for gone in ["shoe", "hat", "scarf"] {
        assert_eq!(finds(&index, gone), [""; 0], "{gone}");
    }
}

#[test]
fn ids_are_unique_per_kind() {
    let shop =
        Entry::Shop(crate::ShopEntry { id: String::from("a"), name: String::from("Shop"), ..Default::default() });
    let files = after(None, [entry("a", "Mug"), shop]);
    let mut writer = Writer::open(Some(files), Language::English).unwrap();
    writer.remove(Kind::Shop, "a");
    let index = open(writer.commit().unwrap());
    assert_eq!(finds(&index, "mug"), ["a"]);
    assert_eq!(index.suggest("shop", 5).unwrap().shops, []);
}

#[test]
fn ids_with_the_same_uuid_and_different_prefixes_are_different() {
    let ids = [
        "prod_00000000000000000000000000000001",
        "item_00000000000000000000000000000001",
        "00000000000000000000000000000001",
        "prod_00000000000000000000000000000002",
        "prod_0000000000000000000000000000000G",
        "ä_00000000000000000000000000000001",
    ];
    let files = after(None, ids.map(|id| entry(id, "Mug")));
    let files = after(Some(files), [entry(ids[0], "Plate")]);
    assert_eq!(open(files).products(None).unwrap().len(), ids.len());
}

#[test]
fn an_empty_index_can_be_committed_and_searched() {
    let index = open(after(None, []));
    assert_eq!(finds(&index, "mug"), [""; 0]);
    assert_eq!(index.products(None).unwrap(), []);
    let mut writer = Writer::open(Some(after(None, [entry("a", "Mug")])), Language::English).unwrap();
    writer.remove(Kind::Product, "a");
    let index = open(writer.commit().unwrap());
    assert_eq!(index.products(None).unwrap(), []);
}

#[test]
fn an_open_version_does_not_change() {
    let first = after(None, [entry("a", "Mug")]);
    let before = open(first.clone());
    let second = after(Some(first), [entry("a", "Plate")]);
    let next = before.reopen(second, Language::English).unwrap();
    assert_eq!(finds(&before, "mug"), ["a"]);
    assert_eq!(finds(&next, "mug"), [""; 0]);
    assert_eq!(finds(&next, "plate"), ["a"]);
}

#[test]
fn only_meta_json_changes_under_its_name() {
    let mut files = after(None, (0..50).map(|id| entry(&id.to_string(), "Mug")));
    let mut known: BTreeMap<String, File> = BTreeMap::new();
    for round in 0..40 {
        files = after(Some(files), [entry(&(round % 7).to_string(), "Mug")]);
        for (name, file) in files.iter().filter(|(name, _)| *name != "meta.json") {
            let earlier = known.entry(name.to_owned()).or_insert_with(|| file.clone());
            assert_eq!(**earlier, **file, "{name}");
        }
    }
    assert_eq!(open(files).products(None).unwrap().len(), 50);
}

#[test]
fn a_version_has_all_its_files_no_lock_and_few_segments_after_many_commits() {
    let mut files = after(None, []);
    for round in 0..100 {
        files = after(Some(files), [entry(&round.to_string(), "Mug")]);
    }
    assert!(files.get("meta.json").is_some());
    assert!(files.iter().all(|(name, _)| !name.contains("lock") && !name.contains("temp")));
    let segments: BTreeSet<_> = files.iter().filter_map(|(name, _)| name.strip_suffix(".idx")).collect();
    assert!(segments.len() <= 12, "{}", segments.len());
    assert_eq!(open(files).products(None).unwrap().len(), 100);
}

#[test]
fn a_changed_product_costs_a_small_upload_for_any_size_of_the_index() {
    let files = after(None, (0..2_000).map(|id| entry(&id.to_string(), &format!("Mug number {id}"))));
    let before: BTreeSet<_> = files.iter().map(|(name, _)| name.to_owned()).collect();
    let next = after(Some(files), [entry("77", "Plate")]);
    let new = next.iter().filter(|(name, _)| *name == "meta.json" || !before.contains(*name));
    let bytes: usize = new.map(|(_, file)| file.len()).sum();
    assert!(bytes < 16_000, "{bytes}");
}

#[test]
fn a_damaged_version_is_an_error() {
    let files = after(None, [entry("a", "Mug")]);
    let without = files.clone().into_iter().filter(|(name, _)| name != "meta.json").collect();
    assert!(Index::open(without, Language::English).is_err());
    let half = files.into_iter().filter(|(name, _)| !name.ends_with(".fast")).collect();
    assert!(Index::open(half, Language::English).is_err());
}

#[test]
fn cards_are_returned_unchanged() {
    let odd = ProductEntry { card: vec![0, 255, 10, 13], ..product("odd", "Mug") };
    let index = super::index(Language::English, [odd, ProductEntry { card: Vec::new(), ..product("none", "Plate") }]);
    let cards = super::search(&index, crate::Query::default()).hits.into_iter().map(|hit| (hit.id, hit.card));
    let cards: BTreeMap<_, _> = cards.collect();
    assert_eq!(cards["odd"], [0, 255, 10, 13]);
    assert_eq!(cards["none"], [0_u8; 0]);
}

#[derive(Debug, Clone)]
enum Change {
    Put(u8, u64),
    Remove(u8),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (any::<bool>(), 0..12_u8, 0..1000_u64)
        .prop_map(|(put, id, version)| if put { Change::Put(id, version) } else { Change::Remove(id) });
    prop::collection::vec(change, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    #[test]
    fn after_any_sequence_of_changes_the_index_equals_a_map(
        commits in prop::collection::vec(changes(), 1..10),
    ) {
        let mut model: BTreeMap<String, u64> = BTreeMap::new();
        let mut files = None;
        for changes in commits {
            let mut writer = Writer::open(files, Language::English).unwrap();
            for change in changes {
                match change {
                    Change::Put(id, version) => {
                        let product = ProductEntry { version, ..product(&id.to_string(), "Mug") };
                        writer.put(&Entry::Product(Box::new(product))).unwrap();
                        model.insert(id.to_string(), version);
                    }
                    Change::Remove(id) => {
                        writer.remove(Kind::Product, &id.to_string());
                        model.remove(&id.to_string());
                    }
                }
            }
            let committed = writer.commit().unwrap();
            let index = open(committed.clone());
            let mut products = index.products(None).unwrap();
            products.sort();
            prop_assert_eq!(&products, &model.clone().into_iter().collect::<Vec<_>>());
            prop_assert!(finds(&index, "mug").len() == model.len());
            files = Some(committed);
        }
    }
}
