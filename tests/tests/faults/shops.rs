//! Workers on shops that stop half way, and messages that arrive again.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::{DomainName, ShopId, Slug, UserId};
use souk_store::{Entity, keys::Key};
use souk_store_shops::{custom_domains::DomainClaim, shops::RESTORABLE};
use souk_testkit::{Client, PATIENCE, Result, await_until, events::sqs_batch};
use souk_tests::{Market, Vendor, keys};

use crate::fixture::no_failures;

/// A deleted shop that cannot be restored any more, with a follower and every item that a shop can have.
struct DeletedShop {
    vendor: Vendor,
    shop: ShopId,
    follower: UserId,
    shopper: Client,
    domain: DomainName,
}

/// The keys that an earlier run deleted before it died.
type Removed = fn(&DeletedShop) -> Result<Vec<Key>>;

#[tokio::test]
async fn a_purge_that_was_interrupted_at_any_step_completes() -> Result {
    let market = Market::open()?;
    // The flag says whether another shop has taken the slug since.
    let crashes: [(Removed, bool); 5] = [
        (|_| Ok(vec![]), false),
        (|deleted| Ok(vec![keys::product_details(deleted.vendor.product.id.parse()?), deleted.sku()?]), false),
        (|deleted| Ok([deleted.product_items()?, vec![keys::follow(deleted.follower, deleted.shop)]].concat()), false),
        (|deleted| Ok([deleted.product_items()?, deleted.following(), deleted.domain_items()].concat()), false),
        (
            |deleted| {
                Ok([deleted.product_items()?, deleted.following(), deleted.domain_items(), vec![deleted.slug()?]]
                    .concat())
            },
            true,
        ),
    ];
    for (n, (removed, slug_taken)) in crashes.into_iter().enumerate() {
        let deleted = DeletedShop::new(&market).await?;
        market.cloud.set(&keys::shop(deleted.shop), &[("purging", json!(true))]).await?;
        for key in removed(&deleted)? {
            market.cloud.remove(&key).await?;
        }
        if slug_taken {
            let (_, other) = market.seller().await?;
            let form = json!({ "name": "Kiln", "slug": deleted.vendor.shop.slug });
            other.ask("create_shop")?.json(&form).send().await?.succeeded()?;
        }
        deleted.purge(&market).await?;
        deleted.assert_purged(&market).await.map_err(|failed| failed.during(format!("crash {n}")))?;
        let slug = market.anonymous()?.ask("get_shop")?.path("slug", &deleted.vendor.shop.slug).send().await?;
        assert_eq!(slug.status, if slug_taken { 200 } else { 404 }, "crash {n}");
    }
    Ok(())
}

#[tokio::test]
async fn a_restored_shop_that_a_stale_list_still_shows_is_not_purged() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let shop: ShopId = vendor.shop.id.parse()?;
    vendor.client.ask("delete_shop")?.send().await?.succeeded()?;
    vendor.client.ask("restore_shop")?.send().await?.succeeded()?;
    // The state that an index shows that lags behind: it still lists the shop among those whose time is over.
    let list_key = keys::among_deleted_shops(Timestamp::now() - SignedDuration::from_mins(1), shop);
    market.cloud.set(&keys::shop(shop), &[("gsi1pk", json!(list_key.list)), ("gsi1sk", json!(list_key.at))]).await?;
    market.call("purge-shops", &Value::Null).await?;
    market.anonymous()?.ask("get_shop")?.path("slug", &vendor.shop.slug).send().await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn repeated_late_and_unknown_messages_about_a_shop_change_nothing() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let message = |event: Value| {
        json!({ "id": "event_0199dc34f00d7c44d7e58f9a0b1c2d3a", "at": "2026-10-09T13:18:41Z", "event": event })
            .to_string()
    };
    let seller = vendor.shop.id.replace("shop_", "seller_");
    let banned = json!({ "kind": "banned", "reason": "Sold forged goods" });
    let messages = [
        message(json!({ "type": "shop_changed", "shop": vendor.shop.id })),
        message(json!({ "type": "shop_changed", "shop": vendor.shop.id, "again": true })),
        message(json!({ "type": "shop_changed", "shop": "shop_0199dc2f5a3e7c41b6d80f2e9a7b4c15" })),
        // The ban was lifted before the worker read the message.
        message(json!({ "type": "account_notice", "principal": seller, "notice": banned })),
    ];
    let before = market.cloud.item(&keys::product(vendor.product.id.parse()?)).await?;
    for _ in 0..2 {
        assert_eq!(market.call("sync-shop", &sqs_batch(messages.iter().map(String::as_str))).await?, no_failures());
    }
    assert_eq!(market.cloud.item(&keys::product(vendor.product.id.parse()?)).await?, before);
    market.anonymous()?.ask("get_shop")?.path("slug", &vendor.shop.slug).send().await?.succeeded()?;
    Ok(())
}

impl DeletedShop {
    async fn new(market: &Market) -> Result<Self> {
        let vendor = market.vendor(100, 1).await?;
        let shop: ShopId = vendor.shop.id.parse()?;
        let (_, shopper) = market.shopper().await?;
        shopper.ask("follow_shop")?.path("shop", &vendor.shop.id).send().await?.succeeded()?;
        let follows = market.cloud.partition(&keys::followers(shop)).await?;
        let follower = follows.iter().find_map(|item| item["user"].as_str()).unwrap_or_default().parse()?;
        let domain = DomainName::parse(&format!("www.{:012x}.example", fastrand::u64(..) >> 16))?;
        vendor.client.ask("request_domain")?.json(&json!({ "domain": domain })).send().await?.succeeded()?;
        market.cloud.set(&keys::custom_domain(shop), &[("state", json!("verified"))]).await?;
        let claim = DomainClaim { name: domain.clone(), shop };
        let Key { pk, sk } = claim.key();
        let mut item = serde_json::to_value(&claim)?;
        (item["pk"], item["sk"], item["type"]) = (pk.into(), sk.into(), DomainClaim::TYPE.into());
        market.cloud.put(&item).await?;

        vendor.client.ask("delete_shop")?.send().await?.succeeded()?;
        let deleted_at = Timestamp::now() - RESTORABLE - SignedDuration::from_mins(1);
        let list_key = keys::among_deleted_shops(deleted_at + RESTORABLE, shop);
        let expired = [("deleted_at", json!(deleted_at.as_millisecond())), ("gsi1sk", json!(list_key.at))];
        market.cloud.set(&keys::shop(shop), &expired).await?;
        Ok(Self { vendor, shop, follower, shopper, domain })
    }

    fn sku(&self) -> Result<Key> {
        Ok(keys::sku(self.vendor.sku()?.id.parse()?))
    }

    fn slug(&self) -> Result<Key> {
        Ok(keys::shop_slug(&Slug::parse(&self.vendor.shop.slug)?))
    }

    fn product_items(&self) -> Result<Vec<Key>> {
        let id = self.vendor.product.id.parse()?;
        Ok(vec![self.sku()?, keys::product_details(id), keys::product(id)])
    }

    fn following(&self) -> Vec<Key> {
        let (user, shop) = (self.follower, self.shop);
        vec![keys::follow(user, shop), keys::follower(shop, user), keys::follower_count(shop)]
    }

    fn domain_items(&self) -> Vec<Key> {
        vec![keys::domain_claim(&self.domain), keys::custom_domain(self.shop)]
    }

    async fn purge(&self, market: &Market) -> Result {
        await_until(PATIENCE, "the shop to be purged", async || {
            market.call("purge-shops", &Value::Null).await?;
            Ok(market.cloud.item(&keys::shop(self.shop)).await?.is_none().then_some(()))
        })
        .await
    }

    async fn assert_purged(&self, market: &Market) -> Result {
        let remaining = market.cloud.partition(&keys::shop(self.shop).pk).await?;
        let kinds: Vec<&str> = remaining.iter().filter_map(|item| item["type"].as_str()).collect();
        assert_eq!(kinds, ["closed_shop"]);
        let product = keys::product(self.vendor.product.id.parse()?).pk;
        for partition in [product, keys::followers(self.shop), keys::domain_claim(&self.domain).pk] {
            assert!(market.cloud.partition(&partition).await?.is_empty(), "{partition}");
        }
        let followed = self.shopper.ask("list_followed_shops")?.send().await?.succeeded()?.body;
        assert_eq!(followed["items"], json!([]));
        let barred = market.cloud.partition(&format!("BARRED#seller#{}", self.vendor.account.email)).await?;
        assert_eq!(barred.len(), 1);
        Ok(())
    }
}
