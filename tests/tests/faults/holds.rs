//! Workers that die over a hold that takes two steps, and payments that come when what was held is gone.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::{DiscountId, PaymentSessionId, ShopId};
use souk_testkit::{Client, NewDiscount, PaymentSession, Result, StripePage};
use souk_tests::{Market, Vendor, keys};

#[tokio::test]
async fn a_session_that_was_left_half_open_ends_and_gives_back_what_it_held() -> Result {
    let market = Market::open()?;
    let half = Half::way(&market, "opening", -1).await?;
    market.call("release-holds", &json!({})).await?;
    half.is_over(&market).await
}

#[tokio::test]
async fn a_session_that_was_left_half_closed_ends_and_gives_back_the_rest() -> Result {
    let market = Market::open()?;
    let half = Half::way(&market, "closing", -1).await?;
    market.call("release-holds", &json!({})).await?;
    half.is_over(&market).await
}

#[tokio::test]
async fn a_session_that_somebody_is_opening_is_left_alone() -> Result {
    let market = Market::open()?;
    let half = Half::way(&market, "opening", 1).await?;
    market.call("release-holds", &json!({})).await?;
    assert_eq!(half.shopper.payment(&half.session.id).await?.state, "opening");
    assert_eq!(half.stock().await?, [4, 5]);
    Ok(())
}

#[tokio::test]
async fn asking_again_with_the_same_key_opens_what_was_left_half_open() -> Result {
    let market = Market::open()?;
    let half = Half::way(&market, "opening", 1).await?;
    let again: PaymentSession = half.shopper.try_to_pay(&half.seen, "half").await?.read()?;
    assert_eq!((again.id.as_str(), again.state.as_str()), (half.session.id.as_str(), "open"));
    assert_eq!(half.stock().await?, [4, 4]);
    let order = half.shopper.buy().await?;
    assert_eq!(half.shopper.payment(&half.session.id).await?.order.as_deref(), Some(order.as_str()));
    assert_eq!(half.stock().await?, [4, 4]);
    Ok(())
}

#[tokio::test]
async fn asking_again_for_what_sold_out_meanwhile_ends_what_was_left_half_open() -> Result {
    let market = Market::open()?;
    let half = Half::way(&market, "opening", 1).await?;
    let late = &half.vendors[1];
    market.cloud.set(&keys::sku(late.sku()?.id.parse()?), &[("available", json!(0))]).await?;
    half.shopper.try_to_pay(&half.seen, "half").await?.refused_with("payment_not_open", 409)?;
    assert_eq!((half.stock().await?, half.uses(&market).await?), (vec![5, 0], 0));
    // The key is free again, and now the line is named.
    let refusal = half.shopper.try_to_pay(&half.seen, "half").await?.refused_with("sold_out", 409)?;
    assert_eq!(refusal.field_errors().len(), 1);
    Ok(())
}

#[tokio::test]
async fn another_checkout_of_the_cart_takes_over_what_was_left_half_open_or_half_closed() -> Result {
    let market = Market::open()?;
    for (state, same) in [("opening", true), ("closing", false)] {
        let half = Half::way(&market, state, 1).await?;
        let next: PaymentSession = half.shopper.try_to_pay(&half.seen, "next").await?.read()?;
        assert_eq!((next.id == half.session.id, next.state.as_str()), (same, "open"));
        assert_eq!((half.stock().await?, half.uses(&market).await?), (vec![4, 4], 1));
    }
    Ok(())
}

#[tokio::test]
async fn a_late_payment_takes_its_discount_again_or_goes_back() -> Result {
    let market = Market::open()?;
    for (used, state, stock, uses) in [(0, "paid", 4, 1), (1, "refunded", 5, 1)] {
        let vendor = market.vendor(1_850, 5).await?;
        let discount = vendor.client.create_discount(&NewDiscount::flat("ONCE", 500).with("in_total", 1)).await?;
        let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
        shopper.apply_discount(&vendor.shop.id, "ONCE").await?;
        let session = shopper.open_payment().await?;
        // The hold has ended while the page is still open, and the discount was used by somebody else or not.
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

/// A session of two lines, one of each vendor and the first with a discount, that holds only the first line.
struct Half {
    vendors: [Vendor; 2],
    discount: String,
    shopper: Client,
    seen: Value,
    session: PaymentSession,
}

impl Half {
    /// Leaves a session in a state, which may be ended in so many minutes.
    async fn way(market: &Market, state: &str, minutes: i64) -> Result<Self> {
        let vendors = [market.vendor(1_850, 5).await?, market.vendor(900, 5).await?];
        let [first, second] = &vendors;
        let discount = first.client.create_discount(&NewDiscount::flat("HALF", 500).with("in_total", 1)).await?;
        let (_, shopper) = market.shopper_with_cart(&[first, second], 1).await?;
        let seen = shopper.apply_discount(&first.shop.id, "HALF").await?.as_seen();
        let session: PaymentSession = shopper.try_to_pay(&seen, "half").await?.read()?;
        let id: PaymentSessionId = session.id.parse()?;
        let until = Timestamp::now() + SignedDuration::from_mins(minutes);
        let sku = &second.sku()?.id;
        let left = [
            ("state", json!(state)),
            ("not_held", json!([sku])),
            ("held_until", json!(until.as_millisecond())),
            ("gsi1sk", json!(keys::among_holds(until, id).at)),
        ];
        market.cloud.set(&keys::payment_session(id), &left).await?;
        market.cloud.set(&keys::sku(sku.parse()?), &[("available", json!(5))]).await?;
        Ok(Self { vendors, discount, shopper, seen, session })
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

    /// The session has ended and holds nothing.
    async fn is_over(&self, market: &Market) -> Result {
        self.shopper.await_payment(&self.session.id, "expired").await?;
        assert_eq!((self.stock().await?, self.uses(market).await?), (vec![5, 5], 0));
        market.call("release-holds", &json!({})).await?;
        assert_eq!((self.stock().await?, self.uses(market).await?), (vec![5, 5], 0));
        Ok(())
    }
}
