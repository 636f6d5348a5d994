//! The second factor: set up with an app, asked for at every sign-in, good once, and locked when it is guessed.
//!
//! Signing in counts against a limit of ten for an account, so each test has an account of its own and signs in less
//! often than that. The app is a library that is not ours.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use souk_testkit::{Account, Answer, Client, Result, Role, Tokens};
use souk_tests::{Market, keys};
use totp_rs::Totp;

use crate::tokens::claims_of;

/// The five operations, each with a body that is in order.
fn operations() -> [(&'static str, Value); 5] {
    let code = json!({ "code": "123456" });
    [
        ("start_second_factor", json!({ "password": "correct horse battery" })),
        ("confirm_second_factor", code.clone()),
        ("renew_recovery_codes", code.clone()),
        ("remove_second_factor", code),
        ("get_second_factor", json!({})),
    ]
}

#[tokio::test]
async fn a_seller_sets_up_an_app_and_signs_in_with_its_codes_from_then_on() -> Result {
    let market = Market::open()?;
    let (account, client) = market.seller().await?;
    let anybody = market.anybody()?;
    assert_eq!(state(&client).await?, json!({ "on": false, "since": null, "recovery_codes_left": 0 }));

    let replaced = begin(&client, &account).await?;
    let app = begin(&client, &account).await?;
    login(&anybody, &account, None).await?.succeeded()?;
    confirm(&client, &code_of(&replaced)).await?.refused_with("wrong_code", 422)?;
    let code = code_of(&app);
    let codes: Codes = confirm(&client, &code).await?.read()?;
    assert_eq!(BTreeSet::from_iter(&codes.recovery_codes).len(), 10);
    assert!(codes.recovery_codes.iter().all(|code| code.len() == 11 && code.as_bytes()[5] == b'-'), "{codes:?}");
    let now = state(&client).await?;
    assert_eq!((&now["on"], &now["recovery_codes_left"]), (&json!(true), &json!(10)));
    assert!(now["since"].is_string(), "{now}");
    market.mailbox.await_letter(&account.email, "Two-step sign-in is on").await?;

    login(&anybody, &account, None).await?.refused_with("second_factor_required", 401)?;
    login(&anybody, &account, Some(&code)).await?.refused_with("wrong_second_factor", 401)?;
    login(&anybody, &account, Some(&other_than_codes_of(&app))).await?.refused_with("wrong_second_factor", 401)?;
    let next = app.generate(seconds() + 30).to_string();
    let tokens: Tokens = login(&anybody, &account, Some(&next)).await?.read()?;

    let client = anybody.with_token(tokens.access_token);
    start(&client, &account.password).await?.refused_with("second_factor_on", 409)?;
    confirm(&client, &code_of(&app)).await?.refused_with("second_factor_on", 409)?;
    Ok(())
}

#[tokio::test]
async fn the_factor_is_begun_only_with_the_password_and_confirmed_only_once_begun() -> Result {
    let market = Market::open()?;
    let (_, client) = market.seller().await?;
    start(&client, "another password").await?.refused_with("wrong_credentials", 401)?;
    for (operation, body) in operations() {
        if !matches!(operation, "start_second_factor" | "get_second_factor") {
            let answer = client.ask(operation)?.json(&body).send().await?;
            answer.refused_with("second_factor_off", 409)?;
        }
    }
    assert_eq!(state(&client).await?["on"], false);
    Ok(())
}

#[tokio::test]
async fn shoppers_have_no_second_factor() -> Result {
    let market = Market::open()?;
    let (account, client) = market.shopper().await?;
    for (operation, body) in operations() {
        let request = client.ask(operation)?;
        let request = if operation == "get_second_factor" { request } else { request.json(&body) };
        request.send().await?.refused_with("forbidden", 403)?;
    }
    login(&client, &account, Some("123456")).await?.refused_with("invalid_input", 422)?;
    Ok(())
}

#[tokio::test]
async fn a_factor_that_is_not_asked_for_may_be_given_anyway() -> Result {
    let market = Market::open()?;
    let (account, client) = market.seller().await?;
    login(&client, &account, Some("123456")).await?.succeeded()?;
    login(&client, &account, Some("12345")).await?.refused_with("invalid_input", 422)?;
    Ok(())
}

#[tokio::test]
async fn with_a_wrong_password_nothing_is_said_about_the_factor_and_no_code_is_used_up() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anybody = market.anybody()?;
    let code = owner.fresh_code(&market).await?;
    let wrong = Account { password: "not the password".to_owned(), ..owner.account.clone() };
    let unknown = Account::new(Role::Seller, "Nobody Here");
    let mut answers = Vec::new();
    for (account, factor) in [(&wrong, None), (&wrong, Some(&code)), (&unknown, None), (&unknown, Some(&code))] {
        let factor = factor.map(String::as_str);
        let mut refusal = login(&anybody, account, factor).await?.refused_with("wrong_credentials", 401)?;
        refusal.body["request_id"].take();
        answers.push(refusal.body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    login(&anybody, &owner.account, Some(&code)).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_code_that_comes_again_is_refused_and_locks_nobody_out() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anybody = market.anybody()?;
    let code = owner.fresh_code(&market).await?;
    login(&anybody, &owner.account, Some(&code)).await?.succeeded()?;
    for _ in 0..5 {
        login(&anybody, &owner.account, Some(&code)).await?.refused_with("wrong_second_factor", 401)?;
    }
    let code = owner.fresh_code(&market).await?;
    login(&anybody, &owner.account, Some(&code)).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_recovery_code_stands_in_for_the_app_once() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anybody = market.anybody()?;
    let typed = owner.recovery_codes[3].replace('-', " ").to_lowercase();
    login(&anybody, &owner.account, Some(&typed)).await?.succeeded()?;
    for again in [&typed, &owner.recovery_codes[3]] {
        login(&anybody, &owner.account, Some(again)).await?.refused_with("wrong_second_factor", 401)?;
    }
    assert_eq!(state(&owner.client).await?["recovery_codes_left"], 9);
    let letter = market.mailbox.await_letter(&owner.account.email, "A recovery code was used").await?;
    assert!(letter.body_text.contains("9 are left"), "{}", letter.body_text);
    login(&anybody, &owner.account, Some(&owner.recovery_codes[4])).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn five_wrong_guesses_in_a_row_lock_the_factor_wherever_they_were_made() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anybody = market.anybody()?;
    let wrong = other_than_codes_of(&owner.app);
    for guess in [wrong.as_str(), "AAAAA-AAAAA", &wrong] {
        login(&anybody, &owner.account, Some(guess)).await?.refused_with("wrong_second_factor", 401)?;
    }
    owner.renew(&wrong).await?.refused_with("wrong_code", 422)?;
    let locked = owner.remove(&wrong).await?.refused_with("code_locked", 429)?;
    let seconds: u64 = locked.header("retry-after").unwrap_or_default().parse()?;
    assert!((800..=900).contains(&seconds), "{locked}");
    market.mailbox.await_letter(&owner.account.email, "Wrong codes for two-step sign-in").await?;

    let right = owner.fresh_code(&market).await?;
    for guess in [&right, &owner.recovery_codes[0]] {
        let locked = login(&anybody, &owner.account, Some(guess)).await?.refused_with("code_locked", 429)?;
        assert!(locked.header("retry-after").is_some(), "{locked}");
    }
    login(&anybody, &owner.account, None).await?.refused_with("second_factor_required", 401)?;
    owner.set(&market, "locked_until", json!(0)).await?;
    login(&anybody, &owner.account, Some(&owner.fresh_code(&market).await?)).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_the_old_ones() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anybody = market.anybody()?;
    owner.renew(&owner.recovery_codes[0]).await?.refused_with("invalid_input", 422)?;
    let renewed: Codes = owner.renew(&owner.fresh_code(&market).await?).await?.read()?;
    assert_eq!(renewed.recovery_codes.len(), 10);
    login(&anybody, &owner.account, Some(&owner.recovery_codes[0])).await?.refused_with("wrong_second_factor", 401)?;
    login(&anybody, &owner.account, Some(&renewed.recovery_codes[0])).await?.succeeded()?;
    assert_eq!(state(&owner.client).await?["recovery_codes_left"], 9);
    Ok(())
}

#[tokio::test]
async fn of_two_hundred_parallel_removals_with_one_recovery_code_one_removes_and_sign_in_asks_no_more() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    owner.remove(&other_than_codes_of(&owner.app)).await?.refused_with("wrong_code", 422)?;
    let answers = try_join_all((0..200).map(|_| owner.remove(&owner.recovery_codes[9]))).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
    for refusal in answers.into_iter().filter(|answer| answer.status != 204) {
        refusal.refused_with("second_factor_off", 409)?;
    }
    assert_eq!(state(&owner.client).await?["on"], false);
    login(&market.anybody()?, &owner.account, None).await?.succeeded()?;
    market.mailbox.await_letter(&owner.account.email, "Two-step sign-in is off").await?;

    // The next one has a secret and recovery codes of its own.
    let again = Owner::set_up(owner.account.clone(), owner.client.clone()).await?;
    owner.remove(&owner.recovery_codes[0]).await?.refused_with("wrong_code", 422)?;
    again.remove(&again.recovery_codes[0]).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn an_admins_factor_is_the_admins_and_not_the_shoppers() -> Result {
    let market = Market::open()?;
    let (account, client) = market.admin().await?;
    let owner = Owner::set_up(account, client).await?;
    let anybody = market.anybody()?;
    login(&anybody, &owner.account, None).await?.refused_with("second_factor_required", 401)?;
    let code = owner.fresh_code(&market).await?;
    login(&anybody, &owner.account, Some(&code)).await?.succeeded()?;
    login(&anybody, &Account { role: Role::Shopper, ..owner.account }, None).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_new_password_leaves_the_factor_on() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anybody = market.anybody()?;
    let mut whose = json!({ "email": owner.account.email, "account": "seller" });
    anybody.ask("forgot_password")?.json(&whose).send().await?.succeeded()?;
    let letter = market.mailbox.await_letter(&owner.account.email, "Reset your password").await?;
    whose["code"] = json!(letter.code().expect("a code"));
    let granted = anybody.ask("verify_reset_code")?.json(&whose).send().await?.succeeded()?;
    let account = Account { password: "another battery staple".to_owned(), ..owner.account.clone() };
    let reset = json!({ "reset_token": granted.body["reset_token"], "password": account.password });
    anybody.ask("reset_password")?.json(&reset).send().await?.succeeded()?;

    login(&anybody, &account, None).await?.refused_with("second_factor_required", 401)?;
    login(&anybody, &account, Some(&owner.fresh_code(&market).await?)).await?.succeeded()?;
    Ok(())
}

/// Somebody with a second factor.
pub(crate) struct Owner {
    pub(crate) account: Account,
    client: Client,
    pub(crate) app: Totp,
    recovery_codes: Vec<String>,
}

/// What turning the factor on gives, and renewing the codes.
#[derive(Debug, Deserialize)]
struct Codes {
    recovery_codes: Vec<String>,
}

impl Owner {
    pub(crate) async fn seller(market: &Market) -> Result<Self> {
        let (account, client) = market.seller().await?;
        Self::set_up(account, client).await
    }

    async fn set_up(account: Account, client: Client) -> Result<Self> {
        let app = begin(&client, &account).await?;
        let Codes { recovery_codes } = confirm(&client, &code_of(&app)).await?.read()?;
        Ok(Self { account, client, app, recovery_codes })
    }

    /// What the app shows now, as if no code had been used before.
    pub(crate) async fn fresh_code(&self, market: &Market) -> Result<String> {
        self.set(market, "last_step", json!(0)).await?;
        Ok(code_of(&self.app))
    }

    /// The code that the app will show next: it is good for another minute at least.
    pub(crate) async fn lasting_code(&self, market: &Market) -> Result<String> {
        self.set(market, "last_step", json!(0)).await?;
        Ok(self.app.generate(seconds() + 30).to_string())
    }

    /// Changes what is stored of the factor's use: how a test turns back the time.
    async fn set(&self, market: &Market, name: &str, value: Value) -> Result {
        let claims = claims_of(self.client.token().expect("a token"))?;
        let key = keys::second_factor(claims["sub"].as_str().unwrap_or_default().parse()?);
        let mut uses = market.cloud.item(&key).await?.expect("a second factor")["uses"].clone();
        uses[name] = value;
        market.cloud.set(&key, &[("uses", uses)]).await
    }

    pub(crate) async fn renew(&self, code: &str) -> Result<Answer> {
        self.client.ask("renew_recovery_codes")?.json(&json!({ "code": code })).send().await
    }

    async fn remove(&self, code: &str) -> Result<Answer> {
        self.client.ask("remove_second_factor")?.json(&json!({ "code": code })).send().await
    }
}

async fn start(client: &Client, password: &str) -> Result<Answer> {
    client.ask("start_second_factor")?.json(&json!({ "password": password })).send().await
}

/// Begins a factor and reads its picture into an app.
async fn begin(client: &Client, account: &Account) -> Result<Totp> {
    let begun = start(client, &account.password).await?.succeeded()?;
    let uri = begun.body["uri"].as_str().unwrap_or_default();
    assert!(uri.contains(begun.body["secret"].as_str().expect("a secret")), "{begun}");
    let app = Totp::from_url(uri)?;
    assert_eq!(app.issuer(), Some("Souk"));
    Ok(app)
}

async fn confirm(client: &Client, code: &str) -> Result<Answer> {
    client.ask("confirm_second_factor")?.json(&json!({ "code": code })).send().await
}

async fn state(client: &Client) -> Result<Value> {
    Ok(client.ask("get_second_factor")?.send().await?.succeeded()?.body)
}

pub(crate) async fn login(client: &Client, account: &Account, factor: Option<&str>) -> Result<Answer> {
    let operation = match account.role {
        Role::Shopper => "login_user",
        Role::Seller => "login_seller",
        Role::Admin => "login_admin",
    };
    client.ask(operation)?.json(&credentials(account, factor)).send().await
}

fn credentials(account: &Account, factor: Option<&str>) -> Value {
    let mut body = json!({ "email": account.email, "password": account.password });
    if let Some(factor) = factor {
        body["second_factor"] = json!(factor);
    }
    body
}

fn seconds() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or_default()
}

fn code_of(app: &Totp) -> String {
    app.generate(seconds()).to_string()
}

/// A code that the app shows neither now nor within minutes.
pub(crate) fn other_than_codes_of(app: &Totp) -> String {
    let near: Vec<String> = (0..10).map(|n| app.generate(seconds() + 30 * n - 120).to_string()).collect();
    let mut others = (0..).map(|n| format!("{:06}", n * 111_111)).filter(|code| !near.contains(code));
    others.next().expect("there are more codes than ten")
}
