//! The second factor: setup with an app, sign-in with codes that work once, and the lock after wrong guesses.
//!
//! A sign-in counts against a limit of ten per account, so each test has an account of its own and signs in less often
//! than that. The app is a third-party TOTP library.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use souk_testkit::{Account, Answer, Client, Result, Role, Tokens};
use souk_tests::{Market, keys};
use totp_rs::Totp;

use crate::tokens::claims_of;

/// The five operations, each with a valid body.
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
async fn a_seller_sets_up_an_app_and_signs_in_with_its_codes() -> Result {
    let market = Market::open()?;
    let (account, client) = market.seller().await?;
    let anonymous = market.anonymous()?;
    assert_eq!(state(&client).await?, json!({ "on": false, "since": null, "recovery_codes_left": 0 }));

    let replaced = start_with_app(&client, &account).await?;
    let app = start_with_app(&client, &account).await?;
    login(&anonymous, &account, None).await?.succeeded()?;
    confirm(&client, &code_of(&replaced)).await?.refused_with("wrong_code", 422)?;
    let code = code_of(&app);
    let codes: Codes = confirm(&client, &code).await?.read()?;
    assert_eq!(BTreeSet::from_iter(&codes.recovery_codes).len(), 10);
    assert!(codes.recovery_codes.iter().all(|code| code.len() == 11 && code.as_bytes()[5] == b'-'), "{codes:?}");
    let now = state(&client).await?;
    assert_eq!((&now["on"], &now["recovery_codes_left"]), (&json!(true), &json!(10)));
    assert!(now["since"].is_string(), "{now}");
    market.mailbox.await_mail(&account.email, "Two-step sign-in is on").await?;

    login(&anonymous, &account, None).await?.refused_with("second_factor_required", 401)?;
    login(&anonymous, &account, Some(&code)).await?.refused_with("wrong_second_factor", 401)?;
    login(&anonymous, &account, Some(&wrong_code_of(&app))).await?.refused_with("wrong_second_factor", 401)?;
    let next = app.generate(seconds() + 30).to_string();
    let tokens: Tokens = login(&anonymous, &account, Some(&next)).await?.read()?;

    let client = anonymous.with_token(tokens.access_token);
    start(&client, &account.password).await?.refused_with("second_factor_on", 409)?;
    confirm(&client, &code_of(&app)).await?.refused_with("second_factor_on", 409)?;
    Ok(())
}

#[tokio::test]
async fn the_setup_of_a_factor_requires_the_password_and_a_start() -> Result {
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
async fn a_code_is_ignored_without_a_second_factor() -> Result {
    let market = Market::open()?;
    let (account, client) = market.seller().await?;
    login(&client, &account, Some("123456")).await?.succeeded()?;
    login(&client, &account, Some("12345")).await?.refused_with("invalid_input", 422)?;
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_reveals_nothing_about_the_factor_and_uses_no_code() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anonymous = market.anonymous()?;
    let code = owner.fresh_code(&market).await?;
    let wrong = Account { password: "not the password".to_owned(), ..owner.account.clone() };
    let unknown = Account::new(Role::Seller, "Nobody Here");
    let mut answers = Vec::new();
    for (account, factor) in [(&wrong, None), (&wrong, Some(&code)), (&unknown, None), (&unknown, Some(&code))] {
        let factor = factor.map(String::as_str);
        let mut refusal = login(&anonymous, account, factor).await?.refused_with("wrong_credentials", 401)?;
        refusal.body["request_id"].take();
        answers.push(refusal.body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    login(&anonymous, &owner.account, Some(&code)).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_repeated_code_is_refused_without_a_lock() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anonymous = market.anonymous()?;
    let code = owner.fresh_code(&market).await?;
    login(&anonymous, &owner.account, Some(&code)).await?.succeeded()?;
    for _ in 0..5 {
        login(&anonymous, &owner.account, Some(&code)).await?.refused_with("wrong_second_factor", 401)?;
    }
    let code = owner.fresh_code(&market).await?;
    login(&anonymous, &owner.account, Some(&code)).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_recovery_code_replaces_the_app_once() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anonymous = market.anonymous()?;
    let typed = owner.recovery_codes[3].replace('-', " ").to_lowercase();
    login(&anonymous, &owner.account, Some(&typed)).await?.succeeded()?;
    for again in [&typed, &owner.recovery_codes[3]] {
        login(&anonymous, &owner.account, Some(again)).await?.refused_with("wrong_second_factor", 401)?;
    }
    assert_eq!(state(&owner.client).await?["recovery_codes_left"], 9);
    let mail = market.mailbox.await_mail(&owner.account.email, "A recovery code was used").await?;
    // A line of the text may end between the two words.
    assert!(mail.body_text.replace('\n', " ").contains("9 are left"), "{}", mail.body_text);
    login(&anonymous, &owner.account, Some(&owner.recovery_codes[4])).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn five_wrong_guesses_in_a_row_lock_the_factor() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anonymous = market.anonymous()?;
    let wrong = wrong_code_of(&owner.app);
    for guess in [wrong.as_str(), "AAAAA-AAAAA", &wrong] {
        login(&anonymous, &owner.account, Some(guess)).await?.refused_with("wrong_second_factor", 401)?;
    }
    owner.renew(&wrong).await?.refused_with("wrong_code", 422)?;
    let locked = owner.remove(&wrong).await?.refused_with("code_locked", 429)?;
    let seconds: u64 = locked.header("retry-after").unwrap_or_default().parse()?;
    assert!((800..=900).contains(&seconds), "{locked}");
    market.mailbox.await_mail(&owner.account.email, "Wrong codes for two-step sign-in").await?;

    let right = owner.fresh_code(&market).await?;
    for guess in [&right, &owner.recovery_codes[0]] {
        let locked = login(&anonymous, &owner.account, Some(guess)).await?.refused_with("code_locked", 429)?;
        assert!(locked.header("retry-after").is_some(), "{locked}");
    }
    login(&anonymous, &owner.account, None).await?.refused_with("second_factor_required", 401)?;
    owner.set(&market, "locked_until", json!(0)).await?;
    login(&anonymous, &owner.account, Some(&owner.fresh_code(&market).await?)).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn new_recovery_codes_replace_the_old_ones() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anonymous = market.anonymous()?;
    owner.renew(&owner.recovery_codes[0]).await?.refused_with("invalid_input", 422)?;
    let renewed: Codes = owner.renew(&owner.fresh_code(&market).await?).await?.read()?;
    assert_eq!(renewed.recovery_codes.len(), 10);
    login(&anonymous, &owner.account, Some(&owner.recovery_codes[0]))
        .await?
        .refused_with("wrong_second_factor", 401)?;
    login(&anonymous, &owner.account, Some(&renewed.recovery_codes[0])).await?.succeeded()?;
    assert_eq!(state(&owner.client).await?["recovery_codes_left"], 9);
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_removals_with_one_recovery_code_succeed_once() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    owner.remove(&wrong_code_of(&owner.app)).await?.refused_with("wrong_code", 422)?;
    let answers = try_join_all((0..200).map(|_| owner.remove(&owner.recovery_codes[9]))).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
    for refusal in answers.into_iter().filter(|answer| answer.status != 204) {
        refusal.refused_with("second_factor_off", 409)?;
    }
    assert_eq!(state(&owner.client).await?["on"], false);
    login(&market.anonymous()?, &owner.account, None).await?.succeeded()?;
    market.mailbox.await_mail(&owner.account.email, "Two-step sign-in is off").await?;

    // A new setup has a new secret and new recovery codes.
    let again = Owner::set_up(owner.account.clone(), owner.client.clone()).await?;
    owner.remove(&owner.recovery_codes[0]).await?.refused_with("wrong_code", 422)?;
    again.remove(&again.recovery_codes[0]).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn the_factor_of_an_admin_does_not_apply_to_the_shopper() -> Result {
    let market = Market::open()?;
    let (account, client) = market.admin().await?;
    let owner = Owner::set_up(account, client).await?;
    let anonymous = market.anonymous()?;
    login(&anonymous, &owner.account, None).await?.refused_with("second_factor_required", 401)?;
    let code = owner.fresh_code(&market).await?;
    login(&anonymous, &owner.account, Some(&code)).await?.succeeded()?;
    login(&anonymous, &Account { role: Role::Shopper, ..owner.account }, None).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_password_reset_keeps_the_factor_on() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let anonymous = market.anonymous()?;
    let mut request = json!({ "email": owner.account.email, "account": "seller" });
    anonymous.ask("forgot_password")?.json(&request).send().await?.succeeded()?;
    let mail = market.mailbox.await_mail(&owner.account.email, "Reset your password").await?;
    request["code"] = json!(mail.code().expect("a code"));
    let granted = anonymous.ask("verify_reset_code")?.json(&request).send().await?.succeeded()?;
    let account = Account { password: "another battery staple".to_owned(), ..owner.account.clone() };
    let reset = json!({ "reset_token": granted.body["reset_token"], "password": account.password });
    anonymous.ask("reset_password")?.json(&reset).send().await?.succeeded()?;

    login(&anonymous, &account, None).await?.refused_with("second_factor_required", 401)?;
    login(&anonymous, &account, Some(&owner.fresh_code(&market).await?)).await?.succeeded()?;
    Ok(())
}

/// A principal with a second factor.
pub(crate) struct Owner {
    pub(crate) account: Account,
    client: Client,
    pub(crate) app: Totp,
    recovery_codes: Vec<String>,
}

/// The answer when the factor is confirmed or its recovery codes are renewed.
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
        let app = start_with_app(&client, &account).await?;
        let Codes { recovery_codes } = confirm(&client, &code_of(&app)).await?.read()?;
        Ok(Self { account, client, app, recovery_codes })
    }

    /// Returns the app's current code, and forgets that codes were used.
    pub(crate) async fn fresh_code(&self, market: &Market) -> Result<String> {
        self.set(market, "last_step", json!(0)).await?;
        Ok(code_of(&self.app))
    }

    /// Returns the app's next code, which is valid for at least another minute.
    pub(crate) async fn lasting_code(&self, market: &Market) -> Result<String> {
        self.set(market, "last_step", json!(0)).await?;
        Ok(self.app.generate(seconds() + 30).to_string())
    }

    /// Changes what the table stores about the use of the factor, such as times.
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

/// Starts the setup and loads its URI into an app.
async fn start_with_app(client: &Client, account: &Account) -> Result<Totp> {
    let started = start(client, &account.password).await?.succeeded()?;
    let uri = started.body["uri"].as_str().unwrap_or_default();
    assert!(uri.contains(started.body["secret"].as_str().expect("a secret")), "{started}");
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

/// Returns a code that the app does not show within minutes of now.
pub(crate) fn wrong_code_of(app: &Totp) -> String {
    let near: Vec<String> = (0..10).map(|n| app.generate(seconds() + 30 * n - 120).to_string()).collect();
    let mut others = (0..).map(|n| format!("{:06}", n * 111_111)).filter(|code| !near.contains(code));
    others.next().expect("there are more codes than ten")
}
