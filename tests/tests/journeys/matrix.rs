//! The authorization matrix: the status of every operation for every kind of caller.
//!
//! The operations come from the API document, so a new operation must be in the table or this test fails. Each request
//! is the one in `events/`, with the ids of things that exist: a refusal then depends on the caller alone.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_testkit::{Account, Answer, Client, NewDiscount, Operation, PATIENCE, Result, await_until, operations};
use souk_tests::{Example, Market, keys};

use crate::{
    addresses::address,
    tokens::{SigningKey, claims_of},
};

/// The columns of the table. The first shopper and the first seller own everything that is requested. "Signed out" is a
/// caller of the right kind whose session has ended, with an access token that has not expired.
const CALLERS: [&str; 10] = [
    "nobody",
    "shopper",
    "other shopper",
    "seller",
    "other seller",
    "admin",
    "banned",
    "signed out",
    "expired",
    "wrong audience",
];

/// These operations end the session or the account, so each of their requests gets a session of its own.
const ENDING: [&str; 4] = ["change_password", "delete_me", "logout", "logout_everywhere"];

/// The only operation that changes something and accepts the token of a session that has ended.
const UNGUARDED: [&str; 1] = ["logout"];

/// The caller of a column.
struct Caller {
    name: &'static str,
    /// The audience of the caller's token; `None` if every operation must refuse the token.
    audience: Option<&'static str>,
    account: Option<Account>,
    client: Client,
}

#[tokio::test]
async fn every_operation_answers_every_kind_of_caller_as_listed() -> Result {
    let market = Market::open()?;
    let fixture = Fixture::create(&market).await?;
    let mut order: Vec<&Operation> = operations().filter(|operation| !operation.audiences.is_empty()).collect();
    // Reads come before changes, and changes before deletions.
    let rank = |operation: &Operation| {
        let ending = ENDING.contains(&operation.id.as_str());
        let method = ["GET", "POST", "PUT", "DELETE"].iter().position(|method| *method == operation.method);
        (ending, method)
    };
    order.sort_by_key(|operation| (rank(operation), operation.id.clone()));

    let mut rows = BTreeMap::new();
    for operation in order {
        let row = fixture.row(operation).await.map_err(|failed| failed.during(&operation.id))?;
        rows.insert(operation.id.clone(), row);
    }
    for operation in operations().filter(|operation| operation.audiences.is_empty()) {
        for caller in &fixture.callers {
            let answer = fixture.bare(operation, &caller.client).await?;
            let refused = matches!(answer.code(), Some("not_signed_in" | "forbidden" | "origin_refused"));
            assert!(!refused, "{} is public but refuses {}\n{answer}", operation.id, caller.name);
        }
        rows.insert(operation.id.clone(), "open to everybody".to_owned());
    }

    let head = format!("{:28}{}", "", CALLERS.map(|caller| format!("{caller:>16}")).concat());
    let rows: Vec<String> = rows.into_iter().map(|(operation, row)| format!("{operation:28}{row}")).collect();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(format!("{head}\n{}", rows.join("\n")));
    });
    Ok(())
}

/// All callers and what belongs to them.
struct Fixture {
    callers: Vec<Caller>,
    /// Clients whose sessions have ended, by audience.
    signed_out: BTreeMap<&'static str, Client>,
    /// The path parameters, by the names of operation and parameter or by the parameter's name alone.
    parameters: BTreeMap<&'static str, String>,
}

impl Fixture {
    async fn create(market: &Market) -> Result<Self> {
        let vendor = market.vendor(1_850, 5).await?;
        let (account, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
        let (other_account, other) = market.shopper().await?;
        // This seller has a shop, because the example's slug is free only once.
        let other_vendor = market.vendor(2_400, 5).await?;
        let (admin_account, admin) = market.admin().await?;
        let (victim_account, banned) = market.shopper().await?;
        let (_, bystander) = market.shopper().await?;
        let (_, culprit) = market.shopper().await?;

        let standing = keys::standing(principal_of(&banned)?.parse()?);
        let ban = json!({ "reason": "For the table", "by": principal_of(&admin)?, "at": 0 });
        market.cloud.set(&standing, &[("ban", ban)]).await?;

        let mut signed_out = BTreeMap::new();
        for (audience, account, client) in [
            ("user", &account, &shopper),
            ("seller", &vendor.account, &vendor.client),
            ("admin", &admin_account, &admin),
        ] {
            let client = client.sign_in(account).await?;
            client.ask("logout")?.send().await?.succeeded()?;
            signed_out.insert(audience, client);
        }

        let signing_key = SigningKey::of(market).await?;
        let claims = claims_of(shopper.token().unwrap_or_default())?;
        let with = |claim: &str, value: Value| {
            let mut claims = claims.clone();
            claims[claim] = value;
            signing_key.sign("at+jwt", &claims)
        };
        let expired = shopper.with_token(with("exp", json!(Timestamp::now().as_second() - 1))?);
        let wrong_audience = shopper.with_token(with("aud", json!("nobody"))?);

        let order = shopper.buy().await?;
        shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
        let payment = shopper.open_payment().await?;
        let address = shopper.ask("add_address")?.json(&address("Home")).send().await?.succeeded()?;
        let notifications = await_until(PATIENCE, "the order's notification", async || {
            let list = shopper.ask("list_notifications")?.send().await?.succeeded()?;
            Ok(list.body["items"][0]["id"].as_str().map(str::to_owned))
        });
        let session = shopper.ask("list_sessions")?.send().await?.succeeded()?;
        let upload = shopper.ask("create_upload")?.json(&json!({ "content_type": "image/png" })).send().await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let parameters = BTreeMap::from([
            ("get_payment_session id", payment.id.clone()),
            ("cancel_payment_session id", payment.id),
            ("get_order id", order.clone()),
            ("cancel_order id", order.clone()),
            ("get_shop_order id", order.clone()),
            ("cancel_shop_order id", order.clone()),
            ("create_shipment id", order.clone()),
            ("update_shipment id", order.clone()),
            ("pack_order id", order),
            ("get_upload id", text(&upload.succeeded()?.body["id"])),
            ("promote_admin id", principal_of(&bystander)?),
            ("demote_admin id", principal_of(&bystander)?.replace("user_", "admin_")),
            ("address", text(&address.body["id"])),
            ("notification", notifications.await?),
            ("session", text(&session.body["items"][0]["id"])),
            ("slug", vendor.product.slug.clone()),
            ("sku", vendor.sku()?.id.clone()),
            ("product", vendor.product.id.clone()),
            ("discount", vendor.client.create_discount(&NewDiscount::percent("MATRIX", 1_000)).await?),
            ("shop", vendor.shop.id.clone()),
            ("principal", principal_of(&culprit)?),
        ]);
        let signed_in = |name, audience, account: Account, client| Caller {
            name,
            audience: Some(audience),
            account: Some(account),
            client,
        };
        let refused = |name, client| Caller { name, audience: None, account: None, client };
        let callers = vec![
            refused("nobody", market.anonymous()?),
            signed_in("shopper", "user", account, shopper),
            signed_in("other shopper", "user", other_account, other),
            signed_in("seller", "seller", vendor.account.clone(), vendor.client.clone()),
            signed_in("other seller", "seller", other_vendor.account, other_vendor.client),
            signed_in("admin", "admin", admin_account, admin),
            signed_in("banned", "user", victim_account, banned),
            // The client depends on the operation: see `signed_out`.
            refused("signed out", market.anonymous()?),
            refused("expired", expired),
            refused("wrong audience", wrong_audience),
        ];
        Ok(Self { callers, signed_out, parameters })
    }

    /// Returns one operation's statuses. The owners' requests are last, because they may delete what is requested.
    async fn row(&self, operation: &Operation) -> Result<String> {
        let (owners, others): (Vec<_>, Vec<_>) =
            self.callers.iter().partition(|caller| matches!(caller.name, "shopper" | "seller"));
        let mut answers = BTreeMap::new();
        for group in [others, owners] {
            let requests = group.iter().map(|caller| self.ask(operation, caller));
            for (caller, answer) in group.iter().zip(try_join_all(requests).await?) {
                answers.insert(caller.name, answer);
            }
        }
        let mut row = String::new();
        for caller in &self.callers {
            let answer = &answers[caller.name];
            let admitted =
                caller.audience.is_some_and(|audience| operation.audiences.iter().any(|allowed| allowed == audience));
            let guarded = operation.method != "GET" && !UNGUARDED.contains(&operation.id.as_str());
            if !admitted && (caller.name != "signed out" || guarded) {
                assert_eq!((answer.status, answer.code()), (401, Some("not_signed_in")), "{}\n{answer}", caller.name);
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{answer}");
            }
            row.push_str(&format!("{:>16}", answer.status));
        }
        Ok(row)
    }

    async fn ask(&self, operation: &Operation, caller: &Caller) -> Result<Answer> {
        if caller.name == "signed out" {
            let client = operation.audiences.iter().find_map(|audience| self.signed_out.get(audience.as_str()));
            return self.request(operation, client.unwrap_or(&caller.client)).await;
        }
        if let (true, Some(account), false) =
            (ENDING.contains(&operation.id.as_str()), &caller.account, caller.name == "banned")
        {
            return self.request(operation, &caller.client.sign_in(account).await?).await;
        }
        self.request(operation, &caller.client).await
    }

    /// Sends the request in `events/` with the ids of things that exist.
    async fn request(&self, operation: &Operation, client: &Client) -> Result<Answer> {
        let example = Example::of(operation)?;
        let mut request = client.ask(&operation.id)?.key(&format!("matrix-{:016x}", fastrand::u64(..)));
        for (name, value) in example.path_parameters() {
            let own = format!("{} {name}", operation.id);
            let parameter = self.parameters.get(own.as_str()).or_else(|| self.parameters.get(name));
            request = request.path(name, parameter.map_or(value, String::as_str));
        }
        if let Some(body) = example.body() {
            request = request.body("application/json", body.to_owned());
        }
        request.send().await
    }

    /// Sends a request without content, enough to see whether the operation admits the caller.
    async fn bare(&self, operation: &Operation, client: &Client) -> Result<Answer> {
        let mut request = client.ask(&operation.id)?;
        for part in operation.path.split('/') {
            if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                request = request.path(name, "nothing-like-this");
            }
        }
        request.send().await
    }
}

fn principal_of(client: &Client) -> Result<String> {
    Ok(claims_of(client.token().unwrap_or_default())?["sub"].as_str().unwrap_or_default().to_owned())
}
