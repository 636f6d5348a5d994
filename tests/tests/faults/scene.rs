//! A sale that is over, with everything that a repetition could disturb.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_testkit::{Account, Client, PATIENCE, PaymentSession, Result, Socket, StripePage, await_until};
use souk_tests::{Market, Vendor};

/// A paid order whose mail is out.
pub(crate) struct Sale {
    pub(crate) vendor: Vendor,
    pub(crate) socket: Socket,
    pub(crate) buyer: Account,
    pub(crate) shopper: Client,
    pub(crate) session: PaymentSession,
    pub(crate) order: String,
    /// The message that told of it.
    pub(crate) news: String,
}

/// Sells one of three.
pub(crate) async fn sale(market: &Market) -> Result<Sale> {
    let vendor = market.vendor(1_850, 3).await?;
    let mut socket = vendor.client.open_socket().await?;
    let (buyer, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;
    // The frame carries the name of the event that the queues were told of.
    let frame = socket.await_frame("order_placed", PATIENCE).await?;
    let event = json!({ "type": "order_placed", "order": order });
    let news = json!({ "id": frame["id"], "at": frame["at"], "event": event }).to_string();
    for account in [&buyer, &vendor.account] {
        market.mailbox.await_letter(&account.email, &order).await?;
    }
    Ok(Sale { vendor, socket, buyer, shopper, session, order, news })
}

/// How many letters somebody has beside those of signing up.
pub(crate) async fn letters(market: &Market, account: &Account) -> Result<usize> {
    let letters = market.mailbox.letters_to(&account.email).await?;
    Ok(letters.iter().filter(|letter| letter.code().is_none() && !letter.subject.starts_with("Welcome")).count())
}

/// Waits until somebody has so many letters beside those of signing up.
pub(crate) async fn await_letters(market: &Market, account: &Account, count: usize) -> Result {
    await_until(PATIENCE, &format!("{count} letters to {}", account.email), async || {
        Ok((letters(market, account).await? >= count).then_some(()))
    })
    .await
}

/// An outbox item.
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

/// What a function answers that has dealt with a whole batch.
pub(crate) fn all_done() -> Value {
    json!({ "batchItemFailures": [] })
}

impl Sale {
    /// Nothing is different from what it was when the sale was over.
    pub(crate) async fn stands_as_it_was(&self, market: &Market) -> Result {
        let session = self.shopper.payment(&self.session.id).await?;
        assert_eq!((session.state.as_str(), session.order.as_deref()), ("paid", Some(self.order.as_str())));
        assert_eq!(self.vendor.stock().await?, 2);
        for (client, list) in [(&self.shopper, "list_orders"), (&self.vendor.client, "list_shop_orders")] {
            let orders = client.ask(list)?.send().await?.succeeded()?.body;
            assert_eq!(orders["items"].as_array().map(Vec::len), Some(1), "{list}");
        }
        assert_eq!([letters(market, &self.buyer).await?, letters(market, &self.vendor.account).await?], [1, 1]);
        Ok(())
    }
}
