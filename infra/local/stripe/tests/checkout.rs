//! Payments on the checkout page, from the request to the refund.

use souk_payments::{CheckoutStatus, Expiry, GatewayError, PaymentStatus};
use stripe_checkout::checkout_session::{ListLineItemsCheckoutSession, RetrieveCheckoutSession};
use stripe_core::charge::ListCharge;
use stripe_core::payment_intent::RetrievePaymentIntent;
use stripe_core::refund::{ListRefund, RetrieveRefund};
use stripe_shared::{ChargeStatus, PaymentIntentStatus};

use crate::support::{World, now, request};

#[tokio::test]
async fn a_new_session_is_open_and_unpaid_and_has_a_page() {
    let world = World::new().await;

    let checkout = world.open_checkout().await;

    assert!(checkout.id.starts_with("cs_test_"));
    assert_eq!(checkout.status, CheckoutStatus::Open);
    assert_eq!(checkout.payment_status, PaymentStatus::Unpaid);
    assert_eq!(checkout.payment_intent, None);
    assert_eq!((checkout.amount_total, checkout.currency.as_str()), (3000, "eur"));
    assert_eq!(checkout.client_reference_id.as_deref(), Some("ps_1"));
    let page = world.browser.get(checkout.url.unwrap()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    assert!(html.contains("30.00 EUR") && html.contains("Mug, 30 cl") && html.contains("Brush [small]"), "{html}");
}

#[tokio::test]
async fn async_stripe_reads_the_session_with_everything_expanded() {
    let world = World::new().await;
    let checkout = world.paid_checkout().await;

    let session = RetrieveCheckoutSession::new(checkout.id.as_str())
        .expand(["line_items".to_owned(), "payment_intent.latest_charge".to_owned()])
        .send(&world.client)
        .await
        .unwrap();

    assert_eq!(session.line_items.unwrap().data.len(), 2);
    let payment = session.payment_intent.unwrap().into_object().unwrap();
    assert_eq!(payment.transfer_group.as_deref(), Some("po_1"));
    assert!(payment.latest_charge.unwrap().into_object().unwrap().paid);
    let lines = ListLineItemsCheckoutSession::new(checkout.id.as_str()).send(&world.client).await.unwrap();
    assert_eq!(lines.data[0].description.as_deref(), Some("Mug, 30 cl"));
    assert_eq!(lines.data.iter().map(|line| line.amount_total).collect::<Vec<_>>(), [2500, 500]);
}

#[tokio::test]
async fn paying_completes_the_session_and_returns_to_the_shop() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;

    let answer = world.pay(&checkout, "4242 4242 4242 4242").await;

    assert_eq!(answer.status(), 303);
    let location = answer.headers()["location"].to_str().unwrap();
    assert_eq!(location, format!("https://shop.example.com/paid?session={}", checkout.id));
    let paid = world.gateway.get_checkout(&checkout.id).await.unwrap();
    assert_eq!((paid.status, paid.payment_status), (CheckoutStatus::Complete, PaymentStatus::Paid));
    assert_eq!(paid.url, None);
    let payment = paid.payment_intent.unwrap();
    let intent = RetrievePaymentIntent::new(payment.as_str()).send(&world.client).await.unwrap();
    assert_eq!(intent.status, PaymentIntentStatus::Succeeded);
    assert_eq!(intent.amount_received, 3000);
    assert_eq!(intent.metadata["payment_session"], "ps_1");
    let charges = ListCharge::new().payment_intent(payment.as_str()).send(&world.client).await.unwrap();
    assert_eq!(charges.data.len(), 1);
    assert_eq!(charges.data[0].status, ChargeStatus::Succeeded);
    assert_eq!(charges.data[0].billing_details.email.as_deref(), Some("ann@example.com"));
}

#[tokio::test]
async fn a_paid_session_cannot_be_paid_again() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;
    world.pay(&checkout, "4242 4242 4242 4242").await;

    let page = world.pay(&checkout, "4242 4242 4242 4242").await;

    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("already been made"));
    let charges = world.get("/v1/charges").await;
    assert_eq!(charges["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_free_order_needs_no_card() {
    let world = World::new().await;
    let mut free = request("ps_free");
    free.lines.truncate(1);
    free.lines[0].unit_amount = 0;
    let checkout = world.gateway.create_checkout(&free).await.unwrap();
    assert_eq!(checkout.payment_status, PaymentStatus::NoPaymentRequired);

    let answer = world.submit(checkout.url.as_deref().unwrap(), &[("email", "ann@example.com")]).await;

    assert_eq!(answer.status(), 303);
    let done = world.gateway.get_checkout(&checkout.id).await.unwrap();
    assert_eq!(done.status, CheckoutStatus::Complete);
    assert_eq!(done.payment_intent, None);
}

#[tokio::test]
async fn a_payment_requires_a_card() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;

    let page = world.submit(checkout.url.as_deref().unwrap(), &[("email", "ann@example.com")]).await;

    assert_eq!(page.status(), 402);
    assert_eq!(world.gateway.get_checkout(&checkout.id).await.unwrap().status, CheckoutStatus::Open);
}

#[tokio::test]
async fn an_expired_session_cannot_be_paid() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;

    let Expiry::Expired(ended) = world.gateway.expire_checkout(&checkout.id).await.unwrap() else {
        panic!("the session was open");
    };

    assert_eq!((ended.status, ended.payment_status), (CheckoutStatus::Expired, PaymentStatus::Unpaid));
    assert_eq!(world.pay(&checkout, "4242 4242 4242 4242").await.status(), 410);
}

#[tokio::test]
async fn expiring_an_ended_session_returns_its_state() {
    let world = World::new().await;
    let paid = world.paid_checkout().await;
    let expired = world.gateway.create_checkout(&request("ps_2")).await.unwrap();
    world.gateway.expire_checkout(&expired.id).await.unwrap();

    let Expiry::AlreadyEnded(first) = world.gateway.expire_checkout(&paid.id).await.unwrap() else { panic!("paid") };
    let Expiry::AlreadyEnded(second) = world.gateway.expire_checkout(&expired.id).await.unwrap() else {
        panic!("ended")
    };

    assert_eq!(first, paid);
    assert_eq!(second.status, CheckoutStatus::Expired);
}

#[tokio::test]
async fn a_session_expires_at_its_time() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;

    world.advance_clock(29 * 60).await;
    assert_eq!(world.gateway.get_checkout(&checkout.id).await.unwrap().status, CheckoutStatus::Open);
    world.advance_clock(3 * 60).await;

    assert_eq!(world.gateway.get_checkout(&checkout.id).await.unwrap().status, CheckoutStatus::Expired);
    let page = world.browser.get(checkout.url.unwrap()).send().await.unwrap();
    assert_eq!(page.status(), 410);
}

#[tokio::test]
async fn a_session_may_last_between_half_an_hour_and_a_day() {
    let world = World::new().await;
    for (key, minutes, accepted) in [("a", 29, false), ("b", 30, true), ("c", 24 * 60, true), ("d", 24 * 60 + 1, false)]
    {
        let mut request = request(key);
        request.expires_at = now() + minutes * 60;

        let result = world.gateway.create_checkout(&request).await;

        match result {
            Ok(_) => assert!(accepted, "{minutes} minutes"),
            Err(GatewayError::Refused { code, message }) => {
                assert!(!accepted, "{minutes} minutes");
                assert_eq!(code, "invalid_request_error");
                assert!(message.contains("expires_at"), "{message}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn refunds_cannot_exceed_the_payment() {
    let world = World::new().await;
    let payment = world.paid_checkout().await.payment_intent.unwrap();

    let part = world.gateway.refund(&payment, 1000, "refund-1").await.unwrap();
    let again = world.gateway.refund(&payment, 1000, "refund-1").await.unwrap();
    let too_much = world.gateway.refund(&payment, 2001, "refund-2").await;
    let rest = world.gateway.refund(&payment, 2000, "refund-3").await.unwrap();
    let nothing_left = world.gateway.refund(&payment, 1, "refund-4").await;

    assert_eq!((part.amount, part.currency.as_str(), part.status.as_str()), (1000, "eur", "succeeded"));
    assert_eq!(part, again);
    assert!(matches!(too_much, Err(GatewayError::Refused { .. })), "{too_much:?}");
    assert_eq!(rest.amount, 2000);
    let Err(GatewayError::Refused { code, .. }) = nothing_left else { panic!("{nothing_left:?}") };
    assert_eq!(code, "charge_already_refunded");
    let refunds = ListRefund::new().payment_intent(payment.as_str()).send(&world.client).await.unwrap();
    assert_eq!(refunds.data.len(), 2);
    assert_eq!(RetrieveRefund::new(part.id.as_str()).send(&world.client).await.unwrap().amount, 1000);
    let charges = ListCharge::new().send(&world.client).await.unwrap();
    assert!(charges.data[0].refunded);
}

#[tokio::test]
async fn an_unknown_session_is_missing() {
    let world = World::new().await;

    let result = world.gateway.get_checkout("cs_test_nobody").await;

    let Err(GatewayError::Refused { code, .. }) = result else { panic!("{result:?}") };
    assert_eq!(code, "resource_missing");
}

#[tokio::test]
async fn a_wrong_key_is_misconfigured_and_not_in_the_error() {
    let world = World::new().await;
    let gateway =
        souk_payments::Gateway::new("sk_test_wrong_key".to_owned().into(), Some(&world.stripe.url())).unwrap();

    let error = gateway.get_checkout("cs_test_1").await.unwrap_err();

    assert!(matches!(error, GatewayError::Misconfigured(_)), "{error:?}");
    assert!(!format!("{error} {error:?} {gateway:?}").contains("sk_test"));
}

#[test]
fn the_stand_in_has_the_api_version_of_the_gateway() {
    assert_eq!(souk_local_stripe::API_VERSION, souk_payments::api_version());
}
