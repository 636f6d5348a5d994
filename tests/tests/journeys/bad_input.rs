//! Every operation refuses broken input and stores nothing.

use serde_json::{Value, json};
use souk_domain::{Realm, code::Purpose};
use souk_testkit::{Account, Client, Operation, Request, Result, Role, operations};
use souk_tests::{Example, Market};

use crate::codes::state_key;

/// Returns every operation that reads JSON, with a client that may call it.
async fn operations_with_bodies(market: &Market) -> Result<Vec<(&'static Operation, Client)>> {
    let ((_, shopper), (_, seller), (_, admin)) =
        (market.shopper().await?, market.seller().await?, market.admin().await?);
    let json = |operation: &&Operation| operation.takes_body && operation.id != "receive_stripe_event";
    let client = |operation: &Operation| match operation.audiences.first().map(String::as_str) {
        Some("seller") => Ok(seller.clone()),
        Some("admin") => Ok(admin.clone()),
        Some(_) => Ok(shopper.clone()),
        None => market.anonymous(),
    };
    operations().filter(json).map(|operation| Ok((operation, client(operation)?))).collect()
}

fn request<'a>(operation: &Operation, client: &'a Client) -> Result<Request<'a>> {
    let mut request = client.ask(&operation.id)?.key("broken");
    let example = Example::of(operation)?;
    for (name, value) in example.path_parameters() {
        request = request.path(name, value);
    }
    for (name, value) in example.query() {
        request = request.query(name, value);
    }
    Ok(request)
}

#[tokio::test]
async fn malformed_json_is_refused_by_every_operation() -> Result {
    let market = Market::open()?;
    for (operation, client) in operations_with_bodies(&market).await? {
        for body in ["", "{", "{\"name\": }", "nonsense", "{} {}"] {
            let answer = request(operation, &client)?.body("application/json", body).send().await?;
            answer.refused_with("malformed_json", 400)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn another_media_type_is_refused_by_every_operation() -> Result {
    let market = Market::open()?;
    for (operation, client) in operations_with_bodies(&market).await? {
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
            let answer = request(operation, &client)?.body(media_type, "{}").send().await?;
            answer.refused_with("unsupported_media_type", 415)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_body_of_more_than_64_kib_is_refused_by_every_operation() -> Result {
    let market = Market::open()?;
    let body = json!({ "name": "x".repeat(64 * 1_024) }).to_string();
    for (operation, client) in operations_with_bodies(&market).await? {
        let answer = request(operation, &client)?.body("application/json", body.clone()).send().await?;
        answer.refused_with("payload_too_large", 413)?;
    }
    Ok(())
}

#[tokio::test]
async fn unknown_fields_and_bodies_of_another_type_are_refused_by_every_operation() -> Result {
    let market = Market::open()?;
    for (operation, client) in operations_with_bodies(&market).await? {
        let answer = request(operation, &client)?.json(&json!({ "surprise": 1 })).send().await?;
        let refusal = answer.refused_with("invalid_input", 422)?;
        let unknown = ("/surprise".to_owned(), "unknown".to_owned());
        assert!(refusal.field_errors().contains(&unknown), "{refusal}");
        for body in [json!([]), json!("text"), json!(7), json!(null)] {
            let answer = request(operation, &client)?.json(&body).send().await?;
            let refusal = answer.refused_with("invalid_input", 422)?;
            assert_eq!(refusal.field_errors(), [(String::new(), "wrong_type".to_owned())], "{refusal}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_registration_with_wrong_fields_is_refused_with_all_of_them() -> Result {
    let market = Market::open()?;
    let account = Account::new(Role::Seller, "Carla Brandt");
    let body =
        json!({ "name": "", "email": account.email, "password": "short", "phone": 49, "country": "XX", "age": 7 });
    let answer = market.anonymous()?.ask("register_seller")?.json(&body).send().await?;
    let refusal = answer.refused_with("invalid_input", 422)?;
    let pointers: Vec<String> = refusal.field_errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/age", "/country", "/name", "/password", "/phone"], "{refusal}");
    let state = state_key(Purpose::ConfirmRegistration, Realm::Sellers, &account.email)?;
    assert_eq!(market.cloud.item(&state).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_product_with_wrong_fields_is_refused_with_all_pointers() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let body = json!({
        "title": "Mug",
        "category": "no-such-category",
        "price": { "amount": 0, "currency": "USD" },
        "sale_price": { "amount": 100, "currency": "EUR" },
        "pictures": ["media_0199dc30cafe7933c6d47e8f9a0b1c23"],
        "skus": [{ "stock": 1, "colour": "Blue" }, { "stock": 1, "colour": "Blue" }],
    });
    let refusal = vendor.client.ask("create_product")?.json(&body).send().await?.refused_with("invalid_input", 422)?;
    let errors = refusal.field_errors();
    let expected = [
        ("/category", "unknown_category"),
        ("/pictures/0", "not_found"),
        ("/price/amount", "out_of_range"),
        ("/price/currency", "other_currency"),
        ("/sale_price/amount", "not_below_price"),
        ("/skus/1", "duplicate"),
    ];
    assert_eq!(errors.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect::<Vec<_>>(), expected, "{refusal}");

    let types = json!({ "title": 7, "price": "1.00", "skus": [{ "stock": -1 }, { "stock": 1.5, "size": [] }] });
    let refusal = vendor.client.ask("create_product")?.json(&types).send().await?.refused_with("invalid_input", 422)?;
    let pointers: Vec<String> = refusal.field_errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(
        pointers,
        ["/category", "/price", "/skus/0/stock", "/skus/1/size", "/skus/1/stock", "/title"],
        "{refusal}"
    );
    Ok(())
}

#[tokio::test]
async fn a_refused_product_leaves_its_slug_free() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let slug = format!("mug-{:08x}", fastrand::u32(..));
    let mut body: Value = json!({
        "title": "Mug",
        "category": "home-kitchen",
        "slug": slug,
        "price": { "amount": 0, "currency": "EUR" },
        "skus": [{ "stock": 1 }],
    });
    vendor.client.ask("create_product")?.json(&body).send().await?.refused_with("invalid_input", 422)?;
    body["price"]["amount"] = json!(100);
    vendor.client.ask("create_product")?.json(&body).send().await?.succeeded()?;
    let again = vendor.client.ask("create_product")?.json(&body).send().await?;
    again.refused_with("slug_taken", 409)?;
    Ok(())
}

#[tokio::test]
async fn a_malformed_id_or_slug_is_not_found() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    for (operation, parameter) in
        [("get_product", "slug"), ("get_shop", "slug"), ("get_order", "id"), ("get_upload", "id")]
    {
        for name in ["NOT-A-NAME", "order_1", "%00", "%F0%9F%95%AF"] {
            let answer = shopper.ask(operation)?.path(parameter, name).send().await?;
            answer.refused_with("not_found", 404)?;
        }
    }
    Ok(())
}
