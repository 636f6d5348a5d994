//! Webhooks: signed, retried until accepted, and unreliable on request.

use serde_json::json;
use souk_local_stripe::sign;
use souk_payments::CheckoutStatus;
use souk_payments::webhook::{EventKind, WebhookError, parse_event, verify};
use tokio::time::{Duration, Instant};

use crate::support::{Receiver, WEBHOOK_SECRET, World, now, request};

async fn world_and_receiver() -> (World, Receiver) {
    let receiver = Receiver::new().await;
    (World::with_webhooks(vec![receiver.url.clone()]).await, receiver)
}

#[tokio::test]
async fn a_paid_session_sends_a_signed_event() {
    let (world, mut receiver) = world_and_receiver().await;
    let paid = world.paid_checkout().await;

    let event = receiver.next_completed().await;

    assert_eq!(event.kind, EventKind::CheckoutCompleted(paid));
    assert!(event.id.starts_with("evt_"));
    assert!((event.created - now()).abs() < 60);
}

#[tokio::test]
async fn an_expired_session_sends_an_event() {
    let (world, mut receiver) = world_and_receiver().await;
    let checkout = world.open_checkout().await;

    world.advance_clock(32 * 60).await;

    let EventKind::CheckoutExpired(expired) = receiver.next_of("checkout.session.expired").await.event().kind else {
        panic!("another kind")
    };
    assert_eq!((expired.id, expired.status), (checkout.id, CheckoutStatus::Expired));
}

#[tokio::test]
async fn other_events_have_only_their_type() {
    let (world, mut receiver) = world_and_receiver().await;
    world.paid_checkout().await;

    let event = receiver.next_of("charge.succeeded").await.event();

    assert_eq!(event.kind, EventKind::Other("charge.succeeded".to_owned()));
}

#[tokio::test]
async fn a_forged_or_old_signature_is_refused() {
    let (world, mut receiver) = world_and_receiver().await;
    world.paid_checkout().await;
    let received = receiver.next_of("checkout.session.completed").await;
    let secret = WEBHOOK_SECRET.to_owned().into();
    let now = now();
    let check = |payload: &str, signature: &str| verify(payload, signature, &secret, now).map(|event| event.id);

    let changed = received.payload.replace("3000", "1");
    assert_ne!(changed, received.payload);
    assert_eq!(check(&changed, &received.signature), Err(WebhookError::BadSignature));
    assert_eq!(check(&received.payload, &sign(&received.payload, "whsec_other", now)), Err(WebhookError::BadSignature));
    for nonsense in ["", "t=1", "v1=00", "t=x,v1=00", &format!("t={now},v1="), &format!("t={now},v0=00")] {
        assert_eq!(check(&received.payload, nonsense), Err(WebhookError::BadSignature), "{nonsense}");
    }
    for age in [-301, 301] {
        let signature = sign(&received.payload, WEBHOOK_SECRET, now - age);
        assert_eq!(check(&received.payload, &signature), Err(WebhookError::Stale), "{age} s");
    }
    let in_time = sign(&received.payload, WEBHOOK_SECRET, now - 299);
    assert!(check(&received.payload, &in_time).is_ok());
}

#[test]
fn a_signed_event_of_an_unknown_type_or_shape_is_accepted() {
    let unknown = json!({
        "id": "evt_1", "object": "event", "created": 1, "type": "teapot.boiled", "livemode": false,
        "pending_webhooks": 1, "api_version": "2099-01-01.future", "data": { "object": { "object": "teapot" } },
    });
    let known_in_another_shape = json!({
        "id": "evt_2", "created": 1, "type": "charge.succeeded", "data": { "object": { "surprise": true } },
    });
    for (event, kind) in [(unknown, "teapot.boiled"), (known_in_another_shape, "charge.succeeded")] {
        let payload = event.to_string();
        let signature = sign(&payload, WEBHOOK_SECRET, 100);

        let event = verify(&payload, &signature, &WEBHOOK_SECRET.to_owned().into(), 100).unwrap();

        assert_eq!(event.kind, EventKind::Other(kind.to_owned()));
    }
}

#[test]
fn signed_nonsense_is_malformed() {
    let session_without_status = json!({
        "id": "evt_1", "created": 1, "type": "checkout.session.completed", "data": { "object": { "id": "cs_1" } },
    });
    for payload in ["", "{}", "[]", "hello", &session_without_status.to_string()] {
        let signature = sign(payload, WEBHOOK_SECRET, 100);
        let result = verify(payload, &signature, &WEBHOOK_SECRET.to_owned().into(), 100);
        assert!(matches!(result, Err(WebhookError::Malformed(_))), "{payload}: {result:?}");
    }
}

#[tokio::test]
async fn a_stored_payload_parses_like_the_verified_one() {
    let (world, mut receiver) = world_and_receiver().await;
    world.paid_checkout().await;
    let received = receiver.next_of("checkout.session.completed").await;

    let event = received.event();

    assert_eq!(parse_event(&received.payload).unwrap(), event);
    let stored = serde_json::to_string(&event).unwrap();
    assert_eq!(serde_json::from_str::<souk_payments::webhook::StripeEvent>(&stored).unwrap(), event);
}

#[tokio::test]
async fn a_refused_delivery_is_retried_until_accepted() {
    let mut receiver = Receiver::refusing_first(3).await;
    let world = World::with_webhooks(vec![receiver.url.clone()]).await;
    let customer = world.post("/v1/customers", None, &[("email", "ann@example.com")]).await;
    assert_eq!(customer.status, 200);

    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(receiver.next().await.event().id);
    }

    ids.dedup();
    assert_eq!(ids.len(), 1, "every attempt sends the same event");
    let outcomes = loop {
        // The stand-in records the last answer just after the receiver has sent it.
        let deliveries = world.get("/_local/deliveries").await;
        let deliveries = deliveries.as_array().unwrap().clone();
        if deliveries.len() == 4 {
            break deliveries.into_iter().map(|delivery| delivery["outcome"]["answered"].clone()).collect::<Vec<_>>();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(outcomes, [500, 500, 500, 200].map(serde_json::Value::from));
    let event = world.get(&format!("/v1/events/{}", ids[0])).await;
    assert_eq!(event["pending_webhooks"], 0);
}

#[tokio::test]
async fn events_can_be_duplicated() {
    let (world, mut receiver) = world_and_receiver().await;
    world.switch("webhooks", json!({ "copies": 2 })).await;
    world.paid_checkout().await;

    let first = receiver.next_completed().await;
    let second = receiver.next_completed().await;

    assert_eq!(first, second);
}

#[tokio::test]
async fn events_can_be_delayed() {
    let (world, mut receiver) = world_and_receiver().await;
    world.switch("webhooks", json!({ "delay_ms": 400 })).await;
    let started = Instant::now();
    world.paid_checkout().await;

    receiver.next_completed().await;

    assert!(started.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn events_can_be_reversed() {
    let (world, mut receiver) = world_and_receiver().await;
    world.switch("webhooks", json!({ "order": "reversed" })).await;
    world.paid_checkout().await;

    let kinds = receiver.next_kinds(4).await;

    let expected =
        ["checkout.session.completed", "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn events_are_in_order_by_default() {
    let (world, mut receiver) = world_and_receiver().await;
    world.paid_checkout().await;

    let kinds = receiver.next_kinds(4).await;

    let expected =
        ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn a_dropped_event_is_sent_only_when_resent() {
    let (world, mut receiver) = world_and_receiver().await;
    world.switch("webhooks", json!({ "drop": true })).await;
    let paid = world.paid_checkout().await;
    let events = world.get("/v1/events?type=checkout.session.completed").await;
    let id = events["data"][0]["id"].as_str().unwrap();

    world.switch("webhooks", json!({})).await;
    world.switch(&format!("webhooks/resend/{id}"), json!({})).await;

    // Deliveries keep their order, so an event that was not dropped would arrive before this one.
    let event = receiver.next().await.event();
    assert_eq!((event.id.as_str(), event.kind), (id, EventKind::CheckoutCompleted(paid)));
    assert_eq!(receiver.waiting(), 0);
}

#[tokio::test]
async fn an_endpoint_from_the_api_gets_its_enabled_events() {
    let mut receiver = Receiver::new().await;
    let world = World::new().await;
    let fields = [("url", receiver.url.as_str()), ("enabled_events[0]", "checkout.session.completed")];
    let endpoint = world.post("/v1/webhook_endpoints", None, &fields).await;
    let secret = endpoint.body["secret"].as_str().unwrap().to_owned();
    let checkout = world.gateway.create_checkout(&request("ps_2")).await.unwrap();
    world.gateway.expire_checkout(&checkout.id).await.unwrap();
    world.paid_checkout().await;

    let received = receiver.next().await;

    assert_eq!(received.kind(), "checkout.session.completed");
    assert!(verify(&received.payload, &received.signature, &secret.into(), now()).is_ok());
}
