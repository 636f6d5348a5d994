//! Events, read through the API.

use stripe_core::event::{ListEvent, RetrieveEvent};
use stripe_shared::event::EventType;

use crate::support::{World, request};

#[tokio::test]
async fn a_paid_session_emits_its_events() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;
    world.pay(&checkout, "4000 0000 0000 0002").await;
    world.pay(&checkout, "4242 4242 4242 4242").await;
    let payment = world.gateway.get_checkout(&checkout.id).await.unwrap().payment_intent.unwrap();
    world.gateway.refund(&payment, 500, "refund").await.unwrap();

    let events = ListEvent::new().limit(100).send(&world.client).await.unwrap();

    let oldest_first: Vec<_> = events.data.iter().rev().map(|event| event.type_.as_str()).collect();
    assert_eq!(
        oldest_first,
        [
            "payment_intent.created",
            "charge.failed",
            "payment_intent.payment_failed",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
            "refund.created",
            "charge.refunded",
        ]
    );
    let one = RetrieveEvent::new(events.data[0].id.as_str()).send(&world.client).await.unwrap();
    assert_eq!(one.type_, EventType::ChargeRefunded);
    assert_eq!(one.request.unwrap().idempotency_key.as_deref(), Some("refund"));
}

#[tokio::test]
async fn events_are_filtered_and_paged() {
    let world = World::new().await;
    let mut ended = Vec::new();
    for key in ["a", "b", "c"] {
        let checkout = world.gateway.create_checkout(&request(key)).await.unwrap();
        world.gateway.expire_checkout(&checkout.id).await.unwrap();
        ended.push(checkout.id);
    }
    world.paid_checkout().await;
    let page = |more: String| format!("/v1/events?type=checkout.session.expired&limit=2{more}");

    let first = world.get(&page(String::new())).await;
    let cursor = first["data"][1]["id"].as_str().unwrap();
    let second = world.get(&page(format!("&starting_after={cursor}"))).await;
    let back = world.get(&page(format!("&ending_before={}", second["data"][0]["id"].as_str().unwrap()))).await;

    let subjects = |list: &serde_json::Value| -> Vec<String> {
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["data"]["object"]["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!((subjects(&first), &first["has_more"]), (vec![ended[2].clone(), ended[1].clone()], &true.into()));
    assert_eq!((subjects(&second), &second["has_more"]), (vec![ended[0].clone()], &false.into()));
    assert_eq!(subjects(&back), subjects(&first));
    let refused = world.get("/v1/events?limit=101").await;
    assert_eq!(refused["error"]["param"], "limit");
}

#[tokio::test]
async fn a_reset_deletes_everything() {
    let world = World::new().await;
    let checkout = world.paid_checkout().await;

    world.switch("reset", serde_json::Value::Null).await;

    assert!(world.gateway.get_checkout(&checkout.id).await.is_err());
    assert_eq!(world.get("/v1/events").await["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn the_dashboard_shows_what_happened() {
    let world = World::new().await;
    let paid = world.paid_checkout().await;
    let open = world.gateway.create_checkout(&request("ps_2")).await.unwrap();

    let page = world.browser.get(format!("{}/_local", world.stripe.url())).send().await.unwrap();

    let html = page.text().await.unwrap();
    assert!(html.contains(&paid.id) && html.contains("complete, paid"), "{html}");
    assert!(html.contains(&format!("/c/pay/{}", open.id)), "{html}");
    assert!(html.contains("checkout.session.completed"), "{html}");
}
