//! The gateway's requests, and its handling of answers that the stand-in never gives.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use serde_json::{Value, json};
use souk_payments::{Gateway, GatewayError};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;

use crate::support::{SECRET_KEY, request};

/// A server that gives every request the same answer and counts the requests.
struct FixedAnswer {
    gateway: Gateway,
    calls: Arc<AtomicU32>,
}

impl FixedAnswer {
    async fn answering(status: u16, body: &str) -> Self {
        let calls = Arc::new(AtomicU32::new(0));
        let (status, body, counter) = (StatusCode::from_u16(status).unwrap(), body.to_owned(), calls.clone());
        let gateway = serve(Router::new().fallback(async move || {
            counter.fetch_add(1, Ordering::SeqCst);
            (status, body)
        }));
        Self { gateway: gateway.await, calls }
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn serve(router: Router) -> Gateway {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Gateway::new(SECRET_KEY.to_owned().into(), Some(&url)).unwrap()
}

fn session() -> Value {
    json!({
        "id": "cs_1", "object": "checkout.session", "url": null, "status": "open", "payment_status": "unpaid",
        "payment_intent": null, "amount_total": 1, "currency": "eur", "client_reference_id": null,
        "a_field_of_tomorrow": { "deep": [1, 2] },
    })
}

#[tokio::test]
async fn unknown_fields_of_an_answer_are_ignored() {
    let server = FixedAnswer::answering(200, &session().to_string()).await;

    let checkout = server.gateway.get_checkout("cs_1").await.unwrap();

    assert_eq!((checkout.id.as_str(), checkout.amount_total, checkout.client_reference_id), ("cs_1", 1, None));
}

#[tokio::test]
async fn an_answer_of_an_intermediary_is_retried() {
    for (status, body) in
        [(200, "<html>sign in</html>"), (502, "<html>"), (404, "gone"), (400, "{}"), (200, "{\"id\":")]
    {
        let server = FixedAnswer::answering(status, body).await;

        let result = server.gateway.get_checkout("cs_1").await;

        assert!(matches!(result, Err(GatewayError::Unreachable(_))), "{status} {body}: {result:?}");
        assert_eq!(server.calls(), 3, "{status} {body}");
    }
}

#[tokio::test]
async fn an_answer_of_another_api_version_is_misconfigured() {
    for (field, value) in
        [("status", json!("dreaming")), ("payment_status", json!("maybe")), ("amount_total", Value::Null)]
    {
        let mut surprising = session();
        surprising[field] = value;
        let server = FixedAnswer::answering(200, &surprising.to_string()).await;

        let result = server.gateway.get_checkout("cs_1").await;

        assert!(matches!(result, Err(GatewayError::Misconfigured(_))), "{field}: {result:?}");
        assert_eq!(server.calls(), 1, "{field}");
    }
}

#[tokio::test]
async fn a_refusal_has_stripes_code_or_type() {
    let message = "No such session";
    for (error, expected) in [
        (
            json!({ "type": "invalid_request_error", "code": "resource_missing", "message": message }),
            "resource_missing",
        ),
        (json!({ "type": "invalid_request_error", "message": message }), "invalid_request_error"),
        (
            json!({ "type": "error_of_tomorrow", "message": message, "payment_intent": { "odd": 1 } }),
            "error_of_tomorrow",
        ),
    ] {
        let server = FixedAnswer::answering(400, &json!({ "error": error }).to_string()).await;

        let result = server.gateway.get_checkout("cs_1").await;

        let Err(GatewayError::Refused { code, message: said }) = result else { panic!("{result:?}") };
        assert_eq!((code.as_str(), said.as_str()), (expected, message));
        assert_eq!(server.calls(), 1);
    }
}

#[tokio::test]
async fn a_refund_without_a_status_has_succeeded() {
    let refund = json!({ "id": "re_1", "amount": 5, "currency": "eur", "status": null });
    let server = FixedAnswer::answering(200, &refund.to_string()).await;

    let refund = server.gateway.refund("pi_1", 5, "key").await.unwrap();

    assert_eq!((refund.id.as_str(), refund.amount, refund.status.as_str()), ("re_1", 5, "succeeded"));
}

#[tokio::test]
async fn a_request_carries_key_version_and_idempotency_key() {
    let (sender, mut arriving) = unbounded_channel();
    let answer = session().to_string();
    let gateway = serve(Router::new().fallback(async move |request: Request| {
        let _ = sender.send(request);
        answer
    }))
    .await;

    gateway.create_checkout(&request("ps_1")).await.unwrap();
    gateway.get_checkout("cs_1").await.unwrap();

    let (creation, reading) = (arriving.recv().await.unwrap(), arriving.recv().await.unwrap());
    assert_eq!((creation.method().as_str(), creation.uri().path()), ("POST", "/v1/checkout/sessions"));
    assert_eq!(creation.headers()["authorization"], format!("Bearer {SECRET_KEY}"));
    assert_eq!(creation.headers()["stripe-version"], souk_payments::api_version());
    assert_eq!(creation.headers()["idempotency-key"], "ps_1");
    assert_eq!(creation.headers()["content-type"], "application/x-www-form-urlencoded");
    assert!(creation.headers()["user-agent"].to_str().unwrap().starts_with("Souk/"));
    assert_eq!((reading.method().as_str(), reading.uri().path()), ("GET", "/v1/checkout/sessions/cs_1"));
    assert!(!reading.headers().contains_key("idempotency-key"));
}

#[tokio::test]
async fn an_https_address_gets_tls_and_never_the_plain_key() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let gateway = Gateway::new(SECRET_KEY.to_owned().into(), Some(&url)).unwrap();
    let listening = async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut heard = vec![0; 16 * 1024];
        let length = connection.read(&mut heard).await.unwrap();
        heard.truncate(length);
        heard
    };

    let (heard, result) = tokio::join!(listening, gateway.get_checkout("cs_1"));

    // A handshake record of TLS: RFC 8446, section 5.1.
    assert_eq!(heard[0], 22);
    assert!(!heard.windows(SECRET_KEY.len()).any(|bytes| bytes == SECRET_KEY.as_bytes()));
    assert!(matches!(result, Err(GatewayError::Unreachable(_))), "{result:?}");
}
