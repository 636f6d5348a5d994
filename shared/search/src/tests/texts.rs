use super::{finds, index, meant, product, titled};
use crate::{Language, ProductEntry, State};

#[test]
fn a_word_finds_its_other_forms_in_any_case() {
    let english = titled(Language::English, &["Running shoe", "Blue shirts"]);
    assert_eq!(finds(&english, "SHOES"), ["Running shoe"]);
    assert_eq!(finds(&english, "shirt"), ["Blue shirts"]);
    let german = titled(Language::German, &["Rote Tassen", "Hölzerner Tisch"]);
    assert_eq!(finds(&german, "tasse"), ["Rote Tassen"]);
    assert_eq!(finds(&german, "Tische"), ["Hölzerner Tisch"]);
}

#[test]
fn every_word_has_to_be_found_somewhere_in_the_product() {
    let shoe = ProductEntry {
        brand: Some(String::from("Kiln")),
        tags: vec![String::from("vegan")],
        keywords: vec![String::from("trainers")],
        summary: Some(String::from("For the forest.")),
        description: String::from("Laces included."),
        attributes: vec![String::from("waterproof")],
        category_names: vec![String::from("Footwear")],
        shop_name: String::from("Blue Heron"),
        ..product("shoe", "Shoe")
    };
    let index = index(Language::English, [shoe, product("other", "Shoe")]);
    for words in ["kiln", "vegan", "trainers", "forest", "laces", "waterproof", "footwear", "heron"] {
        assert_eq!(finds(&index, &format!("shoe {words}")), ["shoe"], "{words}");
    }
}

#[test]
fn accents_need_not_be_typed_and_may_be() {
    let french = titled(Language::French, &["Café crème", "Cafe noir"]);
    assert_eq!(finds(&french, "creme"), ["Café crème"]);
    assert_eq!(finds(&french, "café").len(), 2);
    assert_eq!(finds(&french, "CAFE\u{301}").len(), 2);
    let nordic = titled(Language::English, &["Smørrebrød board", "Łódź poster"]);
    assert_eq!(finds(&nordic, "smorrebrod"), ["Smørrebrød board"]);
    assert_eq!(finds(&nordic, "lodz"), ["Łódź poster"]);
}

#[test]
fn german_umlauts_may_be_written_with_an_e_and_sharp_s_with_two() {
    let german = titled(Language::German, &["Schlüssel", "Straßenkarte", "Kännchen", "Mueller Öl"]);
    for text in ["schlüssel", "schluessel", "schlussel", "SCHLÜSSEL"] {
        assert_eq!(finds(&german, text), ["Schlüssel"], "{text}");
    }
    assert_eq!(finds(&german, "strassenkarte"), ["Straßenkarte"]);
    assert_eq!(finds(&german, "kaennchen"), ["Kännchen"]);
    assert_eq!(finds(&german, "müller oel"), ["Mueller Öl"]);
}

#[test]
fn the_end_of_a_german_compound_finds_it_after_what_is_that_word_itself() {
    let german = titled(Language::German, &["Kaffeetasse", "Tasse", "Teetassen aus Ton", "Kaffee"]);
    let found = finds(&german, "tasse");
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], "Tasse");
    let english = titled(Language::English, &["Sprinter", "Printer"]);
    assert_eq!(finds(&english, "printer"), ["Printer"]);
}

#[test]
fn a_german_compound_finds_its_parts() {
    let german = titled(Language::German, &["Schuhe aus Leder", "Lederschuhe", "Schuhe aus Stoff", "Tasche aus Leder"]);
    let found = finds(&german, "Lederschuhe");
    assert_eq!(found, ["Lederschuhe", "Schuhe aus Leder"]);
    let parts_only = titled(Language::German, &["Schuhe aus Leder", "Schuhe aus Stoff"]);
    assert_eq!(finds(&parts_only, "lederschuh"), ["Schuhe aus Leder"]);
}

#[test]
fn words_written_apart_find_those_written_as_one_and_the_other_way_round() {
    let english = titled(Language::English, &["Headset black", "Note book", "Memory card 32 GB", "USB stick 64GB"]);
    assert_eq!(finds(&english, "head set"), ["Headset black"]);
    assert_eq!(finds(&english, "notebook"), ["Note book"]);
    assert_eq!(finds(&english, "memory card 32gb"), ["Memory card 32 GB"]);
    assert_eq!(finds(&english, "stick 64 gb"), ["USB stick 64GB"]);
}

#[test]
fn a_mistyped_word_is_corrected_and_the_caller_is_told() {
    let english = titled(Language::English, &["Stoneware mug", "Wireless headphones", "Leather boot"]);
    for (typed, meant_by_it, found) in [
        ("stonware", "stoneware", "Stoneware mug"),
        ("stoneweare", "stoneware", "Stoneware mug"),
        ("stonewrae", "stoneware", "Stoneware mug"),
        ("wireles headphnoes", "wireless headphones", "Wireless headphones"),
        ("laether", "leather", "Leather boot"),
        ("mugg", "mug", "Stoneware mug"),
    ] {
        assert_eq!(finds(&english, typed), [found], "{typed}");
        assert_eq!(meant(&english, typed).as_deref(), Some(meant_by_it), "{typed}");
    }
    assert_eq!(meant(&english, "stoneware"), None);
    assert_eq!(meant(&english, "boots"), None, "another form is no mistake");
}

#[test]
fn a_word_of_three_letters_is_meant_only_by_what_begins_like_it() {
    let english = titled(Language::English, &["Red cap", "Much ado", "Stoneware mug"]);
    assert_eq!(finds(&english, "mugg"), ["Stoneware mug"], "rather than two edits away");
    assert_eq!(finds(&english, "caap"), ["Red cap"]);
    assert_eq!(finds(&english, "zcap"), [""; 0]);
}

#[test]
fn a_correction_is_shown_as_products_write_it() {
    let german = titled(Language::German, &["Großes Küchenmesser"]);
    assert_eq!(meant(&german, "grosses küchenmeser").as_deref(), Some("großes küchenmesser"));
}

#[test]
fn of_words_equally_close_the_one_most_products_have_is_meant() {
    let mut titles = vec!["Gaming mouse 1", "Gaming mouse 2", "Gaming mouse 3"];
    titles.push("Gamins novel");
    let english = titled(Language::English, &titles);
    assert_eq!(meant(&english, "gamint").as_deref(), Some("gaming"));
}

#[test]
fn the_other_words_tell_which_word_was_meant() {
    let english = titled(Language::English, &["Old ages 1", "Old ages 2", "Old ages 3", "PS4 games"]);
    assert_eq!(meant(&english, "agmes").as_deref(), Some("ages"));
    assert_eq!(meant(&english, "ps4 agmes").as_deref(), Some("ps4 games"));
    assert_eq!(finds(&english, "ps4 agmes"), ["PS4 games"]);
}

#[test]
fn numbers_and_short_words_mean_what_they_are() {
    let english = titled(Language::English, &["Printer 3050", "Red cap"]);
    assert_eq!(finds(&english, "3060"), [""; 0]);
    assert_eq!(meant(&english, "3060"), None);
    assert_eq!(finds(&english, "printer 3050"), ["Printer 3050"]);
}

#[test]
fn the_last_word_may_be_the_beginning_of_one() {
    let english = titled(Language::English, &["Stoneware mug", "Stone", "Mug rack"]);
    assert_eq!(finds(&english, "stonew"), ["Stoneware mug"]);
    assert_eq!(finds(&english, "mug rac"), ["Mug rack"]);
    assert_eq!(meant(&english, "stonew"), None);
    let found = finds(&english, "stone");
    assert_eq!(found, ["Stone", "Stoneware mug"], "the word itself comes first");
}

#[test]
fn rather_than_nothing_the_products_with_most_of_the_words_are_found() {
    let english = titled(Language::English, &["Blue wool scarf", "Red wool hat", "Steel pan"]);
    assert_eq!(finds(&english, "blue wool scarf zzzzqqq"), ["Blue wool scarf"]);
    assert_eq!(finds(&english, "blue wool hat"), ["Blue wool scarf", "Red wool hat"]);
    assert_eq!(finds(&english, "steel scarf").len(), 2);
    assert_eq!(finds(&english, "qqqzzz"), [""; 0]);
}

#[test]
fn words_that_say_nothing_need_not_be_found() {
    let english = titled(Language::English, &["Case for phones", "Phone case"]);
    assert_eq!(finds(&english, "a case for the phone").len(), 2);
    let band = titled(Language::English, &["The The", "Something else"]);
    assert_eq!(finds(&band, "the"), ["The The"]);
}

#[test]
fn the_title_counts_more_than_the_description() {
    let inside = ProductEntry { description: String::from("Fits any mug."), ..product("rack", "Rack") };
    let index = index(Language::English, [inside, product("mug", "Mug")]);
    assert_eq!(finds(&index, "mug"), ["mug", "rack"]);
}

#[test]
fn among_equals_what_is_in_stock_and_sells_well_comes_first_and_never_before_what_fits_better() {
    let gone = ProductEntry { in_stock: false, sold: 0, ..product("gone", "Blue mug") };
    let there = ProductEntry { sold: 0, ..product("there", "Blue mug") };
    let liked = ProductEntry { sold: 5_000, ..product("liked", "Blue mug") };
    let other = ProductEntry {
        sold: 1_000_000,
        description: String::from("A rack for one blue mug or many."),
        ..product("other", "Rack")
    };
    let index = index(Language::English, [gone, there, liked, other]);
    assert_eq!(finds(&index, "blue mug"), ["liked", "there", "gone", "other"]);
}

#[test]
fn hidden_products_are_not_found() {
    let hidden = ProductEntry { state: State::Hidden, ..product("hidden", "Secret prototype") };
    let index = index(Language::English, [hidden, product("mug", "Mug")]);
    assert_eq!(finds(&index, "secret prototype"), [""; 0]);
    assert_eq!(meant(&index, "prototpe"), None);
}

#[test]
fn a_text_without_a_word_finds_everything() {
    let english = titled(Language::English, &["Mug", "Plate"]);
    for text in ["", "  ", "!?-", "\u{301}"] {
        assert_eq!(finds(&english, text).len(), 2, "{text:?}");
    }
}

#[test]
fn a_text_is_never_a_syntax() {
    let english = titled(Language::English, &["Mug AND plate", "Plate"]);
    assert_eq!(finds(&english, "title:mug"), ["Mug AND plate"]);
    assert_eq!(finds(&english, "\"plate\" -mug"), ["Mug AND plate"]);
    assert_eq!(finds(&english, "(mug OR"), ["Mug AND plate"]);
}

#[test]
fn chinese_and_japanese_are_found_by_each_of_their_characters() {
    let index = titled(Language::English, &["陶瓷马克杯", "コーヒーカップ"]);
    assert_eq!(finds(&index, "马克杯"), ["陶瓷马克杯"]);
    assert_eq!(finds(&index, "カップ"), ["コーヒーカップ"]);
}
