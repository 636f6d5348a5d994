//! The gateway's behaviour when Stripe or the network fails.

use serde_json::json;
use souk_payments::{Gateway, GatewayError};
use tokio::net::TcpListener;
use tokio::time::{Duration, Instant};

use crate::support::{SECRET_KEY, World, request};

#[tokio::test]
async fn a_temporary_failure_is_retried() {
    let world = World::new().await;
    for status in [500, 503, 429, 409] {
        world.switch("faults", json!({ "times": 2, "status": status })).await;
        let result = world.gateway.create_checkout(&request(&format!("ps_{status}"))).await;
        assert!(result.is_ok(), "{status}: {result:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_create_a_second_session() {
    let world = World::new().await;
    world.switch("faults", json!({ "times": 2, "status": 503, "after_effect": true })).await;

    world.gateway.create_checkout(&request("ps_1")).await.unwrap();

    let sessions = world.get("/v1/checkout/sessions").await;
    assert_eq!(sessions["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_lasting_failure_is_unreachable_after_three_attempts() {
    let world = World::new().await;
    world.switch("faults", json!({ "times": 3, "status": 500 })).await;

    let failed = world.gateway.create_checkout(&request("ps_1")).await;

    assert!(matches!(failed, Err(GatewayError::Unreachable(_))), "{failed:?}");
    assert!(world.gateway.create_checkout(&request("ps_1")).await.is_ok(), "the gateway made a fourth attempt");
}

#[tokio::test]
async fn a_refusal_is_not_retried() {
    let world = World::new().await;
    world.switch("faults", json!({ "times": 1, "status": 402 })).await;

    let refused = world.gateway.create_checkout(&request("ps_1")).await;

    assert!(matches!(refused, Err(GatewayError::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_hanging_attempt_is_cancelled_and_retried() {
    let world = World::new().await;
    world.switch("faults", json!({ "times": 1, "delay_ms": 60_000 })).await;

    let started = Instant::now();
    let result = world.gateway.create_checkout(&request("ps_1")).await;

    assert!(result.is_ok(), "{result:?}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_server_that_never_answers_times_out_after_ten_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let gateway = Gateway::new(SECRET_KEY.to_owned().into(), Some(&url)).unwrap();

    let started = Instant::now();
    let result = gateway.get_checkout("cs_test_1").await;

    assert!(matches!(result, Err(GatewayError::Unreachable(_))), "{result:?}");
    assert!(started.elapsed() < Duration::from_secs(11), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    let gateway = Gateway::new(SECRET_KEY.to_owned().into(), Some(&url)).unwrap();

    let result = gateway.get_checkout("cs_test_1").await;

    assert!(matches!(result, Err(GatewayError::Unreachable(_))), "{result:?}");
}

#[test]
fn an_invalid_key_or_url_is_misconfigured() {
    for (key, url) in [("", None), ("line\nbreak", None), (SECRET_KEY, Some("not a url"))] {
        let result = Gateway::new(key.to_owned().into(), url);
        assert!(matches!(result, Err(GatewayError::Misconfigured(_))), "{key:?} {url:?}");
    }
}
