//! The schemas of texts accept exactly what the parsers accept.

#![expect(clippy::unwrap_used, reason = "a test whose expectation is in vain has failed, and says where")]

use jsonschema::Validator;
use proptest::{prelude::*, test_runner::TestRunner};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::json;
use souk_domain::{
    BanReason, Country, Currency, DiscountCode, DiscountName, DomainName, Email, Invalid, Moment, PersonName, Phone,
    Principal, ProductId, ShopId, SkuId, Slug, WebUrl,
    address::{AddressLabel, City, Region, StreetLine, Zip},
    audit::Subject,
    catalogue::{Colour, Description, ShopName, Size, SkuCode, Title},
    html::Html,
    product::{Brand, Keyword, Label, Remark, Reply, Summary, Tag, VideoUrl, Warranty},
    shop::TimeOfDay,
    site::CategoryName,
    tax::TaxNumber,
    totp::{FactorProof, TotpCode},
};

fn validator<T: JsonSchema>() -> Validator {
    jsonschema::draft202012::new(&T::json_schema(&mut SchemaGenerator::default()).to_value()).unwrap()
}

/// Checks that `parse` and the schema accept the same texts, for texts of a regular expression and for arbitrary texts.
fn agree<T: JsonSchema>(texts: &str, parse: fn(&str) -> Result<String, Invalid>) {
    let schema = validator::<T>();
    let any = prop_oneof![
        4 => texts.prop_map(|text: String| text),
        1 => "[ \\t\\n\u{85}\u{a0}\u{2028}]{0,2}[a-zA-Z0-9 _:/.+-]{0,20}[ \\t\\n\u{85}\u{a0}\u{3000}]{0,2}",
        1 => "[ \\PC\\pC]{0,8}",
        1 => "[ \t\u{202a}\u{2069}\u{ffff}]{0,3}(http://)?[a-zA-Z0-9.-]{1,5}[ \t\u{202a}\u{200b}\u{fdd0}]{0,2}[a-z0-9/]{0,5}[ \n\u{202e}\u{2066}\u{fffe}]{0,3}",
        1 => Just(String::new()),
    ];
    let any = any.prop_filter("no pattern can name them", |text| !text.chars().any(has_no_name));
    let name = T::schema_name();
    TestRunner::new(ProptestConfig::with_cases(500))
        .run(&any, |raw| {
            let parsed = parse(&raw);
            let is_valid = schema.is_valid(&json!(raw));
            prop_assert_eq!(is_valid, parsed.is_ok(), "{}: {:?} gives {:?}", name, raw, parsed);
            if let Ok(kept) = parsed {
                prop_assert!(schema.is_valid(&json!(kept)), "{}: {:?} is kept as {:?}", name, raw, kept);
            }
            Ok(())
        })
        .unwrap();
}

/// Tells whether a character shows nothing and is above U+FFFF. The dialects of regular expressions write these in different
/// ways, so the patterns take them for characters that show something.
fn has_no_name(c: char) -> bool {
    matches!(c, '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || (c > '\u{ffff}' && u32::from(c) & 0xfffe == 0xfffe)
}

macro_rules! agree {
    ($($name:ident $texts:literal,)+) => {
        $(agree::<$name>($texts, |raw| $name::parse(raw).map(|kept| kept.to_string()));)+
    };
}

#[test]
fn texts_of_one_line_are_refused_for_what_their_schemas_say() {
    agree! {
        AddressLabel ".{48,52}", BanReason ".{498,502}", Brand ".{58,62}", CategoryName ".{58,62}", City ".{98,102}",
        Colour ".{48,52}", DiscountName ".{98,102}", Keyword "[a-zé ]{48,52}", Label ".{58,62}", PersonName ".{98,102}",
        Region ".{98,102}", Remark ".{298,302}", ShopName ".{98,102}", Size ".{48,52}", SkuCode ".{48,52}", TaxNumber ".{48,52}",
        StreetLine ".{98,102}", Summary ".{298,302}", Tag "[a-zé ]{28,32}", Title ".{198,202}", Warranty ".{198,202}",
    }
}

#[test]
fn texts_of_many_lines_are_refused_for_what_their_schemas_say() {
    agree! { Description "(.|\n){0,40}", Reply "(.|\r\n|\t){0,40}", }
}

#[test]
fn texts_of_a_form_are_refused_for_what_their_schemas_say() {
    agree! {
        Country "[A-Z]{2}", Currency "[A-Z]{3}|EUR|USD", DiscountCode " {0,2}[A-Za-z0-9-]{2,41} {0,2}",
        Phone "[ .(-]{0,2}\\+?[ .()-]{0,2}[0-9 -]{6,18}",
        Principal "(user|seller|admin|shop)_[0-9a-f]{31,33}", ProductId "prod_[0-9a-fA-F]{32}", ShopId "shop_[0-9a-f]{32}",
        SkuId "sku_[0-9a-f]{32}_[0-9]{0,4}", Slug "[a-z0-9-]{2,12}|[a-z]{79,81}",
        Subject "category_[a-z-]{3,9}|site|user_[0-9a-f]{32}", TimeOfDay "[0-2][0-9]:[0-6][0-9]|24:00",
        TotpCode "[0-9 -]{5,8}", Zip " ?[A-Za-z0-9 -]{1,18} ?",
    }
    agree::<FactorProof>("[0-9A-Za-z -]{6,14}", |raw| FactorProof::parse(raw).map(|_| raw.to_owned()));
}

#[test]
fn names_and_addresses_on_the_web_are_refused_for_what_their_schemas_say() {
    agree! {
        DomainName "[ ]?([a-zA-Z0-9-]{1,4}\\.){1,3}[a-z0-9]{1,4}\\.?[ ]?",
        VideoUrl "[hH]ttps?://[a-z0-9-]{1,3}\\.[a-z0-9]{1,3}(:[0-9]{0,6})?(/[ -~é]{0,5})?",
        WebUrl "[hH]tt(p|ps|P)://[a-z0-9-]{1,3}\\.[a-z0-9]{1,3}\\.?(:[0-9]{0,6})?([/?#][ -~é]{0,5})?",
    }
}

/// A schema cannot tell how many days a month has.
#[test]
fn times_that_are_taken_are_what_their_schema_says() {
    agree::<Moment>(
        "2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(\\.[0-9]{0,4})?(Z|z|[+-]0[0-9]:?[0-5][0-9])?",
        |raw| Moment::parse(raw).map(|_| raw.to_owned()),
    );
}

/// Excludes letters of other scripts: a schema cannot express every change of the normalisation.
#[test]
fn mail_addresses_are_refused_for_what_their_schema_says() {
    let address = " ?[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~,;\"()-]{1,9}@?([a-z0-9.-]{1,9}|[a-zé]{1,3}\\.(com|de))[ \n]?";
    agree::<Email>(address, |raw| Email::parse(raw).map(|kept| kept.to_string()));
}

/// A text that consists of markup only may become empty, which a schema cannot express.
#[test]
fn formatted_text_is_kept_as_its_schema_says() {
    let schema = validator::<Html>();
    proptest!(|(raw in "(<p>|</p>|<br>|<a href='x'>|&|[a-z\n ]){0,12}")| {
        if let Ok(kept) = Html::parse(&raw) {
            prop_assert!(schema.is_valid(&json!(raw)) && schema.is_valid(&json!(kept.as_str())));
        }
    });
}
