//! Messages to `send-mail` that arrive twice, late or broken.

use jiff::Timestamp;
use serde_json::json;
use souk_testkit::{
    Account, Result, Role,
    events::{message_id, sqs_batch},
};
use souk_tests::{Market, keys};

use crate::fixture::{await_mail_count, mail_count, no_failures, sale};

#[tokio::test]
async fn a_repeated_order_message_sends_one_mail() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let batch = sqs_batch([sale.message.as_str(), sale.message.as_str()]);
    let answers = futures::future::try_join_all((0..5).map(|_| market.call("send-mail", &batch))).await?;
    assert!(answers.iter().all(|answer| *answer == no_failures()), "{answers:?}");
    sale.assert_unchanged(&market).await
}

#[tokio::test]
async fn only_the_broken_message_of_a_mail_batch_fails() -> Result {
    let market = Market::open()?;
    let ((first, _), (second, _)) = (market.shopper().await?, market.shopper().await?);
    let message_to = |email: &str| {
        let id = format!("event_{:032x}", fastrand::u128(..));
        let event = json!({ "type": "code_requested", "email": email, "sealed_code": "for nobody" });
        json!({ "id": id, "at": Timestamp::now(), "event": event }).to_string()
    };
    let (to_first, to_second) = (message_to(&first.email), message_to(&second.email));
    let batch = sqs_batch([to_first.as_str(), "not a message", to_second.as_str(), to_first.as_str()]);
    let answer = market.call("send-mail", &batch).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": message_id(1) }] }));
    await_mail_count(&market, &first, 1).await?;
    await_mail_count(&market, &second, 1).await?;
    assert_eq!(mail_count(&market, &first).await?, 1, "a mail about the taken address");
    Ok(())
}

#[tokio::test]
async fn an_expired_code_is_not_mailed() -> Result {
    let market = Market::open()?;
    let email = Account::new(Role::Shopper, "Ann Lee").email;
    let event = json!({ "type": "code_requested", "email": email, "purpose": "sign_in", "sealed_code": "whatever" });
    let id = format!("event_{:032x}", fastrand::u128(..));
    let message = json!({ "id": id, "at": "2026-01-01T00:00:00Z", "event": event }).to_string();
    assert_eq!(market.call("send-mail", &sqs_batch([message.as_str()])).await?, no_failures());
    assert!(market.mailbox.mails_to(&email).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_repeated_message_about_a_used_code_sends_no_mail() -> Result {
    let market = Market::open()?;
    let requested_at = Timestamp::now();
    let (account, _) = market.shopper().await?;
    let event = json!({ "type": "code_requested", "email": account.email, "sealed_code": "used" });
    let id = format!("event_{:032x}", fastrand::u128(..));
    let message = json!({ "id": id, "at": requested_at, "event": event }).to_string();
    assert_eq!(market.call("send-mail", &sqs_batch([message.as_str()])).await?, no_failures());
    assert_eq!(
        mail_count(&market, &account).await?,
        0,
        "the address is the shopper's own, so no mail says that it is taken"
    );
    Ok(())
}

#[tokio::test]
async fn a_buyer_whose_account_was_deleted_is_reached_by_the_address_of_the_order() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let order = market.cloud.item(&keys::order(sale.order.parse()?)).await?.expect("the order");
    assert_eq!(order["email"], sale.buyer.email.as_str());
    let user = order["user"].as_str().unwrap_or_default().parse()?;
    market.cloud.remove(&keys::user(user)).await?;
    let mut message: serde_json::Value = serde_json::from_str(&sale.message)?;
    message["id"] = json!(format!("event_{:032x}", fastrand::u128(..)));
    let message = message.to_string();
    assert_eq!(market.call("send-mail", &sqs_batch([message.as_str()])).await?, no_failures());
    await_mail_count(&market, &sale.buyer, 2).await
}
