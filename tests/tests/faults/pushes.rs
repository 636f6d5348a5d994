//! Frames that are pushed twice, and sockets that are gone.

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
