//! What `xtask new` writes, in a copy of the parts that it changes.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
};

use serde_json::Value;

use super::NewFunction;

/// A copy of the service `shops`, in a folder of its own that ends with the test.
struct Copy(PathBuf);

impl Copy {
    fn of_shops(test: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let copy = std::env::temp_dir().join(format!("souk-xtask-{test}-{}", process::id()));
        let sources = "functions/shops/src";
        for path in ["infra/shops.yaml", "tests/tests/journeys/main.rs", "tests/tests/journeys/shops.rs"]
            .map(str::to_owned)
            .into_iter()
            .chain(["lib.rs", "endpoints.rs", "workers.rs"].map(|name| format!("{sources}/{name}")))
        {
            fs::create_dir_all(copy.join(&path).parent().unwrap()).unwrap();
            fs::copy(root.join(&path), copy.join(&path)).unwrap();
        }
        Self(copy)
    }

    fn write(&self, words: &[&str]) -> Result<String, String> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let new = NewFunction::parse(&words).map_err(|refused| refused.to_string())?;
        new.write(&self.0).map_err(|refused| refused.to_string())
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn a_new_endpoint_is_in_every_list() {
    let copy = Copy::of_shops("endpoint");
    copy.write(&["endpoint", "shops", "get_thing", "GET /v1/shops/{shop}/things/{thing}"]).unwrap();

    let module = copy.text("functions/shops/src/endpoints/get_thing.rs");
    assert!(module.contains("pub struct GetThing;"), "{module}");
    assert!(module.contains("    shop: ShopId,"), "{module}");
    assert!(module.contains("route!(GET \"/v1/shops/{shop}/things/{thing}\")"), "{module}");
    let binary = copy.text("functions/shops/src/bin/get-thing.rs");
    assert!(binary.ends_with("souk_runtime::main!(shops::get_thing::GetThing);\n"), "{binary}");
    assert!(copy.text("functions/shops/src/endpoints.rs").ends_with("pub mod get_thing;\n"));
    assert!(copy.text("functions/shops/src/lib.rs").contains("        get_thing::GetThing,\n    ],\n"));
    let template = copy.text("infra/shops.yaml");
    for line in [
        "    GetThing: {Key: 'GET /v1/shops/{shop}/things/{thing}'}\n",
        "  GetThing:\n    Type: AWS::Serverless::Function\n",
        "GetThing,\n      ]\n",
        "                  - !GetAtt GetThing.Arn\n",
    ] {
        assert_eq!(template.matches(line).count(), 1, "{line}");
    }
    let event: Value = serde_json::from_str(&copy.text("events/get-thing.json")).unwrap();
    assert_eq!(event["rawPath"], "/v1/shops/shop_0199dc2f5a3e7c41b6d80f2e9a7b4c15/things/blue-kiln");
    assert!(copy.text("tests/tests/journeys/shops.rs").contains(".ask(\"get_thing\")"));
}

#[test]
fn a_new_worker_gets_a_list_of_its_kind_where_the_service_has_none() {
    let copy = Copy::of_shops("worker");
    copy.write(&["batch-consumer", "shops", "follow_prices"]).unwrap();
    copy.write(&["schedule", "shops", "purge_things"]).unwrap();
    let list = copy.text("functions/shops/src/lib.rs");
    let at = |text: &str| list.find(text).unwrap_or_else(|| panic!("{text} is missing in {list}"));
    assert!(at("    consumers: [") < at("    batch_consumers: [\n        follow_prices::FollowPrices,\n    ],\n"));
    assert!(at("    batch_consumers: [") < at("    schedules: ["));
    assert!(list.contains("        purge_things::PurgeThings,\n    ],\n"));
    assert!(copy.text("infra/shops.yaml").contains("ScheduleExpression: rate(1 hour)\n            RetryPolicy"));
}

#[test]
fn a_name_that_is_taken_or_no_name_is_refused_and_nothing_is_written() {
    let copy = Copy::of_shops("refused");
    copy.write(&["schedule", "shops", "purge_things"]).unwrap();
    let before = copy.text("infra/shops.yaml");
    for words in [
        &["schedule", "shops", "purge_things"][..],
        &["endpoint", "shops", "getThing", "GET /v1/things"],
        &["endpoint", "shops", "get_thing", "/v1/things"],
        &["endpoint", "shops", "get_thing"],
        &["endpoint", "nowhere", "get_thing", "GET /v1/things"],
        &["stream-reader", "shops", "watch_things"],
    ] {
        assert!(copy.write(words).is_err(), "{words:?}");
    }
    assert_eq!(copy.text("infra/shops.yaml"), before);
}
