//! Refunds that are requested again, refused, or interrupted.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_testkit::{Client, Failed, PATIENCE, Result, await_until, events::sqs_batch};
use souk_tests::{Market, Vendor, keys};

use crate::fixture::no_failures;

/// An order of two pieces, of which one is cancelled.
struct Sale {
    market: Market,
    vendor: Vendor,
    buyer: Client,
    order: String,
    payment: String,
}

impl Sale {
    async fn new() -> Result<Self> {
        let market = Market::open()?;
        let vendor = market.vendor(1_850, 5).await?;
        let (_, buyer) = market.shopper_with_cart(&[&vendor], 2).await?;
        let order = buyer.buy().await?;
        let item = market.cloud.item(&keys::order(order.parse()?)).await?;
        let payment = item.as_ref().and_then(|item| item["payment_intent"].as_str());
        let payment = payment.ok_or_else(|| Failed::new("an order without a payment"))?.to_owned();
        Ok(Self { market, vendor, buyer, order, payment })
    }

    async fn cancel_one(&self) -> Result {
        let request = self.buyer.ask("cancel_order")?.path("id", &self.order).path("shop", &self.vendor.shop.id);
        let one = json!({ "lines": [{ "sku": self.vendor.sku()?.id, "quantity": 1 }] });
        request.key("one").json(&one).send().await?.succeeded().map(drop)
    }

    async fn await_refund(&self, state: &str) -> Result {
        await_until(PATIENCE, &format!("the refund in the state {state}"), async || {
            let order = self.buyer.ask("get_order")?.path("id", &self.order).send().await?.succeeded()?.body;
            Ok((order["shops"][0]["cancellations"][0]["refund"]["state"] == state).then_some(()))
        })
        .await
    }

    /// Delivers the request for the refund to the consumer. Returns its answer.
    async fn deliver(&self) -> Result<Value> {
        let shop = &self.vendor.shop.id;
        let event = json!({ "type": "refund_requested", "order": self.order, "shop": shop, "refund": 1 });
        let message = json!({ "id": "event_0199dc34f00d7c44d7e58f9a0b1c2d34", "at": Timestamp::now(), "event": event });
        self.market.call("apply-stripe-event", &sqs_batch([message.to_string().as_str()])).await
    }
}

#[tokio::test]
async fn a_refund_that_is_requested_many_times_at_once_is_paid_once() -> Result {
    let sale = Sale::new().await?;
    sale.cancel_one().await?;
    for answer in futures::future::try_join_all((0..8).map(|_| sale.deliver())).await? {
        assert_eq!(answer, no_failures());
    }
    sale.await_refund("succeeded").await?;
    assert_eq!(sale.deliver().await?, no_failures());
    assert_eq!(sale.market.stripe.refunds(&sale.payment).await?, [1_850]);
    Ok(())
}

#[tokio::test]
async fn a_refund_is_paid_once_although_stripe_was_down() -> Result {
    let sale = Sale::new().await?;
    sale.market.stripe.fail(&sale.payment, 503).await?;
    sale.cancel_one().await?;
    assert_ne!(sale.deliver().await?, no_failures());
    sale.await_refund("pending").await?;
    sale.market.stripe.recover(&sale.payment).await?;
    assert_eq!(sale.deliver().await?, no_failures());
    sale.await_refund("succeeded").await?;
    assert_eq!(sale.market.stripe.refunds(&sale.payment).await?, [1_850]);
    Ok(())
}

#[tokio::test]
async fn a_refund_that_stripe_refuses_is_reported_to_the_admins() -> Result {
    let sale = Sale::new().await?;
    let (_, admin) = sale.market.admin().await?;
    sale.market.stripe.fail(&sale.payment, 400).await?;
    sale.cancel_one().await?;
    sale.await_refund("failed").await?;
    sale.market.stripe.recover(&sale.payment).await?;
    assert_eq!(sale.deliver().await?, no_failures(), "what was refused is not requested again");
    assert!(sale.market.stripe.refunds(&sale.payment).await?.is_empty());
    await_until(PATIENCE, "the admin's notification", async || {
        let list = admin.ask("list_notifications")?.send().await?.succeeded()?.body;
        let about = |entry: &Value| {
            entry["title"] == "Refund refused" && entry["link"].as_str().is_some_and(|link| link.contains(&sale.order))
        };
        Ok(list["items"].as_array().into_iter().flatten().any(about).then_some(()))
    })
    .await
}
