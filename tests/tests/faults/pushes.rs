//! Frames that are pushed twice, sockets that are closed, and sockets that must be closed.

use jiff::Timestamp;
use serde_json::json;
use souk_domain::{Principal, SellerId, ShopId};
use souk_testkit::{PATIENCE, Result, events::sqs_batch};
use souk_tests::Market;

use crate::fixture::{no_failures, sale};

#[tokio::test]
async fn a_repeated_push_carries_the_same_id_so_that_a_client_can_drop_it() -> Result {
    let market = Market::open()?;
    let mut sale = sale(&market).await?;
    let batch = sqs_batch([sale.message.as_str()]);
    assert_eq!(market.call("push-live", &batch).await?, no_failures());
    let again = sale.socket.await_frame("order_placed", PATIENCE).await?;
    assert_eq!(again, sale.frame);
    sale.assert_unchanged(&market).await
}

#[tokio::test]
async fn a_push_to_a_closed_socket_succeeds() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    sale.socket.close().await?;
    let batch = sqs_batch([sale.message.as_str()]);
    assert_eq!(market.call("push-live", &batch).await?, no_failures());
    assert_eq!(market.call("push-live", &batch).await?, no_failures());
    Ok(())
}

#[tokio::test]
async fn a_repeated_end_of_sessions_closes_only_the_sockets_of_ended_sessions() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 1).await?;
    let ended = vendor.client.sign_in(&vendor.account).await?;
    let (from_ended, mut from_valid) = (ended.open_socket().await?, vendor.client.open_socket().await?);
    ended.ask("logout")?.send().await?.succeeded()?;
    from_ended.await_close(PATIENCE).await?;

    let seller = Principal::Seller(SellerId::from(ShopId::parse(&vendor.shop.id)?));
    let event = json!({ "type": "sessions_ended", "principal": seller });
    let at = Timestamp::now();
    let message = json!({ "id": "event_0199dc31c0de7a10a4f25b6c7d8e9f01", "at": at, "event": event }).to_string();
    for _ in 0..2 {
        assert_eq!(market.call("push-live", &sqs_batch([message.as_str()])).await?, no_failures());
    }
    from_valid.send(&json!({ "type": "ping" })).await?;
    from_valid.await_frame("pong", PATIENCE).await?;
    from_valid.close().await
}
