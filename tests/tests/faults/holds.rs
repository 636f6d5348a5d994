//! Workers that die between the two transactions of a hold, and payments that arrive after the hold was given back.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::{DiscountId, PaymentSessionId, ShopId};
use souk_testkit::{Client, NewDiscount, PaymentSession, Result, StripePage};
use souk_tests::{Market, Vendor, keys};

#[tokio::test]
async fn an_abandoned_opening_session_expires_and_returns_its_stock() -> Result {
    let market = Market::open()?;
    let partial = PartialSession::create(&market, "opening", -1).await?;
    market.call("release-holds", &json!({})).await?;
    partial.assert_expired(&market).await
}

#[tokio::test]
async fn an_abandoned_closing_session_expires_and_returns_the_rest() -> Result {
    let market = Market::open()?;
    let partial = PartialSession::create(&market, "closing", -1).await?;
    market.call("release-holds", &json!({})).await?;
    partial.assert_expired(&market).await
}

#[tokio::test]
async fn a_session_that_is_being_opened_is_not_released() -> Result {
    let market = Market::open()?;
    let partial = PartialSession::create(&market, "opening", 1).await?;
    market.call("release-holds", &json!({})).await?;
    assert_eq!(partial.shopper.payment(&partial.session.id).await?.state, "opening");
    assert_eq!(partial.stock().await?, [4, 5]);
    Ok(())
}

#[tokio::test]
async fn a_retry_with_the_same_key_completes_an_opening_session() -> Result {
    let market = Market::open()?;
    let partial = PartialSession::create(&market, "opening", 1).await?;
    let again: PaymentSession = partial.shopper.try_to_pay(&partial.cart, "half").await?.read()?;
    assert_eq!((again.id.as_str(), again.state.as_str()), (partial.session.id.as_str(), "open"));
    assert_eq!(partial.stock().await?, [4, 4]);
    let order = partial.shopper.buy().await?;
    assert_eq!(partial.shopper.payment(&partial.session.id).await?.order.as_deref(), Some(order.as_str()));
    assert_eq!(partial.stock().await?, [4, 4]);
    Ok(())
}

#[tokio::test]
async fn a_retry_for_a_sold_out_line_ends_the_opening_session() -> Result {
    let market = Market::open()?;
    let partial = PartialSession::create(&market, "opening", 1).await?;
    let sold_out = &partial.vendors[1];
    market.cloud.set(&keys::sku(sold_out.sku()?.id.parse()?), &[("available", json!(0))]).await?;
    partial.shopper.try_to_pay(&partial.cart, "half").await?.refused_with("sold_out", 409)?;
    assert_eq!((partial.stock().await?, partial.uses(&market).await?), (vec![5, 0], 0));
    // The key is free again, and this time the refusal names the line.
    let refusal = partial.shopper.try_to_pay(&partial.cart, "half").await?.refused_with("sold_out", 409)?;
    assert_eq!(refusal.field_errors().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_new_checkout_of_the_cart_replaces_an_opening_or_closing_session() -> Result {
    let market = Market::open()?;
    for (state, same) in [("opening", true), ("closing", false)] {
        let partial = PartialSession::create(&market, state, 1).await?;
        let next: PaymentSession = partial.shopper.try_to_pay(&partial.cart, "next").await?.read()?;
        assert_eq!((next.id == partial.session.id, next.state.as_str()), (same, "open"));
        assert_eq!((partial.stock().await?, partial.uses(&market).await?), (vec![4, 4], 1));
    }
    Ok(())
}

#[tokio::test]
async fn a_late_payment_uses_its_discount_again_or_is_refunded() -> Result {
    let market = Market::open()?;
    for (used, state, stock, uses) in [(0, "paid", 4, 1), (1, "refunded", 5, 1)] {
        let vendor = market.vendor(1_850, 5).await?;
        let discount = vendor.client.create_discount(&NewDiscount::flat("ONCE", 500).with("in_total", 1)).await?;
        let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
        shopper.apply_discount(&vendor.shop.id, "ONCE").await?;
        let session = shopper.open_payment().await?;
        // The hold has expired while the checkout page is still open. Another shopper has used the discount, or nobody
        // has.
        let key = keys::payment_session(session.id.parse()?);
        market.cloud.set(&key, &[("state", json!("expired")), ("gsi1pk", json!("LAPSED"))]).await?;
        market.cloud.set(&keys::sku(vendor.sku()?.id.parse()?), &[("available", json!(5))]).await?;
        let count = keys::discount_uses(ShopId::parse(&vendor.shop.id)?, DiscountId::parse(&discount)?);
        market.cloud.set(&count, &[("uses", json!(used))]).await?;
        StripePage::open(Market::page(&session)?).await?.pay().await?;
        shopper.await_payment(&session.id, state).await?;
        assert_eq!((vendor.stock().await?, vendor.client.uses_of(&discount).await?), (stock, uses));
    }
    Ok(())
}

/// A payment session of two lines, one per vendor, the first with a discount. Only the first line is held.
struct PartialSession {
    vendors: [Vendor; 2],
    discount: String,
    shopper: Client,
    cart: Value,
    session: PaymentSession,
}

impl PartialSession {
    /// Creates a session in a state. Its hold ends in `minutes` minutes; a negative number is in the past.
    async fn create(market: &Market, state: &str, minutes: i64) -> Result<Self> {
        let vendors = [market.vendor(1_850, 5).await?, market.vendor(900, 5).await?];
        let [first, second] = &vendors;
        let discount = first.client.create_discount(&NewDiscount::flat("HALF", 500).with("in_total", 1)).await?;
        let (_, shopper) = market.shopper_with_cart(&[first, second], 1).await?;
        let cart = shopper.apply_discount(&first.shop.id, "HALF").await?.as_seen();
        let session: PaymentSession = shopper.try_to_pay(&cart, "half").await?.read()?;
        let id: PaymentSessionId = session.id.parse()?;
        let until = Timestamp::now() + SignedDuration::from_mins(minutes);
        let sku = &second.sku()?.id;
        let changes = [
            ("state", json!(state)),
            ("not_held", json!([sku])),
            ("held_until", json!(until.as_millisecond())),
            ("gsi1sk", json!(keys::among_holds(until, id).at)),
        ];
        market.cloud.set(&keys::payment_session(id), &changes).await?;
        market.cloud.set(&keys::sku(sku.parse()?), &[("available", json!(5))]).await?;
        Ok(Self { vendors, discount, shopper, cart, session })
    }

    async fn stock(&self) -> Result<Vec<u32>> {
        let [first, second] = &self.vendors;
        Ok(vec![first.stock().await?, second.stock().await?])
    }

    async fn uses(&self, market: &Market) -> Result<u64> {
        let shop = ShopId::parse(&self.vendors[0].shop.id)?;
        let count = keys::discount_uses(shop, DiscountId::parse(&self.discount)?);
        Ok(market.cloud.item(&count).await?.and_then(|item| item["uses"].as_u64()).unwrap_or_default())
    }

    /// Checks that the session has expired and holds nothing.
    async fn assert_expired(&self, market: &Market) -> Result {
        self.shopper.await_payment(&self.session.id, "expired").await?;
        assert_eq!((self.stock().await?, self.uses(market).await?), (vec![5, 5], 0));
        market.call("release-holds", &json!({})).await?;
        assert_eq!((self.stock().await?, self.uses(market).await?), (vec![5, 5], 0));
        Ok(())
    }
}
