//! Test cards, on the checkout page and through the API.

use souk_payments::{CheckoutStatus, PaymentStatus};
use stripe_core::payment_intent::{ConfirmPaymentIntent, CreatePaymentIntent, RetrievePaymentIntent};
use stripe_shared::{ApiErrorsCode, PaymentIntentStatus};
use stripe_types::Currency;

use crate::support::{StripeError, World};

#[tokio::test]
async fn a_declined_card_leaves_the_session_open() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;

    let declined = world.pay(&checkout, "4000 0000 0000 0002").await;

    assert_eq!(declined.status(), 402);
    assert!(declined.text().await.unwrap().contains("Your card was declined."));
    let open = world.gateway.get_checkout(&checkout.id).await.unwrap();
    assert_eq!((open.status, open.payment_status), (CheckoutStatus::Open, PaymentStatus::Unpaid));
    let payment = open.payment_intent.unwrap();
    let intent = RetrievePaymentIntent::new(payment.as_str()).send(&world.client).await.unwrap();
    assert_eq!(intent.status, PaymentIntentStatus::RequiresPaymentMethod);
    assert_eq!(intent.last_payment_error.unwrap().decline_code.as_deref(), Some("generic_decline"));

    assert_eq!(world.pay(&checkout, "5555 5555 5555 4444").await.status(), 303);
    let paid = world.gateway.get_checkout(&checkout.id).await.unwrap();
    assert_eq!(paid.payment_status, PaymentStatus::Paid);
    assert_eq!(paid.payment_intent, Some(payment));
}

#[tokio::test]
async fn an_invalid_card_number_is_refused() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;
    for number in ["4242 4242 4242 4241", "", "hello", "42"] {
        let page = world.pay(&checkout, number).await;
        assert_eq!(page.status(), 402, "{number}");
        assert!(page.text().await.unwrap().contains("card number is incorrect"), "{number}");
    }
}

#[tokio::test]
async fn a_real_card_is_declined() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;

    let page = world.pay(&checkout, "4012 8888 8888 1881").await;

    assert_eq!(page.status(), 402);
    assert!(page.text().await.unwrap().contains("non test card"));
}

#[tokio::test]
async fn a_card_that_needs_authentication_is_charged_after_it() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;

    let to_the_bank = world.pay(&checkout, "4000 0025 0000 3155").await;
    assert_eq!(to_the_bank.status(), 303);
    let bank = format!("{}{}", world.stripe.url(), to_the_bank.headers()["location"].to_str().unwrap());
    let waiting = world.gateway.get_checkout(&checkout.id).await.unwrap();
    assert_eq!(waiting.payment_status, PaymentStatus::Unpaid);
    assert!(world.browser.get(&bank).send().await.unwrap().text().await.unwrap().contains("Complete authentication"));
    let back = world.submit(&bank, &[("answer", "approve")]).await;

    assert_eq!(back.status(), 303);
    assert!(back.headers()["location"].to_str().unwrap().starts_with("https://shop.example.com/paid"));
    assert_eq!(world.gateway.get_checkout(&checkout.id).await.unwrap().payment_status, PaymentStatus::Paid);
}

#[tokio::test]
async fn a_failed_authentication_can_be_retried() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;
    let to_the_bank = world.pay(&checkout, "4000 0025 0000 3155").await;
    let bank = format!("{}{}", world.stripe.url(), to_the_bank.headers()["location"].to_str().unwrap());

    let page = world.submit(&bank, &[("answer", "refuse")]).await;

    assert_eq!(page.status(), 402);
    assert!(page.text().await.unwrap().contains("unable to authenticate"));
    assert_eq!(world.gateway.get_checkout(&checkout.id).await.unwrap().status, CheckoutStatus::Open);
    assert_eq!(world.pay(&checkout, "4242 4242 4242 4242").await.status(), 303);
}

#[tokio::test]
async fn a_payment_that_waits_for_the_bank_expires_with_its_session() {
    let world = World::new().await;
    let checkout = world.open_checkout().await;
    let to_the_bank = world.pay(&checkout, "4000 0025 0000 3155").await;
    let bank = format!("{}{}", world.stripe.url(), to_the_bank.headers()["location"].to_str().unwrap());

    world.advance_clock(32 * 60).await;
    let late = world.submit(&bank, &[("answer", "approve")]).await;

    assert_eq!(late.status(), 410);
    let ended = world.gateway.get_checkout(&checkout.id).await.unwrap();
    assert_eq!((ended.status, ended.payment_status), (CheckoutStatus::Expired, PaymentStatus::Unpaid));
    let intent = RetrievePaymentIntent::new(ended.payment_intent.unwrap()).send(&world.client).await.unwrap();
    assert_eq!(intent.status, PaymentIntentStatus::Canceled);
}

#[tokio::test]
async fn a_payment_intent_is_confirmed_through_the_api_with_a_test_payment_method() {
    let world = World::new().await;

    let created = CreatePaymentIntent::new(1999, Currency::EUR).send(&world.client).await.unwrap();
    assert_eq!(created.status, PaymentIntentStatus::RequiresPaymentMethod);
    let paid = ConfirmPaymentIntent::new(created.id.as_str())
        .payment_method("pm_card_visa")
        .send(&world.client)
        .await
        .unwrap();
    let waiting = CreatePaymentIntent::new(1999, Currency::EUR)
        .confirm(true)
        .payment_method("pm_card_authenticationRequired")
        .send(&world.client)
        .await
        .unwrap();

    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
    assert_eq!(waiting.status, PaymentIntentStatus::RequiresAction);
    assert!(waiting.next_action.unwrap().redirect_to_url.unwrap().url.is_some());
}

#[tokio::test]
async fn a_declined_confirmation_is_a_card_error_with_the_payment() {
    let world = World::new().await;
    let created = CreatePaymentIntent::new(1999, Currency::EUR).send(&world.client).await.unwrap();

    let result = ConfirmPaymentIntent::new(created.id.as_str())
        .payment_method("pm_card_visa_chargeDeclined")
        .send(&world.client)
        .await;

    let Err(StripeError::Stripe(error, 402)) = result else { panic!("{result:?}") };
    assert_eq!(error.code, Some(ApiErrorsCode::CardDeclined));
    assert_eq!(error.payment_intent.unwrap().status, PaymentIntentStatus::RequiresPaymentMethod);
}
