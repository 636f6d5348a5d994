//! Signing in with Google. The tests act as a browser that keeps cookies and follows redirects. The local OpenID
//! provider takes Google's place.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use souk_domain::{Email, Realm, UserId};
use souk_testkit::{Account, Answer, Client, Failed, Result};
use souk_tests::{Market, keys};

use crate::tokens::claims_of;

/// The URL of the test stack's storefront.
const STOREFRONT: &str = "http://localhost:3000";

#[tokio::test]
async fn a_first_google_sign_in_creates_a_shopper_and_the_next_one_finds_it() -> Result {
    let market = Market::open()?;
    let grace = Person::new("Grace Okafor");
    let mut browser = Browser::new(&market)?;
    let answer = browser.sign_in(&grace, Some("/cart?from=google")).await?;
    assert_eq!((answer.status, answer.header("location")), (303, Some("http://localhost:3000/cart?from=google")));
    assert!(!browser.cookies.contains_key("__Host-souk-google"), "the callback deletes the attempt's cookie");
    browser.ask("get_cart", &[]).await?.succeeded()?;

    let shopper = browser.shopper()?;
    let user = market.cloud.item(&keys::user(UserId::parse(&shopper)?)).await?.expect("a shopper");
    assert_eq!((&user["name"], &user["email"]), (&json!("Grace Okafor"), &json!(grace.email)));
    let login = login_of(&market, &grace.email).await?.expect("a login");
    assert_eq!((&login["google"], login.get("password")), (&json!([grace.subject]), None));

    let mut another = Browser::new(&market)?;
    let answer = another.sign_in(&grace, None).await?;
    assert_eq!(answer.header("location"), Some("http://localhost:3000/"));
    assert_eq!(another.shopper()?, shopper);
    Ok(())
}

#[tokio::test]
async fn a_google_sign_in_sets_the_session_cookies_and_a_cookie_for_the_attempt() -> Result {
    let market = Market::open()?;
    let mut browser = Browser::new(&market)?;
    let start = browser.ask("start_google_login", &[]).await?;
    let cookies = set_cookies(&start);
    assert_eq!((start.status, cookies.len()), (302, 1));
    for attribute in ["__Host-souk-google=", "Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"] {
        assert!(cookies[0].contains(attribute), "{cookies:?}");
    }
    let callback = submit(start.header("location").expect("an address"), &Person::new("Grace").form()).await?;
    let cookies = set_cookies(&browser.follow(&callback).await?);
    for (name, same_site) in [("__Host-souk-user=", "SameSite=None"), ("__Host-souk-user-refresh=", "SameSite=None")] {
        assert!(cookies.iter().any(|cookie| cookie.starts_with(name) && cookie.contains(same_site)), "{cookies:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_verified_google_address_links_the_account_to_an_existing_shopper() -> Result {
    let market = Market::open()?;
    let (account, shopper) = market.shopper().await?;
    let google = Person { email: account.email.to_uppercase(), ..Person::new("A. Lee") };
    let mut browser = Browser::new(&market)?;
    browser.sign_in(&google, None).await?;
    let id = claims_of(shopper.token().expect("a token"))?["sub"].clone();
    assert_eq!(json!(browser.shopper()?), id);
    market.anonymous()?.sign_in(&account).await?;
    let user = market.cloud.item(&keys::user(UserId::parse(id.as_str().expect("an id"))?)).await?.expect("a shopper");
    assert_eq!(user["name"], json!(account.name), "the shopper's own name stays");

    // The account is found by Google's subject, even if its address changes.
    let moved = Person { email: Person::new("A. Lee").email, verified: false, ..google };
    let mut browser = Browser::new(&market)?;
    browser.sign_in(&moved, None).await?;
    assert_eq!(json!(browser.shopper()?), id);
    assert_eq!(login_of(&market, &moved.email).await?, None);
    Ok(())
}

#[tokio::test]
async fn an_unverified_google_address_creates_and_links_nothing() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let unknown = Person::new("Ulf Unproven").email;
    for email in [unknown, account.email.clone()] {
        let unproven = Person { email, verified: false, ..Person::new("Ulf Unproven") };
        let mut browser = Browser::new(&market)?;
        browser.assert_refused(&unproven, "email_not_verified").await?;
        assert!(nothing_is_stored(&market, &unproven, &account).await?);
    }
    Ok(())
}

#[tokio::test]
async fn a_denied_google_sign_in_returns_to_the_storefront_and_can_be_retried() -> Result {
    let market = Market::open()?;
    let mut browser = Browser::new(&market)?;
    let start = browser.start(None).await?;
    let callback = submit(&start, &[("deny", "true")]).await?;
    let answer = browser.follow(&callback).await?;
    assert_eq!(answer.header("location"), Some("http://localhost:3000/login?error=access_denied"));
    let grace = Person::new("Grace");
    assert_eq!(browser.sign_in(&grace, None).await?.header("location"), Some("http://localhost:3000/"));
    Ok(())
}

#[tokio::test]
async fn a_callback_from_another_browser_or_with_another_state_is_refused() -> Result {
    let market = Market::open()?;
    let mallory = Person::new("Mallory");
    let assert_attempt_lost = |answer: Answer| {
        assert_eq!(answer.header("location"), Some("http://localhost:3000/login?error=attempt_lost"), "{answer}");
    };

    let mut attacker = Browser::new(&market)?;
    let callback = submit(&attacker.start(None).await?, &mallory.form()).await?;
    let mut victim = Browser::new(&market)?;
    assert_attempt_lost(victim.follow(&callback).await?);
    // The victim has started an attempt of its own, so its cookie belongs to another state.
    victim.start(None).await?;
    assert_attempt_lost(victim.follow(&callback).await?);
    victim.start(None).await?;
    assert_attempt_lost(victim.ask("google_callback", &[("code", "x"), ("state", "x")]).await?);
    victim.start(None).await?;
    assert_attempt_lost(victim.ask("google_callback", &[("code", "x")]).await?);
    victim.cookies.insert("__Host-souk-google".to_owned(), "nonsense".to_owned());
    assert_attempt_lost(victim.follow(&callback).await?);
    assert!(victim.shopper().is_err());
    assert_eq!(login_of(&market, &mallory.email).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_replayed_callback_is_refused_even_with_its_cookie() -> Result {
    let market = Market::open()?;
    let grace = Person::new("Grace");
    let mut browser = Browser::new(&market)?;
    let callback = submit(&browser.start(None).await?, &grace.form()).await?;
    let mut attacker = Browser { cookies: browser.cookies.clone(), client: market.anonymous()? };
    browser.follow(&callback).await?;
    browser.shopper()?;
    let replayed = attacker.follow(&callback).await?;
    assert_eq!(replayed.header("location"), Some("http://localhost:3000/login?error=sign_in_failed"));
    assert!(attacker.shopper().is_err());
    let again = browser.follow(&callback).await?;
    assert_eq!(again.header("location"), Some("http://localhost:3000/login?error=attempt_lost"));
    Ok(())
}

#[tokio::test]
async fn an_invalid_id_token_is_refused_and_stores_nothing() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    for (flaw, error) in [
        ("wrong_audience", "sign_in_failed"),
        ("wrong_issuer", "sign_in_failed"),
        ("wrong_nonce", "sign_in_failed"),
        ("no_nonce", "sign_in_failed"),
        ("expired", "sign_in_failed"),
        ("from_the_future", "sign_in_failed"),
        ("wrong_key", "sign_in_failed"),
        ("unknown_key", "sign_in_failed"),
        ("alg_none", "sign_in_failed"),
        ("public_key_as_secret", "sign_in_failed"),
        ("unverified_mail", "email_not_verified"),
        ("token_endpoint_fails", "unavailable"),
    ] {
        let unknown = Person::new("Grace");
        let known = Person { email: account.email.clone(), ..Person::new("Ann") };
        for person in [unknown, known] {
            break_next_token(&market, &person, flaw).await?;
            let mut browser = Browser::new(&market)?;
            browser.assert_refused(&person, error).await.map_err(|failed| failed.during(flaw))?;
            assert!(nothing_is_stored(&market, &person, &account).await?, "{flaw}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_callbacks_of_a_new_google_account_create_one_shopper() -> Result {
    let market = Market::open()?;
    let grace = Person::new("Grace");
    let shoppers = at_once(&market, &grace, 50).await?;
    assert!(shoppers.iter().all(|shopper| *shopper == shoppers[0]), "{shoppers:?}");
    let link = market.cloud.item(&keys::google_link(&grace.subject)).await?.expect("a link");
    assert_eq!(link["user"], json!(shoppers[0]));
    assert_eq!(login_of(&market, &grace.email).await?.expect("a login")["google"], json!([grace.subject]));
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_callbacks_link_an_existing_shopper_once() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let google = Person { email: account.email.clone(), ..Person::new("Ann") };
    let shoppers = at_once(&market, &google, 50).await?;
    let login = login_of(&market, &account.email).await?.expect("a login");
    assert!(shoppers.iter().all(|shopper| json!(shopper) == login["principal"]), "{shoppers:?}");
    assert_eq!(login["google"], json!([google.subject]));
    Ok(())
}

#[tokio::test]
async fn a_google_sign_in_after_deleting_the_account_creates_a_new_shopper() -> Result {
    let market = Market::open()?;
    let grace = Person::new("Grace");
    let mut browser = Browser::new(&market)?;
    browser.sign_in(&grace, None).await?;
    let first = browser.shopper()?;
    let signed_in = browser.client.with_token(&browser.cookies["__Host-souk-user"]);
    signed_in.ask("delete_me")?.json(&json!({})).send().await?.succeeded()?;
    assert_eq!(market.cloud.item(&keys::google_link(&grace.subject)).await?, None);
    let mut browser = Browser::new(&market)?;
    browser.sign_in(&grace, None).await?;
    assert_ne!(browser.shopper()?, first);
    Ok(())
}

#[tokio::test]
async fn only_a_storefront_path_is_accepted_to_return_to() -> Result {
    let market = Market::open()?;
    let mut browser = Browser::new(&market)?;
    for return_to in ["//evil.example", "https://evil.example", "evil.example", "@evil.example", "/%5Cevil.example"] {
        let answer = browser.ask("start_google_login", &[("return_to", return_to)]).await?;
        let refusal = answer.refused_with("invalid_input", 422).map_err(|failed| failed.during(return_to))?;
        assert_eq!(refusal.field_errors(), [("?return_to".to_owned(), "malformed".to_owned())]);
        assert!(browser.cookies.is_empty());
    }
    Ok(())
}

/// A Google account that the stack does not know yet.
#[derive(Clone)]
struct Person {
    name: &'static str,
    email: String,
    verified: bool,
    subject: String,
}

impl Person {
    fn new(name: &'static str) -> Self {
        let unique = fastrand::u64(..);
        Self { name, email: format!("g.{unique:016x}@mail.example"), verified: true, subject: format!("1{unique:020}") }
    }

    /// Returns the form that the provider's page sends.
    fn form(&self) -> Vec<(&'static str, &str)> {
        let mut form = vec![("name", self.name), ("email", &self.email), ("subject", &self.subject)];
        form.extend(self.verified.then_some(("email_verified", "true")));
        form
    }
}

/// A browser that keeps cookies.
struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new(market: &Market) -> Result<Self> {
        Ok(Self { client: market.anonymous()?, cookies: BTreeMap::new() })
    }

    /// Sends a request with the stored cookies and stores the cookies of the answer. The values of `query` must not
    /// need escaping.
    async fn ask(&mut self, operation: &str, query: &[(&str, &str)]) -> Result<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.ask(operation)?;
        if !cookies.is_empty() {
            request = request.header("cookie", &cookies.join("; "));
        }
        for (name, value) in query {
            request = request.query(name, value);
        }
        let answer = request.send().await?;
        for cookie in set_cookies(&answer) {
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).unwrap_or_default();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    /// Starts a sign-in and returns the URL at the provider.
    async fn start(&mut self, return_to: Option<&str>) -> Result<String> {
        let query: Vec<_> = return_to.map(|path| ("return_to", path)).into_iter().collect();
        let answer = self.ask("start_google_login", &query).await?.succeeded()?;
        Ok(answer.header("location").expect("an address").to_owned())
    }

    /// Follows the redirect of the provider.
    async fn follow(&mut self, callback: &str) -> Result<Answer> {
        let (_, query) = callback.split_once('?').expect("a query");
        let query: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        self.ask("google_callback", &query).await
    }

    /// Signs in: goes to the provider and back.
    async fn sign_in(&mut self, person: &Person, return_to: Option<&str>) -> Result<Answer> {
        let callback = submit(&self.start(return_to).await?, &person.form()).await?;
        self.follow(&callback).await
    }

    /// Requires that a sign-in fails with an error and sets no cookies.
    async fn assert_refused(&mut self, person: &Person, error: &str) -> Result {
        let answer = self.sign_in(person, None).await?;
        let expected = format!("{STOREFRONT}/login?error={error}");
        if answer.status != 303 || answer.header("location") != Some(&expected) || !self.cookies.is_empty() {
            return Err(Failed::new(format!("expected a redirect to {expected} without cookies\n{answer}")));
        }
        Ok(())
    }

    /// Returns the id of the signed-in shopper.
    fn shopper(&self) -> Result<String> {
        let token = self.cookies.get("__Host-souk-user").ok_or_else(|| Failed::new("nobody is signed in"))?;
        Ok(claims_of(token)?["sub"].as_str().unwrap_or_default().to_owned())
    }
}

/// Submits the form of the provider's page and returns the URL that it redirects to.
async fn submit(page: &str, form: &[(&str, &str)]) -> Result<String> {
    let http = reqwest::Client::builder().redirect(Policy::none()).build()?;
    let answer = http.post(page).form(form).send().await?;
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    match location {
        Some(location) => Ok(location),
        None => Err(Failed::new(format!("the provider does not redirect:\n{}", answer.text().await?))),
    }
}

/// Signs a person in with many browsers whose callbacks run at the same time. Returns the signed-in shopper of each.
async fn at_once(market: &Market, person: &Person, browsers: usize) -> Result<Vec<String>> {
    let callbacks = try_join_all((0..browsers).map(async |_| {
        let mut browser = Browser::new(market)?;
        let back = submit(&browser.start(None).await?, &person.form()).await?;
        Ok::<_, Failed>((browser, back))
    }))
    .await?;
    try_join_all(callbacks.into_iter().map(async |(mut browser, back)| {
        let answer = browser.follow(&back).await?;
        browser.shopper().map_err(|failed| failed.during(answer))
    }))
    .await
}

/// Makes the next ID token for a person wrong.
async fn break_next_token(market: &Market, person: &Person, flaw: &str) -> Result {
    let request = json!({ "email": person.email, "flaw": flaw });
    let url = format!("{}/_local/spoil", market.stack.oidc);
    reqwest::Client::new().post(url).json(&request).send().await?.error_for_status()?;
    Ok(())
}

/// Returns whether a Google account has no link, and its address no login other than that of `account`.
async fn nothing_is_stored(market: &Market, person: &Person, account: &Account) -> Result<bool> {
    let link = market.cloud.item(&keys::google_link(&person.subject)).await?;
    let login = login_of(market, &person.email).await?;
    let untouched = match login {
        Some(login) => person.email == account.email && login.get("google").is_none(),
        None => person.email != account.email,
    };
    Ok(link.is_none() && untouched)
}

async fn login_of(market: &Market, email: &str) -> Result<Option<Value>> {
    market.cloud.item(&keys::login(Realm::Users, &Email::parse(email)?)).await
}

fn set_cookies(answer: &Answer) -> Vec<String> {
    let cookies = answer.headers.get_all("set-cookie").iter();
    cookies.filter_map(|cookie| cookie.to_str().ok()).map(str::to_owned).collect()
}
