//! Frames that are pushed twice, sockets that are gone, and those that have to close.

use jiff::Timestamp;
use serde_json::json;
use souk_domain::{Principal, SellerId, ShopId};
use souk_testkit::{PATIENCE, Result, events::sqs_batch};
use souk_tests::Market;

use crate::scene::{all_done, sale};

#[tokio::test]
async fn a_repeated_push_carries_the_same_id_so_that_a_client_can_drop_it() -> Result {
    let market = Market::open()?;
    let mut sale = sale(&market).await?;
    let batch = sqs_batch([sale.news.as_str()]);
    assert_eq!(market.call("push-live", &batch).await?, all_done());
    let again = sale.socket.await_frame("order_placed", PATIENCE).await?;
    let news: serde_json::Value = serde_json::from_str(&sale.news)?;
    assert_eq!(again["id"], news["id"]);
    sale.stands_as_it_was(&market).await
}

#[tokio::test]
async fn a_push_to_a_socket_that_is_gone_is_no_failure() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    sale.socket.close().await?;
    let batch = sqs_batch([sale.news.as_str()]);
    assert_eq!(market.call("push-live", &batch).await?, all_done());
    assert_eq!(market.call("push-live", &batch).await?, all_done());
    Ok(())
}

#[tokio::test]
async fn sessions_that_ended_close_the_sockets_from_before_and_no_later_ones_however_often_that_is_told() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 1).await?;
    let before = vendor.client.open_socket().await?;
    let at = Timestamp::now();
    let mut later = vendor.client.open_socket().await?;
    let seller = Principal::Seller(SellerId::from(ShopId::parse(&vendor.shop.id)?));
    let event = json!({ "type": "account_notice", "principal": seller, "notice": { "kind": "password_changed" } });
    let told = json!({ "id": "event_0199dc31c0de7a10a4f25b6c7d8e9f01", "at": at, "event": event }).to_string();
    for _ in 0..2 {
        assert_eq!(market.call("push-live", &sqs_batch([told.as_str()])).await?, all_done());
    }
    before.await_end(PATIENCE).await?;
    later.say(&json!({ "type": "ping" })).await?;
    later.await_frame("pong", PATIENCE).await?;
    later.close().await
}
