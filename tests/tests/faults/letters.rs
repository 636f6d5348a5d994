//! Mail that is asked for twice.

use jiff::Timestamp;
use serde_json::json;
use souk_testkit::{
    Account, Result, Role,
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
        let event = json!({ "type": "code_requested", "email": email, "sealed_code": "for nobody" });
        json!({ "id": id, "at": Timestamp::now(), "event": event }).to_string()
    };
    let (to_first, to_second) = (taken(&first.email), taken(&second.email));
    let batch = sqs_batch([to_first.as_str(), "not a message", to_second.as_str(), to_first.as_str()]);
    let answer = market.call("send-mail", &batch).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": message_id(1) }] }));
    await_letters(&market, &first, 1).await?;
    await_letters(&market, &second, 1).await?;
    assert_eq!(letters(&market, &first).await?, 1, "about the taken address");
    Ok(())
}

#[tokio::test]
async fn a_code_that_comes_too_late_to_be_used_is_not_sent() -> Result {
    let market = Market::open()?;
    let email = Account::new(Role::Shopper, "Ann Lee").email;
    let event = json!({ "type": "code_requested", "email": email, "purpose": "sign_in", "sealed_code": "whatever" });
    let id = format!("event_{:032x}", fastrand::u128(..));
    let message = json!({ "id": id, "at": "2026-01-01T00:00:00Z", "event": event }).to_string();
    assert_eq!(market.call("send-mail", &sqs_batch([message.as_str()])).await?, all_done());
    assert!(market.mailbox.letters_to(&email).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_code_that_is_told_of_again_after_it_was_used_leads_to_no_letter() -> Result {
    let market = Market::open()?;
    let asked = Timestamp::now();
    let (account, _) = market.shopper().await?;
    let event = json!({ "type": "code_requested", "email": account.email, "sealed_code": "used" });
    let id = format!("event_{:032x}", fastrand::u128(..));
    let message = json!({ "id": id, "at": asked, "event": event }).to_string();
    assert_eq!(market.call("send-mail", &sqs_batch([message.as_str()])).await?, all_done());
    assert_eq!(letters(&market, &account).await?, 0, "the account is not taken but theirs");
    Ok(())
}
