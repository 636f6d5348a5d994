//! Shops' own domains, against a DNS server that is told its records.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::ShopId;
use souk_testkit::{Answer, Client, Failed, Result};
use souk_tests::{Market, Vendor, keys};

#[tokio::test]
async fn a_domain_whose_records_are_right_leads_to_the_shop_until_it_is_removed() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let name = unique();
    vendor.client.ask("get_domain")?.send().await?.refused_with("not_found", 404)?;

    let requested = request(&vendor.client, &format!("{}.", name.to_uppercase())).await?.succeeded()?.body;
    assert_eq!((&requested["domain"], &requested["state"]), (&json!(name), &json!("pending")));
    let [proof, alias] = [&requested["records"][0], &requested["records"][1]];
    assert_eq!((&proof["type"], &proof["name"]), (&json!("TXT"), &json!(format!("_souk-challenge.{name}"))));
    assert_eq!((&alias["type"], &alias["name"]), (&json!("CNAME"), &json!(name)));

    let zone = Zone::of(&market);
    zone.set_as_told(&requested).await?;
    let verified = look(&market, &vendor.client, &name).await?;
    assert_eq!((&verified["state"], verified.get("reason")), (&json!("verified"), None));
    assert!(verified["look_at"].as_str() > verified["looked_at"].as_str());
    let shop = at(&market, &name).await?.succeeded()?.body;
    assert_eq!((&shop["id"], &shop["slug"]), (&json!(vendor.shop.id), &json!(vendor.shop.slug)));

    // A closed shop is nowhere, and an open one is there again.
    vendor.client.ask("delete_shop")?.send().await?.succeeded()?;
    at(&market, &name).await?.refused_with("not_found", 404)?;
    request(&vendor.client, &name).await?.refused_with("shop_deleted", 409)?;
    vendor.client.ask("restore_shop")?.send().await?.succeeded()?;
    at(&market, &name).await?.succeeded()?;

    for _ in 0..2 {
        assert_eq!(vendor.client.ask("remove_domain")?.send().await?.succeeded()?.status, 204);
    }
    at(&market, &name).await?.refused_with("not_found", 404)?;
    vendor.client.ask("get_domain")?.send().await?.refused_with("not_found", 404)?;
    let anew = request(&vendor.client, &name).await?.succeeded()?.body;
    assert_ne!(anew["records"][0]["value"], proof["value"], "an old proof proves nothing");
    Ok(())
}

#[tokio::test]
async fn a_missing_record_is_waited_for_and_a_wrong_one_is_a_failure_with_its_reason() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let (zone, name) = (Zone::of(&market), unique());
    let requested = request(&vendor.client, &name).await?.succeeded()?.body;
    let [proof, target] = [0, 1].map(|n| requested["records"][n]["value"].as_str().unwrap_or_default().to_owned());
    let challenge = format!("_souk-challenge.{name}");
    let steps = [
        (&name, json!({ "txt": ["v=spf1 -all"] }), "pending", "proof_missing"),
        (&challenge, json!({ "txt": ["souk-domain-verification=somebody-elses"] }), "failed", "proof_wrong"),
        (&challenge, json!({ "txt": ["something else", proof] }), "failed", "target_missing"),
        (&name, json!({ "cname": "shops.elsewhere.example" }), "failed", "target_wrong"),
    ];
    for (at, records, state, reason) in steps {
        zone.set(at, &records).await?;
        let seen = look(&market, &vendor.client, &name).await?;
        // Asking again waits anew, so a missing record is pending again.
        let state = if reason.ends_with("missing") { "pending" } else { state };
        assert_eq!((&seen["state"], &seen["reason"]), (&json!(state), &json!(reason)), "{seen}");
        self::at(&market, &name).await?.refused_with("not_found", 404)?;
    }
    zone.set(&name, &json!({ "cname": target })).await?;
    assert_eq!(look(&market, &vendor.client, &name).await?["state"], "verified");
    Ok(())
}

#[tokio::test]
async fn a_verified_domain_outlives_a_broken_dns_and_not_the_loss_of_its_record() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let (zone, name) = (Zone::of(&market), unique());
    let requested = request(&vendor.client, &name).await?.succeeded()?.body;
    zone.set_as_told(&requested).await?;
    assert_eq!(look(&market, &vendor.client, &name).await?["state"], "verified");

    zone.set(&name, &json!({ "broken": true })).await?;
    a_day_later(&market, &vendor, SignedDuration::ZERO).await?;
    let seen = check(&market, &vendor.client).await?;
    assert_eq!(seen["state"], "verified");
    at(&market, &name).await?.succeeded()?;

    zone.set(&name, &json!({ "txt": [] })).await?;
    a_day_later(&market, &vendor, SignedDuration::ZERO).await?;
    let seen = check(&market, &vendor.client).await?;
    assert_eq!((&seen["state"], &seen["reason"]), (&json!("failed"), &json!("target_missing")));
    at(&market, &name).await?.refused_with("not_found", 404)?;

    zone.set_as_told(&requested).await?;
    a_day_later(&market, &vendor, SignedDuration::ZERO).await?;
    assert_eq!(check(&market, &vendor.client).await?["state"], "verified", "it is looked at without being asked for");
    at(&market, &name).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn after_a_week_nobody_looks_until_the_domain_is_requested_again() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let name = unique();
    request(&vendor.client, &name).await?.succeeded()?;
    a_day_later(&market, &vendor, SignedDuration::from_hours(7 * 24)).await?;
    let seen = check(&market, &vendor.client).await?;
    assert_eq!((&seen["state"], &seen["reason"]), (&json!("failed"), &json!("proof_missing")));
    assert_eq!(seen.get("look_at"), None);
    let again = request(&vendor.client, &name).await?.succeeded()?.body;
    assert_eq!((&again["state"], again["look_at"].is_string()), (&json!("pending"), true));
    assert_eq!(again["records"], seen["records"], "the records are the same");
    Ok(())
}

#[tokio::test]
async fn a_domain_leads_to_one_shop_only() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(100, 1).await?, market.vendor(100, 1).await?];
    let (zone, name) = (Zone::of(&market), unique());
    let mut proofs = Vec::new();
    for vendor in &vendors {
        let requested = request(&vendor.client, &name).await?.succeeded()?.body;
        proofs.push(requested["records"][0]["value"].clone());
        zone.set(&name, &json!({ "cname": requested["records"][1]["value"] })).await?;
    }
    assert_ne!(proofs[0], proofs[1]);
    // One proof after the other: other tests have all domains looked at, in any order.
    let challenge = format!("_souk-challenge.{name}");
    zone.set(&challenge, &json!({ "txt": proofs[..1] })).await?;
    assert_eq!(look(&market, &vendors[0].client, &name).await?["state"], "verified");
    zone.set(&challenge, &json!({ "txt": proofs })).await?;
    let second = look(&market, &vendors[1].client, &name).await?;
    assert_eq!((&second["state"], &second["reason"]), (&json!("failed"), &json!("taken")));
    assert_eq!(at(&market, &name).await?.succeeded()?.body["id"], vendors[0].shop.id.as_str());

    // Another domain gives the first one up.
    request(&vendors[0].client, &unique()).await?.succeeded()?;
    at(&market, &name).await?.refused_with("not_found", 404)?;
    assert_eq!(look(&market, &vendors[1].client, &name).await?["state"], "verified");
    assert_eq!(at(&market, &name).await?.succeeded()?.body["id"], vendors[1].shop.id.as_str());
    Ok(())
}

#[tokio::test]
async fn what_is_no_domain_or_the_marketplaces_own_is_refused() -> Result {
    let market = Market::open()?;
    let (vendor, (_, without)) = (market.vendor(100, 1).await?, market.seller().await?);
    let taken = request(&vendor.client, &unique()).await?.succeeded()?.body;
    let target = taken["records"][1]["value"].as_str().unwrap_or_default().to_owned();
    for (name, code) in [
        ("example", "malformed"),
        ("https://www.example.com", "malformed"),
        ("127.0.0.1", "malformed"),
        (target.as_str(), "reserved"),
        (format!("mine.{target}").as_str(), "reserved"),
    ] {
        let refusal = request(&vendor.client, name).await?.refused_with("invalid_input", 422)?;
        assert_eq!(refusal.field_errors(), [("/domain".to_owned(), code.to_owned())], "{name}");
    }
    request(&without, &unique()).await?.refused_with("no_shop", 409)?;
    Ok(())
}

/// The DNS server of the stack.
struct Zone<'a> {
    market: &'a Market,
    http: reqwest::Client,
}

impl<'a> Zone<'a> {
    fn of(market: &'a Market) -> Self {
        Self { market, http: reqwest::Client::new() }
    }

    /// Tells it all there is to say of a name.
    async fn set(&self, name: &str, records: &Value) -> Result {
        let url = format!("{}/_local/records/{name}", self.market.stack.dns);
        self.http.put(url).json(records).send().await?.error_for_status()?;
        Ok(())
    }

    /// Tells it what a seller was told to.
    async fn set_as_told(&self, domain: &Value) -> Result {
        let [proof, alias] = [&domain["records"][0], &domain["records"][1]];
        self.set(proof["name"].as_str().unwrap_or_default(), &json!({ "txt": [proof["value"]] })).await?;
        self.set(alias["name"].as_str().unwrap_or_default(), &json!({ "cname": alias["value"] })).await
    }
}

async fn request(seller: &Client, name: &str) -> Result<Answer> {
    seller.ask("request_domain")?.json(&json!({ "domain": name })).send().await
}

/// The shop at a domain.
async fn at(market: &Market, name: &str) -> Result<Answer> {
    market.anybody()?.ask("get_shop_by_domain")?.path("domain", name).send().await
}

/// Has a domain looked at, by asking for it again: another test's look may have come before its records were set.
async fn look(market: &Market, seller: &Client, name: &str) -> Result<Value> {
    request(seller, name).await?.succeeded()?;
    check(market, seller).await
}

async fn check(market: &Market, seller: &Client) -> Result<Value> {
    market.call("check-domains", &Value::Null).await?;
    let domain = seller.ask("get_domain")?.send().await?.succeeded()?.body;
    if domain["looked_at"].is_null() {
        return Err(Failed::new(format!("nobody looked: {domain}")));
    }
    Ok(domain)
}

/// Turns back the time of the next look, and of the request by so much.
async fn a_day_later(market: &Market, vendor: &Vendor, since: SignedDuration) -> Result {
    let shop: ShopId = vendor.shop.id.parse()?;
    let now = Timestamp::now();
    let mut turned = vec![("look_at", json!(now.as_millisecond())), ("gsi1sk", json!(keys::among_looks(now, shop).at))];
    if !since.is_zero() {
        turned.push(("since", json!((now - since).as_millisecond())));
    }
    market.cloud.set(&keys::custom_domain(shop), &turned).await
}

/// A name that no other test has.
fn unique() -> String {
    format!("www.{:012x}.example", fastrand::u64(..) >> 16)
}
