//! A repeated request has one effect.

use souk_payments::GatewayError;

use crate::support::{World, request};

#[tokio::test]
async fn the_same_key_and_request_give_the_same_session() {
    let world = World::new().await;

    let request = request("ps_1");
    let first = world.gateway.create_checkout(&request).await.unwrap();
    let second = world.gateway.create_checkout(&request).await.unwrap();

    assert_eq!(first, second);
    let sessions = world.get("/v1/checkout/sessions").await;
    assert_eq!(sessions["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_repeated_answer_is_marked() {
    let world = World::new().await;
    let fields = [("email", "ann@example.com")];

    let first = world.post("/v1/customers", Some("key"), &fields).await;
    let second = world.post("/v1/customers", Some("key"), &fields).await;

    assert_eq!((first.status, first.replayed), (200, false));
    assert_eq!((second.status, second.replayed), (200, true));
    assert_eq!(first.body, second.body);
}

#[tokio::test]
async fn the_same_key_with_another_request_is_refused() {
    let world = World::new().await;
    let mut other = request("ps_1");
    world.gateway.create_checkout(&other).await.unwrap();
    other.lines[0].quantity += 1;

    let result = world.gateway.create_checkout(&other).await;

    let Err(GatewayError::Refused { code, .. }) = result else { panic!("{result:?}") };
    assert_eq!(code, "idempotency_error");
}

#[tokio::test]
async fn a_refused_request_can_be_corrected_with_the_same_key() {
    let world = World::new().await;

    let wrong = world.post("/v1/customers", Some("key"), &[("email", "nobody")]).await;
    let right = world.post("/v1/customers", Some("key"), &[("email", "ann@example.com")]).await;

    assert_eq!((wrong.status, right.status), (400, 200));
}

#[tokio::test]
async fn keys_expire_after_a_day() {
    let world = World::new().await;
    let fields = [("email", "ann@example.com")];
    let first = world.post("/v1/customers", Some("key"), &fields).await;

    world.advance_clock(24 * 60 * 60).await;
    let second = world.post("/v1/customers", Some("key"), &fields).await;

    assert!(!second.replayed);
    assert_ne!(first.body["id"], second.body["id"]);
}

#[tokio::test]
async fn an_invalid_idempotency_key_is_misconfigured() {
    let world = World::new().await;
    let mut request = request("");
    assert!(matches!(world.gateway.create_checkout(&request).await, Err(GatewayError::Misconfigured(_))));
    request.idempotency_key = "k".repeat(256);
    assert!(matches!(world.gateway.create_checkout(&request).await, Err(GatewayError::Misconfigured(_))));
}
