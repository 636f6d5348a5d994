//! A finished sale with everything that a repeated message could change.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_testkit::{Account, Client, PATIENCE, PaymentSession, Result, Socket, StripePage, await_until};
use souk_tests::{Market, Vendor};

/// A paid order whose mails were sent.
pub(crate) struct Sale {
    pub(crate) vendor: Vendor,
    pub(crate) socket: Socket,
    pub(crate) buyer: Account,
    pub(crate) shopper: Client,
    pub(crate) session: PaymentSession,
    pub(crate) order: String,
    /// The frame that the seller got.
    pub(crate) frame: Value,
    /// The message about the order.
    pub(crate) message: String,
}

/// Creates a vendor with three pieces and sells one of them.
pub(crate) async fn sale(market: &Market) -> Result<Sale> {
    let vendor = market.vendor(1_850, 3).await?;
    let mut socket = vendor.client.open_socket().await?;
    let (buyer, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;
    // The frame has the event's id and time in the queues.
    let frame = socket.await_frame("order_placed", PATIENCE).await?;
    let event = json!({ "type": "order_placed", "order": order });
    let message = json!({ "id": frame["event"], "at": frame["at"], "event": event }).to_string();
    for account in [&buyer, &vendor.account] {
        market.mailbox.await_order_mail(&account.email, &order).await?;
    }
    Ok(Sale { vendor, socket, buyer, shopper, session, order, frame, message })
}

/// Returns how many mails an account received, without those of the registration.
pub(crate) async fn mail_count(market: &Market, account: &Account) -> Result<usize> {
    let mails = market.mailbox.mails_to(&account.email).await?;
    Ok(mails.iter().filter(|mail| mail.code().is_none() && !mail.subject.starts_with("Welcome")).count())
}

/// Waits until an account has received `count` mails, without those of the registration.
pub(crate) async fn await_mail_count(market: &Market, account: &Account, count: usize) -> Result {
    await_until(PATIENCE, &format!("{count} mails to {}", account.email), async || {
        Ok((mail_count(market, account).await? >= count).then_some(()))
    })
    .await
}

/// Builds an outbox item.
pub(crate) fn outbox_item(id: &str, at: Timestamp, event: &Value) -> Value {
    json!({
        "pk": format!("OUTBOX#{id}"),
        "sk": "OUTBOX",
        "type": "outbox",
        "gsi1pk": "OUTBOX",
        "gsi1sk": id,
        "id": id,
        "at": at.as_millisecond(),
        "event": event.to_string(),
    })
}

/// The answer of a function that processed the whole batch.
pub(crate) fn no_failures() -> Value {
    json!({ "batchItemFailures": [] })
}

impl Sale {
    /// Checks that everything is as it was when the sale was finished.
    pub(crate) async fn assert_unchanged(&self, market: &Market) -> Result {
        let session = self.shopper.payment(&self.session.id).await?;
        assert_eq!((session.state.as_str(), session.order.as_deref()), ("paid", Some(self.order.as_str())));
        assert_eq!(self.vendor.stock().await?, 2);
        for (client, list) in [(&self.shopper, "list_orders"), (&self.vendor.client, "list_shop_orders")] {
            let orders = client.ask(list)?.send().await?.succeeded()?.body;
            assert_eq!(orders["items"].as_array().map(Vec::len), Some(1), "{list}");
        }
        assert_eq!([mail_count(market, &self.buyer).await?, mail_count(market, &self.vendor.account).await?], [1, 1]);
        Ok(())
    }
}
