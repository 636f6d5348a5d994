use proptest::prelude::*;

use super::{corrected, finds, index, product, titled};
use crate::{Language, ProductEntry, Visibility};

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
fn every_word_must_occur_somewhere_in_the_product() {
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
fn accents_are_optional() {
    let french = titled(Language::French, &["Café crème", "Cafe noir"]);
    assert_eq!(finds(&french, "creme"), ["Café crème"]);
    assert_eq!(finds(&french, "café").len(), 2);
    assert_eq!(finds(&french, "CAFE\u{301}").len(), 2);
    let nordic = titled(Language::English, &["Smørrebrød board", "Łódź poster"]);
    assert_eq!(finds(&nordic, "smorrebrod"), ["Smørrebrød board"]);
    assert_eq!(finds(&nordic, "lodz"), ["Łódź poster"]);
}

#[test]
fn german_umlauts_may_be_written_with_e_and_sharp_s_as_ss() {
    let german = titled(Language::German, &["Schlüssel", "Straßenkarte", "Kännchen", "Mueller Öl"]);
    for text in ["schlüssel", "schluessel", "schlussel", "SCHLÜSSEL"] {
        assert_eq!(finds(&german, text), ["Schlüssel"], "{text}");
    }
    assert_eq!(finds(&german, "strassenkarte"), ["Straßenkarte"]);
    assert_eq!(finds(&german, "kaennchen"), ["Kännchen"]);
    assert_eq!(finds(&german, "müller oel"), ["Mueller Öl"]);
}

#[test]
fn the_end_of_a_german_compound_finds_it_after_the_word_itself() {
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
fn separate_words_find_a_joined_word_and_vice_versa() {
    let english = titled(Language::English, &["Headset black", "Note book", "Memory card 32 GB", "USB stick 64GB"]);
    assert_eq!(finds(&english, "head set"), ["Headset black"]);
    assert_eq!(finds(&english, "notebook"), ["Note book"]);
    assert_eq!(finds(&english, "memory card 32gb"), ["Memory card 32 GB"]);
    assert_eq!(finds(&english, "stick 64 gb"), ["USB stick 64GB"]);
}

#[test]
fn a_mistyped_word_is_corrected_and_the_correction_is_reported() {
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
        assert_eq!(corrected(&english, typed).as_deref(), Some(meant_by_it), "{typed}");
    }
    assert_eq!(corrected(&english, "stoneware"), None);
    assert_eq!(corrected(&english, "boots"), None, "another form of a word is not a mistake");
}

#[test]
fn a_word_of_three_letters_is_a_correction_only_with_the_same_first_letter() {
    let english = titled(Language::English, &["Red cap", "Much ado", "Stoneware mug"]);
    assert_eq!(finds(&english, "mugg"), ["Stoneware mug"], "a word one edit away is preferred");
    assert_eq!(finds(&english, "caap"), ["Red cap"]);
    assert_eq!(finds(&english, "zcap"), [""; 0]);
}

#[test]
fn a_correction_is_spelled_as_in_products() {
    let german = titled(Language::German, &["Großes Küchenmesser"]);
    assert_eq!(corrected(&german, "grosses küchenmeser").as_deref(), Some("großes küchenmesser"));
}

#[test]
fn of_equally_similar_words_the_most_frequent_is_the_correction() {
    let mut titles = vec!["Gaming mouse 1", "Gaming mouse 2", "Gaming mouse 3"];
    titles.push("Gamins novel");
    let english = titled(Language::English, &titles);
    assert_eq!(corrected(&english, "gamint").as_deref(), Some("gaming"));
}

#[test]
fn the_other_words_decide_between_corrections() {
    let english = titled(Language::English, &["Old ages 1", "Old ages 2", "Old ages 3", "PS4 games"]);
    assert_eq!(corrected(&english, "agmes").as_deref(), Some("ages"));
    assert_eq!(corrected(&english, "ps4 agmes").as_deref(), Some("ps4 games"));
    assert_eq!(finds(&english, "ps4 agmes"), ["PS4 games"]);
}

#[test]
fn numbers_and_short_words_are_not_corrected() {
    let english = titled(Language::English, &["Printer 3050", "Red cap"]);
    assert_eq!(finds(&english, "3060"), [""; 0]);
    assert_eq!(corrected(&english, "3060"), None);
    assert_eq!(finds(&english, "printer 3050"), ["Printer 3050"]);
}

#[test]
fn no_digit_of_a_word_is_corrected() {
    let titles = ["Battery CR2032", "Drill bit HSS450", "Bed 140x200", "Ruler 30cm wood", "Toner TN2420"];
    let english = titled(Language::English, &titles);
    for typed in ["cr2016", "hss350", "160x200", "40cm", "tn2410", "140x20", "cr20322"] {
        assert_eq!(finds(&english, typed).len(), usize::from(typed == "140x20"), "{typed}");
        assert_eq!(corrected(&english, typed), None, "{typed}");
    }
    assert_eq!(finds(&english, "batery cr2032"), ["Battery CR2032"]);
    assert_eq!(finds(&english, "tn 2420"), ["Toner TN2420"]);
    assert_eq!(corrected(&english, "hsss450").as_deref(), Some("hss450"), "letters beside the digits are corrected");
}

proptest! {
    /// A correction of a text has the digits of the text, in the same order.
    #[test]
    fn a_correction_has_the_digits_of_the_text(
        titles in prop::collection::vec("[a-c]{0,3}[0-9]{1,4}[a-c]{1,4}[0-9]{0,2}", 1..12),
        typed in "[a-c]{0,3}[0-9]{0,4}[a-c]{1,4}[0-9]{0,2}",
    ) {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let english = titled(Language::English, &titles);
        if let Some(meant) = corrected(&english, &typed) {
            prop_assert_eq!(digits(&meant), digits(&typed));
        }
        for text in english.suggest(&typed, 10).unwrap().texts {
            prop_assert!(digits(&text).starts_with(&digits(&typed)), "{} for {}", text, typed);
        }
    }
}

#[test]
fn the_last_word_may_be_unfinished() {
    let english = titled(Language::English, &["Stoneware mug", "Stone", "Mug rack"]);
    assert_eq!(finds(&english, "stonew"), ["Stoneware mug"]);
    assert_eq!(finds(&english, "mug rac"), ["Mug rack"]);
    assert_eq!(corrected(&english, "stonew"), None);
    let found = finds(&english, "stone");
    assert_eq!(found, ["Stone", "Stoneware mug"], "the word itself comes first");
}

#[test]
fn if_no_product_has_all_words_those_with_most_of_the_words_are_found() {
    let english = titled(Language::English, &["Blue wool scarf", "Red wool hat", "Steel pan"]);
    assert_eq!(finds(&english, "blue wool scarf zzzzqqq"), ["Blue wool scarf"]);
    assert_eq!(finds(&english, "blue wool hat"), ["Blue wool scarf", "Red wool hat"]);
    assert_eq!(finds(&english, "steel scarf").len(), 2);
    assert_eq!(finds(&english, "qqqzzz"), [""; 0]);
}

#[test]
fn stop_words_are_optional() {
    let english = titled(Language::English, &["Case for phones", "Phone case"]);
    assert_eq!(finds(&english, "a case for the phone").len(), 2);
    let band = titled(Language::English, &["The The", "Something else"]);
    assert_eq!(finds(&band, "the"), ["The The"]);
}

#[test]
fn a_match_in_the_title_outweighs_one_in_the_description() {
    let inside = ProductEntry { description: String::from("Fits any mug."), ..product("rack", "Rack") };
    let index = index(Language::English, [inside, product("mug", "Mug")]);
    assert_eq!(finds(&index, "mug"), ["mug", "rack"]);
}

#[test]
fn stock_and_sales_order_equal_matches_but_never_outweigh_a_better_match() {
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
    let hidden = ProductEntry { state: Visibility::Hidden, ..product("hidden", "Secret prototype") };
    let index = index(Language::English, [hidden, product("mug", "Mug")]);
    assert_eq!(finds(&index, "secret prototype"), [""; 0]);
    assert_eq!(corrected(&index, "prototpe"), None);
}

#[test]
fn a_text_without_a_word_matches_all_products() {
    let english = titled(Language::English, &["Mug", "Plate"]);
    for text in ["", "  ", "!?-", "\u{301}"] {
        assert_eq!(finds(&english, text).len(), 2, "{text:?}");
    }
}

#[test]
fn no_character_in_a_text_has_a_special_meaning() {
    let english = titled(Language::English, &["Mug AND plate", "Plate"]);
    assert_eq!(finds(&english, "title:mug"), ["Mug AND plate"]);
    assert_eq!(finds(&english, "\"plate\" -mug"), ["Mug AND plate"]);
    assert_eq!(finds(&english, "(mug OR"), ["Mug AND plate"]);
}

#[test]
fn chinese_and_japanese_are_found_by_single_characters() {
    let index = titled(Language::English, &["陶瓷马克杯", "コーヒーカップ"]);
    assert_eq!(finds(&index, "马克杯"), ["陶瓷马克杯"]);
    assert_eq!(finds(&index, "カップ"), ["コーヒーカップ"]);
}

#[test]
fn hyphenated_words_are_found_in_either_spelling_whether_or_not_another_product_has_it() {
    let titles =
        ["Sci-fi novel", "AC/DC record", "2-in-1 jug", "E-bike helmet", "Ebike lock", "X-ray lamp", "Xray film"];
    let english = titled(Language::English, &titles);
    for (text, right) in [
        ("scifi", &titles[..1]),
        ("sci fi", &titles[..1]),
        ("acdc", &titles[1..2]),
        ("2in1", &titles[2..3]),
        ("2-in-1", &titles[2..3]),
        ("ebike", &titles[3..5]),
        ("e-bike", &titles[3..5]),
        ("xray", &titles[5..7]),
        ("x-ray", &titles[5..7]),
    ] {
        let found = finds(&english, text);
        assert!(right.iter().all(|title| found.iter().any(|found| found == title)), "{text}: {found:?}");
        assert_eq!(corrected(&english, text), None, "{text}");
    }
    let joined = titled(Language::English, &["Wifi router", "Tshirt", "2in1 pan"]);
    for (text, title) in [("wi-fi", "Wifi router"), ("t-shirt", "Tshirt"), ("2-in-1", "2in1 pan")] {
        assert_eq!(finds(&joined, text), [title], "{text}");
    }
}

#[test]
fn the_code_of_a_variant_finds_its_product_alone() {
    let coded = |id: &str, codes: &[&str]| ProductEntry {
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..product(id, id)
    };
    let index = index(
        Language::English,
        [
            coded("Grey stone", &["ZQ-4F2A-XV", "AB-1-AB"]),
            coded("Brown stone", &["STONE-XL"]),
            product("zq", "ZQ 4F2A stone"),
        ],
    );
    for text in ["ZQ-4F2A-XV", "zq-4f2a-xv", "zq 4f2a xv", "AB-1-AB"] {
        assert_eq!(finds(&index, text), ["Grey stone"], "{text}");
    }
    // A code without digits is text: it must not hide the products that have its words.
    assert_eq!(finds(&index, "stone xl"), ["Brown stone"]);
    assert_eq!(finds(&index, "stone").len(), 3);
}

#[test]
fn a_word_of_three_letters_is_found_with_a_typing_error() {
    let english = titled(Language::English, &["Mug", "Pan with lid"]);
    assert_eq!(finds(&english, "mugg"), ["Mug"]);
    assert_eq!(finds(&english, "mgu"), ["Mug"]);
}
