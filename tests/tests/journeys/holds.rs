//! Stock that is held, and its return.

use futures::future::try_join_all;
use jiff::Timestamp;
use serde_json::json;
use souk_testkit::{PaymentSession, Result, StripePage};
use souk_tests::{Market, keys};

#[tokio::test]
async fn the_schedule_expires_an_unpaid_hold_and_returns_its_stock_once() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    let session = shopper.open_payment().await?;
    assert_eq!(vendor.stock().await?, 2);
    expire_hold(&market, &session).await?;

    // Two runs of the schedule overlap.
    let event = json!({});
    try_join_all((0..2).map(|_| market.call("release-holds", &event))).await?;
    shopper.await_payment(&session.id, "expired").await?;
    assert_eq!(vendor.stock().await?, 5);
    assert_eq!(shopper.cart().await?.lines.len(), 1, "the cart is unchanged");
    assert_eq!(reqwest::get(Market::page(&session)?).await?.status(), 410, "the checkout page is closed");

    market.call("release-holds", &event).await?;
    assert_eq!(vendor.stock().await?, 5);
    Ok(())
}

#[tokio::test]
async fn a_hold_that_has_not_ended_is_not_released() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    let session = shopper.open_payment().await?;
    market.call("release-holds", &json!({})).await?;
    assert_eq!(shopper.payment(&session.id).await?.state, "open");
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_session_that_is_paid_at_the_last_moment_does_not_expire() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    let session = shopper.open_payment().await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    expire_hold(&market, &session).await?;
    market.call("release-holds", &json!({})).await?;
    shopper.await_payment(&session.id, "paid").await?;
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}

#[tokio::test]
async fn the_shopper_can_pay_again_after_a_hold_expired() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    let session = shopper.open_payment().await?;
    expire_hold(&market, &session).await?;
    market.call("release-holds", &json!({})).await?;
    shopper.await_payment(&session.id, "expired").await?;
    shopper.buy().await?;
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}

/// Moves the end of a hold a minute into the past, in the item and in the list that the schedule reads.
pub(crate) async fn expire_hold(market: &Market, session: &PaymentSession) -> Result {
    let id = session.id.parse()?;
    let ended = Timestamp::now() - jiff::SignedDuration::from_mins(1);
    let list_key = keys::among_holds(ended, id);
    let key = keys::payment_session(id);
    let in_list = market.cloud.item(&key).await?.is_some_and(|item| item["gsi1pk"] == list_key.list.as_str());
    market.cloud.set(&key, &[("held_until", json!(ended.as_millisecond()))]).await?;
    if in_list {
        market.cloud.set(&key, &[("gsi1sk", json!(list_key.at))]).await?;
    }
    Ok(())
}
