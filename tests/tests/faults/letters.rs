//! Mail that is asked for twice.

use serde_json::json;
use souk_testkit::{
    Result,
    events::{message_id, sqs_batch},
};
use souk_tests::Market;

use crate::scene::{all_done, await_letters, letters, sale};

#[tokio::test]
async fn an_order_that_is_told_of_many_times_is_written_about_once() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let batch = sqs_batch([sale.news.as_str(), sale.news.as_str()]);
    let answers = futures::future::try_join_all((0..5).map(|_| market.call("send-mail", &batch))).await?;
    assert!(answers.iter().all(|answer| *answer == all_done()), "{answers:?}");
    sale.stands_as_it_was(&market).await
}

#[tokio::test]
async fn one_broken_message_among_good_ones_goes_back_alone_and_the_good_ones_are_sent() -> Result {
    let market = Market::open()?;
    let ((first, _), (second, _)) = (market.shopper().await?, market.shopper().await?);
    let taken = |email: &str| {
        let id = format!("event_{:032x}", fastrand::u128(..));
        let event = json!({ "type": "address_taken", "email": email, "realm": "users" });
        json!({ "id": id, "at": "2026-10-09T13:18:41Z", "event": event }).to_string()
    };
    let (to_first, to_second) = (taken(&first.email), taken(&second.email));
    let batch = sqs_batch([to_first.as_str(), "not a message", to_second.as_str(), to_first.as_str()]);
    let answer = market.call("send-mail", &batch).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": message_id(1) }] }));
    await_letters(&market, &first, 2).await?;
    await_letters(&market, &second, 2).await?;
    assert_eq!(letters(&market, &first).await?, 2, "one with the code, one about the taken address");
    Ok(())
}

#[tokio::test]
async fn a_code_that_comes_too_late_to_be_used_is_not_sent() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let event =
        json!({ "type": "code_requested", "email": account.email, "name": "Ann Lee", "sealed_code": "whatever" });
    let id = format!("event_{:032x}", fastrand::u128(..));
    let message = json!({ "id": id, "at": "2026-01-01T00:00:00Z", "event": event }).to_string();
    assert_eq!(market.call("send-mail", &sqs_batch([message.as_str()])).await?, all_done());
    assert_eq!(letters(&market, &account).await?, 1);
    Ok(())
}
