//! The stand-in refuses the requests that Stripe refuses, with Stripe's messages.

use crate::support::{SECRET_KEY, World};

const LINE: [(&str, &str); 6] = [
    ("mode", "payment"),
    ("success_url", "https://shop.example.com/paid"),
    ("line_items[0][price_data][currency]", "eur"),
    ("line_items[0][price_data][unit_amount]", "1250"),
    ("line_items[0][price_data][product_data][name]", "Mug"),
    ("line_items[0][quantity]", "1"),
];

/// Returns the fields of a valid request with one field replaced, added or, if the value is `None`, removed.
fn with(name: &'static str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    let mut fields: Vec<_> = LINE.into_iter().filter(|(field, _)| *field != name).collect();
    fields.extend(value.map(|value| (name, value)));
    fields
}

#[tokio::test]
async fn a_good_request_is_accepted() {
    let world = World::new().await;
    let answer = world.post("/v1/checkout/sessions", None, &LINE).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn wrong_parameters_are_named_in_stripes_notation() {
    let world = World::new().await;
    let cases = [
        ("colour", Some("red"), "parameter_unknown", "colour"),
        ("line_items[0][price_data][curency]", Some("eur"), "parameter_unknown", "line_items[0][price_data][curency]"),
        ("metadata_[a]", Some("b"), "parameter_unknown", "metadata_"),
        ("success_url", None, "parameter_missing", "success_url"),
        ("line_items[0][price_data][currency]", None, "parameter_missing", "line_items[0][price_data][currency]"),
        ("line_items[0][quantity]", None, "parameter_missing", "line_items[0][quantity]"),
        ("line_items[0][quantity]", Some("two"), "parameter_invalid_integer", "line_items[0][quantity]"),
        ("line_items[0][quantity]", Some("0"), "parameter_invalid_integer", "line_items[0][quantity]"),
        (
            "line_items[0][price_data][unit_amount]",
            Some("12.50"),
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        (
            "line_items[0][price_data][unit_amount]",
            Some("-1"),
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        ("line_items[0][price_data][unit_amount]", Some("49"), "amount_too_small", "line_items"),
        ("line_items[0][price_data][unit_amount]", Some("9223372036854775807"), "amount_too_large", "line_items"),
        (
            "line_items[0][price_data][product_data][name]",
            Some(" "),
            "parameter_invalid_empty",
            "line_items[0][price_data][product_data][name]",
        ),
        ("success_url", Some("/paid"), "url_invalid", "success_url"),
        ("customer_email", Some("nobody"), "email_invalid", "customer_email"),
    ];
    for (name, value, code, param) in cases {
        let answer = world.post("/v1/checkout/sessions", None, &with(name, value)).await;

        assert_eq!(answer.status, 400, "{name}={value:?}: {answer:?}");
        assert_eq!(answer.error()["type"], "invalid_request_error", "{name}={value:?}: {answer:?}");
        assert_eq!(answer.error()["code"], code, "{name}={value:?}: {answer:?}");
        assert_eq!(answer.error()["param"], param, "{name}={value:?}: {answer:?}");
        assert!(answer.error()["message"].is_string());
    }
    let sessions = world.get("/v1/checkout/sessions").await;
    assert_eq!(sessions["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn unknown_values_are_refused() {
    let world = World::new().await;
    for (name, value) in [("mode", "subscription"), ("expires_at", "tomorrow"), ("line_items", "mug")] {
        let answer = world.post("/v1/checkout/sessions", None, &with(name, Some(value))).await;
        assert_eq!(answer.status, 400, "{name}={value}: {answer:?}");
    }
    let unknown_customer = with("customer", Some("cus_nobody"));
    assert_eq!(world.post("/v1/checkout/sessions", None, &unknown_customer).await.status, 404);
}

#[tokio::test]
async fn lines_must_share_one_currency() {
    let world = World::new().await;
    let mut fields = LINE.to_vec();
    fields.extend([
        ("line_items[1][price_data][currency]", "usd"),
        ("line_items[1][price_data][unit_amount]", "100"),
        ("line_items[1][price_data][product_data][name]", "Brush"),
        ("line_items[1][quantity]", "1"),
    ]);
    assert_eq!(world.post("/v1/checkout/sessions", None, &fields).await.status, 400);
}

#[tokio::test]
async fn ten_lines_keep_their_order() {
    let world = World::new().await;
    let names: Vec<String> = (0..12).map(|index| format!("Mug {index}")).collect();
    let mut fields =
        vec![("mode".to_owned(), "payment".to_owned()), ("success_url".to_owned(), "https://a.example/".to_owned())];
    for (index, name) in names.iter().enumerate() {
        let field = |rest: &str| format!("line_items[{index}]{rest}");
        fields.push((field("[price_data][currency]"), "eur".to_owned()));
        fields.push((field("[price_data][unit_amount]"), "100".to_owned()));
        fields.push((field("[price_data][product_data][name]"), name.clone()));
        fields.push((field("[quantity]"), "1".to_owned()));
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

    let session = world.post("/v1/checkout/sessions", None, &fields).await;
    let id = session.body["id"].as_str().unwrap();
    let lines = world.get(&format!("/v1/checkout/sessions/{id}/line_items")).await;

    let shown: Vec<_> =
        lines["data"].as_array().unwrap().iter().map(|line| line["description"].as_str().unwrap()).collect();
    assert_eq!(shown, names);
}

#[tokio::test]
async fn the_api_requires_the_secret_key() {
    let world = World::new().await;
    let url = format!("{}/v1/events", world.stripe.url());

    let nobody = world.browser.get(&url).send().await.unwrap();
    let stranger = world.browser.get(&url).bearer_auth("sk_test_other").send().await.unwrap();
    let owner = world.browser.get(&url).bearer_auth(SECRET_KEY).send().await.unwrap();

    assert_eq!((nobody.status().as_u16(), stranger.status().as_u16(), owner.status().as_u16()), (401, 401, 200));
    assert!(!stranger.text().await.unwrap().contains("sk_test_other"));
}

#[tokio::test]
async fn unknown_operations_and_json_bodies_are_refused() {
    let world = World::new().await;

    let unknown = world.post("/v1/subscriptions", None, &[]).await;
    let json = world
        .browser
        .post(format!("{}/v1/customers", world.stripe.url()))
        .bearer_auth(SECRET_KEY)
        .json(&serde_json::json!({ "email": "ann@example.com" }))
        .send()
        .await
        .unwrap();

    assert_eq!(unknown.status, 404);
    assert_eq!(json.status(), 400);
}
