//! Custom domains of shops, checked against a DNS server whose records the tests set.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::ShopId;
use souk_testkit::{Answer, Client, Failed, Result};
use souk_tests::{Market, Vendor, keys};

#[tokio::test]
async fn a_domain_with_correct_records_finds_its_shop_until_it_is_removed() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let name = unique();
    vendor.client.ask("get_domain")?.send().await?.refused_with("not_found", 404)?;

    let requested = request(&vendor.client, &format!("{}.", name.to_uppercase())).await?.succeeded()?.body;
    assert_eq!((&requested["domain"], &requested["state"]), (&json!(name), &json!("pending")));
    let [proof, alias] = [&requested["records"][0], &requested["records"][1]];
    assert_eq!((&proof["type"], &proof["name"]), (&json!("TXT"), &json!(format!("_souk-challenge.{name}"))));
    assert_eq!((&alias["type"], &alias["name"]), (&json!("CNAME"), &json!(name)));

    let dns = DnsServer::of(&market);
    dns.set_requested(&requested).await?;
    let verified = request_and_check(&market, &vendor.client, &name).await?;
    assert_eq!((&verified["state"], verified.get("reason")), (&json!("verified"), None));
    assert!(verified["look_at"].as_str() > verified["looked_at"].as_str());
    let shop = shop_at(&market, &name).await?.succeeded()?.body;
    assert_eq!((&shop["id"], &shop["slug"]), (&json!(vendor.shop.id), &json!(vendor.shop.slug)));

    // The domain does not find a deleted shop. It finds the shop again once it is restored.
    vendor.client.ask("delete_shop")?.send().await?.succeeded()?;
    shop_at(&market, &name).await?.refused_with("not_found", 404)?;
    request(&vendor.client, &name).await?.refused_with("shop_deleted", 409)?;
    vendor.client.ask("restore_shop")?.send().await?.succeeded()?;
    shop_at(&market, &name).await?.succeeded()?;

    for _ in 0..2 {
        assert_eq!(vendor.client.ask("remove_domain")?.send().await?.succeeded()?.status, 204);
    }
    shop_at(&market, &name).await?.refused_with("not_found", 404)?;
    vendor.client.ask("get_domain")?.send().await?.refused_with("not_found", 404)?;
    let renewed = request(&vendor.client, &name).await?.succeeded()?.body;
    assert_ne!(renewed["records"][0]["value"], proof["value"], "a new request has a new proof");
    Ok(())
}

#[tokio::test]
async fn a_missing_record_is_pending_and_a_wrong_one_fails_with_its_reason() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let (dns, name) = (DnsServer::of(&market), unique());
    let requested = request(&vendor.client, &name).await?.succeeded()?.body;
    let [proof, target] = [0, 1].map(|n| requested["records"][n]["value"].as_str().unwrap_or_default().to_owned());
    let challenge = format!("_souk-challenge.{name}");
    let steps = [
        (&name, json!({ "txt": ["v=spf1 -all"] }), "pending", "proof_missing"),
        (&challenge, json!({ "txt": ["souk-domain-verification=somebody-elses"] }), "failed", "proof_wrong"),
        (&challenge, json!({ "txt": ["something else", proof] }), "failed", "target_missing"),
        (&name, json!({ "cname": "shops.elsewhere.example" }), "failed", "target_wrong"),
    ];
    for (owner_name, records, state, reason) in steps {
        dns.set(owner_name, &records).await?;
        let checked = request_and_check(&market, &vendor.client, &name).await?;
        // A new request restarts the wait, so a missing record is pending again.
        let state = if reason.ends_with("missing") { "pending" } else { state };
        assert_eq!((&checked["state"], &checked["reason"]), (&json!(state), &json!(reason)), "{checked}");
        shop_at(&market, &name).await?.refused_with("not_found", 404)?;
    }
    dns.set(&name, &json!({ "cname": target })).await?;
    assert_eq!(request_and_check(&market, &vendor.client, &name).await?["state"], "verified");
    Ok(())
}

#[tokio::test]
async fn a_verified_domain_survives_a_failing_dns_server_but_not_a_missing_record() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let (dns, name) = (DnsServer::of(&market), unique());
    let requested = request(&vendor.client, &name).await?.succeeded()?.body;
    dns.set_requested(&requested).await?;
    assert_eq!(request_and_check(&market, &vendor.client, &name).await?["state"], "verified");

    dns.set(&name, &json!({ "broken": true })).await?;
    make_due(&market, &vendor, SignedDuration::ZERO).await?;
    let checked = check(&market, &vendor.client).await?;
    assert_eq!(checked["state"], "verified");
    shop_at(&market, &name).await?.succeeded()?;

    dns.set(&name, &json!({ "txt": [] })).await?;
    make_due(&market, &vendor, SignedDuration::ZERO).await?;
    let checked = check(&market, &vendor.client).await?;
    assert_eq!((&checked["state"], &checked["reason"]), (&json!("failed"), &json!("target_missing")));
    shop_at(&market, &name).await?.refused_with("not_found", 404)?;

    dns.set_requested(&requested).await?;
    make_due(&market, &vendor, SignedDuration::ZERO).await?;
    assert_eq!(check(&market, &vendor.client).await?["state"], "verified", "the schedule checks it without a request");
    shop_at(&market, &name).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_domain_is_not_checked_after_a_week_until_it_is_requested_again() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let name = unique();
    request(&vendor.client, &name).await?.succeeded()?;
    make_due(&market, &vendor, SignedDuration::from_hours(7 * 24)).await?;
    let checked = check(&market, &vendor.client).await?;
    assert_eq!((&checked["state"], &checked["reason"]), (&json!("failed"), &json!("proof_missing")));
    assert_eq!(checked.get("look_at"), None);
    let again = request(&vendor.client, &name).await?.succeeded()?.body;
    assert_eq!((&again["state"], again["look_at"].is_string()), (&json!("pending"), true));
    assert_eq!(again["records"], checked["records"], "a repeated request keeps the records");
    Ok(())
}

#[tokio::test]
async fn a_domain_belongs_to_one_shop() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(100, 1).await?, market.vendor(100, 1).await?];
    let (dns, name) = (DnsServer::of(&market), unique());
    let mut proofs = Vec::new();
    for vendor in &vendors {
        let requested = request(&vendor.client, &name).await?.succeeded()?.body;
        proofs.push(requested["records"][0]["value"].clone());
        dns.set(&name, &json!({ "cname": requested["records"][1]["value"] })).await?;
    }
    assert_ne!(proofs[0], proofs[1]);
    // The proofs are set one after the other, because other tests have all domains checked in any order.
    let challenge = format!("_souk-challenge.{name}");
    dns.set(&challenge, &json!({ "txt": proofs[..1] })).await?;
    assert_eq!(request_and_check(&market, &vendors[0].client, &name).await?["state"], "verified");
    dns.set(&challenge, &json!({ "txt": proofs })).await?;
    let second = request_and_check(&market, &vendors[1].client, &name).await?;
    assert_eq!((&second["state"], &second["reason"]), (&json!("failed"), &json!("taken")));
    assert_eq!(shop_at(&market, &name).await?.succeeded()?.body["id"], vendors[0].shop.id.as_str());

    // A request for another domain releases the first one.
    request(&vendors[0].client, &unique()).await?.succeeded()?;
    shop_at(&market, &name).await?.refused_with("not_found", 404)?;
    assert_eq!(request_and_check(&market, &vendors[1].client, &name).await?["state"], "verified");
    assert_eq!(shop_at(&market, &name).await?.succeeded()?.body["id"], vendors[1].shop.id.as_str());
    Ok(())
}

#[tokio::test]
async fn an_invalid_or_reserved_domain_is_refused() -> Result {
    let market = Market::open()?;
    let (vendor, (_, without_shop)) = (market.vendor(100, 1).await?, market.seller().await?);
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
    request(&without_shop, &unique()).await?.refused_with("no_shop", 409)?;
    Ok(())
}

/// The DNS server of the stack.
struct DnsServer<'a> {
    market: &'a Market,
    http: reqwest::Client,
}

impl<'a> DnsServer<'a> {
    fn of(market: &'a Market) -> Self {
        Self { market, http: reqwest::Client::new() }
    }

    /// Sets all records of a name.
    async fn set(&self, name: &str, records: &Value) -> Result {
        let url = format!("{}/_local/records/{name}", self.market.stack.dns);
        self.http.put(url).json(records).send().await?.error_for_status()?;
        Ok(())
    }

    /// Sets the records that a seller was asked to create.
    async fn set_requested(&self, domain: &Value) -> Result {
        let [proof, alias] = [&domain["records"][0], &domain["records"][1]];
        self.set(proof["name"].as_str().unwrap_or_default(), &json!({ "txt": [proof["value"]] })).await?;
        self.set(alias["name"].as_str().unwrap_or_default(), &json!({ "cname": alias["value"] })).await
    }
}

async fn request(seller: &Client, name: &str) -> Result<Answer> {
    seller.ask("request_domain")?.json(&json!({ "domain": name })).send().await
}

/// Reads the shop at a domain.
async fn shop_at(market: &Market, name: &str) -> Result<Answer> {
    market.anonymous()?.ask("get_shop_by_domain")?.path("domain", name).send().await
}

/// Requests a domain again and has it checked. The new request is needed because another test may have had the domain
/// checked before its records were set.
async fn request_and_check(market: &Market, seller: &Client, name: &str) -> Result<Value> {
    request(seller, name).await?.succeeded()?;
    check(market, seller).await
}

async fn check(market: &Market, seller: &Client) -> Result<Value> {
    market.call("check-domains", &Value::Null).await?;
    let domain = seller.ask("get_domain")?.send().await?.succeeded()?.body;
    if domain["looked_at"].is_null() {
        return Err(Failed::new(format!("the domain was not checked: {domain}")));
    }
    Ok(domain)
}

/// Makes the next check due now, and moves the request into the past by `since`.
async fn make_due(market: &Market, vendor: &Vendor, since: SignedDuration) -> Result {
    let shop: ShopId = vendor.shop.id.parse()?;
    let now = Timestamp::now();
    let mut changes =
        vec![("look_at", json!(now.as_millisecond())), ("gsi1sk", json!(keys::among_looks(now, shop).at))];
    if !since.is_zero() {
        changes.push(("since", json!((now - since).as_millisecond())));
    }
    market.cloud.set(&keys::custom_domain(shop), &changes).await
}

/// Returns a domain name that no other test uses.
fn unique() -> String {
    format!("www.{:012x}.example", fastrand::u64(..) >> 16)
}
