//! Signing in with Google, by a browser that keeps cookies and goes where it is sent. Google's place is taken by the
//! local OpenID provider.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use souk_domain::{Email, Realm, UserId};
use souk_testkit::{Account, Answer, Client, Failed, Result};
use souk_tests::{Market, keys};

use crate::tokens::claims_of;

/// Where the test stack's storefront would be.
const STOREFRONT: &str = "http://localhost:3000";

#[tokio::test]
async fn a_newcomer_signs_in_with_google_comes_back_to_the_cart_and_is_the_same_shopper_the_next_time() -> Result {
    let market = Market::open()?;
    let grace = Person::new("Grace Okafor");
    let mut browser = Browser::new(&market)?;
    let answer = browser.sign_in(&grace, Some("/cart?from=google")).await?;
    assert_eq!((answer.status, answer.header("location")), (303, Some("http://localhost:3000/cart?from=google")));
    assert!(!browser.cookies.contains_key("__Host-souk-google"), "what tied the way back to the way out is gone");
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
async fn the_session_cookies_are_those_of_any_sign_in_and_the_other_one_is_for_this_way_alone() -> Result {
    let market = Market::open()?;
    let mut browser = Browser::new(&market)?;
    let out = browser.ask("start_google_login", &[]).await?;
    let cookies = set_cookies(&out);
    assert_eq!((out.status, cookies.len()), (302, 1));
    for attribute in ["__Host-souk-google=", "Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"] {
        assert!(cookies[0].contains(attribute), "{cookies:?}");
    }
    let back = choose(out.header("location").expect("an address"), &Person::new("Grace").form()).await?;
    let cookies = set_cookies(&browser.follow(&back).await?);
    for (name, same_site) in [("__Host-souk-user=", "SameSite=None"), ("__Host-souk-user-refresh=", "SameSite=None")] {
        assert!(cookies.iter().any(|cookie| cookie.starts_with(name) && cookie.contains(same_site)), "{cookies:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_shopper_who_is_there_gets_the_google_account_linked_by_its_verified_address() -> Result {
    let market = Market::open()?;
    let (account, shopper) = market.shopper().await?;
    let google = Person { email: account.email.to_uppercase(), ..Person::new("A. Lee") };
    let mut browser = Browser::new(&market)?;
    browser.sign_in(&google, None).await?;
    let id = claims_of(shopper.token().expect("a token"))?["sub"].clone();
    assert_eq!(json!(browser.shopper()?), id);
    market.anybody()?.sign_in(&account).await?;
    let user = market.cloud.item(&keys::user(UserId::parse(id.as_str().expect("an id"))?)).await?.expect("a shopper");
    assert_eq!(user["name"], json!(account.name), "the name is the shopper's own");

    // Known by what Google calls the account: whatever becomes of its address.
    let moved = Person { email: Person::new("A. Lee").email, verified: false, ..google };
    let mut browser = Browser::new(&market)?;
    browser.sign_in(&moved, None).await?;
    assert_eq!(json!(browser.shopper()?), id);
    assert_eq!(login_of(&market, &moved.email).await?, None);
    Ok(())
}

#[tokio::test]
async fn an_address_that_google_does_not_vouch_for_makes_no_shopper_and_is_linked_to_none() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let newcomer = Person::new("Ulf Unproven").email;
    for email in [newcomer, account.email.clone()] {
        let unproven = Person { email, verified: false, ..Person::new("Ulf Unproven") };
        let mut browser = Browser::new(&market)?;
        browser.refused(&unproven, "email_not_verified").await?;
        assert!(nothing_is_stored(&market, &unproven, &account).await?);
    }
    Ok(())
}

#[tokio::test]
async fn a_no_at_google_leads_back_to_the_storefront_and_another_attempt_is_open() -> Result {
    let market = Market::open()?;
    let mut browser = Browser::new(&market)?;
    let out = browser.out(None).await?;
    let back = choose(&out, &[("deny", "true")]).await?;
    let answer = browser.follow(&back).await?;
    assert_eq!(answer.header("location"), Some("http://localhost:3000/login?error=access_denied"));
    let grace = Person::new("Grace");
    assert_eq!(browser.sign_in(&grace, None).await?.header("location"), Some("http://localhost:3000/"));
    Ok(())
}

#[tokio::test]
async fn a_code_brought_by_another_browser_or_with_another_state_signs_nobody_in() -> Result {
    let market = Market::open()?;
    let mallory = Person::new("Mallory");
    let lost = |answer: Answer| {
        assert_eq!(answer.header("location"), Some("http://localhost:3000/login?error=attempt_lost"), "{answer}");
    };

    let mut attacker = Browser::new(&market)?;
    let back = choose(&attacker.out(None).await?, &mallory.form()).await?;
    let mut victim = Browser::new(&market)?;
    lost(victim.follow(&back).await?);
    // The victim has begun an attempt of its own: its cookie belongs to another state.
    victim.out(None).await?;
    lost(victim.follow(&back).await?);
    victim.out(None).await?;
    lost(victim.ask("google_callback", &[("code", "x"), ("state", "x")]).await?);
    victim.out(None).await?;
    lost(victim.ask("google_callback", &[("code", "x")]).await?);
    victim.cookies.insert("__Host-souk-google".to_owned(), "nonsense".to_owned());
    lost(victim.follow(&back).await?);
    assert!(victim.shopper().is_err());
    assert_eq!(login_of(&market, &mallory.email).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_callback_that_is_replayed_signs_nobody_in_even_with_its_cookie() -> Result {
    let market = Market::open()?;
    let grace = Person::new("Grace");
    let mut browser = Browser::new(&market)?;
    let back = choose(&browser.out(None).await?, &grace.form()).await?;
    let mut thief = Browser { cookies: browser.cookies.clone(), client: market.anybody()? };
    browser.follow(&back).await?;
    browser.shopper()?;
    let replayed = thief.follow(&back).await?;
    assert_eq!(replayed.header("location"), Some("http://localhost:3000/login?error=sign_in_failed"));
    assert!(thief.shopper().is_err());
    let again = browser.follow(&back).await?;
    assert_eq!(again.header("location"), Some("http://localhost:3000/login?error=attempt_lost"));
    Ok(())
}

#[tokio::test]
async fn an_id_token_that_is_wrong_in_any_way_signs_nobody_in_and_leaves_nothing_behind() -> Result {
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
        let newcomer = Person::new("Grace");
        let known = Person { email: account.email.clone(), ..Person::new("Ann") };
        for person in [newcomer, known] {
            spoil(&market, &person, flaw).await?;
            let mut browser = Browser::new(&market)?;
            browser.refused(&person, error).await.map_err(|failed| failed.during(flaw))?;
            assert!(nothing_is_stored(&market, &person, &account).await?, "{flaw}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_callbacks_for_one_newcomer_make_one_shopper() -> Result {
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
async fn fifty_parallel_callbacks_for_a_shopper_who_is_there_link_the_google_account_once() -> Result {
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
async fn who_deleted_the_account_and_comes_back_with_google_is_a_new_shopper() -> Result {
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
async fn only_a_place_in_the_storefront_is_a_place_to_return_to() -> Result {
    let market = Market::open()?;
    let mut browser = Browser::new(&market)?;
    for elsewhere in ["//evil.example", "https://evil.example", "evil.example", "@evil.example", "/%5Cevil.example"] {
        let answer = browser.ask("start_google_login", &[("return_to", elsewhere)]).await?;
        let refusal = answer.refused_with("invalid_input", 422).map_err(|failed| failed.during(elsewhere))?;
        assert_eq!(refusal.field_errors(), [("?return_to".to_owned(), "malformed".to_owned())]);
        assert!(browser.cookies.is_empty());
    }
    Ok(())
}

/// Somebody with a Google account that nobody has seen before.
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

    /// What the provider's page sends.
    fn form(&self) -> Vec<(&'static str, &str)> {
        let mut form = vec![("name", self.name), ("email", &self.email), ("subject", &self.subject)];
        form.extend(self.verified.then_some(("email_verified", "true")));
        form
    }
}

/// A browser: it keeps cookies.
struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new(market: &Market) -> Result<Self> {
        Ok(Self { client: market.anybody()?, cookies: BTreeMap::new() })
    }

    /// Asks with the cookies it has, and keeps those that come. The values must need no escaping.
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

    /// Begins a sign-in. The address at the provider.
    async fn out(&mut self, return_to: Option<&str>) -> Result<String> {
        let query: Vec<_> = return_to.map(|path| ("return_to", path)).into_iter().collect();
        let answer = self.ask("start_google_login", &query).await?.succeeded()?;
        Ok(answer.header("location").expect("an address").to_owned())
    }

    /// Goes where the provider sends it.
    async fn follow(&mut self, back: &str) -> Result<Answer> {
        let (_, query) = back.split_once('?').expect("a query");
        let query: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        self.ask("google_callback", &query).await
    }

    /// The whole way out and back.
    async fn sign_in(&mut self, person: &Person, return_to: Option<&str>) -> Result<Answer> {
        let back = choose(&self.out(return_to).await?, &person.form()).await?;
        self.follow(&back).await
    }

    /// Insists that the way leads to nothing but the reason.
    async fn refused(&mut self, person: &Person, error: &str) -> Result {
        let answer = self.sign_in(person, None).await?;
        let expected = format!("{STOREFRONT}/login?error={error}");
        if answer.status != 303 || answer.header("location") != Some(&expected) || !self.cookies.is_empty() {
            return Err(Failed::new(format!("the way should lead to {expected}, without cookies\n{answer}")));
        }
        Ok(())
    }

    /// Who is signed in.
    fn shopper(&self) -> Result<String> {
        let token = self.cookies.get("__Host-souk-user").ok_or_else(|| Failed::new("nobody is signed in"))?;
        Ok(claims_of(token)?["sub"].as_str().unwrap_or_default().to_owned())
    }
}

/// Fills in the form of the provider's page. The address that it leads back to.
async fn choose(page: &str, form: &[(&str, &str)]) -> Result<String> {
    let http = reqwest::Client::builder().redirect(Policy::none()).build()?;
    let answer = http.post(page).form(form).send().await?;
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    match location {
        Some(location) => Ok(location),
        None => Err(Failed::new(format!("the provider does not lead back:\n{}", answer.text().await?))),
    }
}

/// So many browsers of one person, back from the provider all at once. Who is signed in in each.
async fn at_once(market: &Market, person: &Person, browsers: usize) -> Result<Vec<String>> {
    let backs = try_join_all((0..browsers).map(async |_| {
        let mut browser = Browser::new(market)?;
        let back = choose(&browser.out(None).await?, &person.form()).await?;
        Ok::<_, Failed>((browser, back))
    }))
    .await?;
    try_join_all(backs.into_iter().map(async |(mut browser, back)| {
        let answer = browser.follow(&back).await?;
        browser.shopper().map_err(|failed| failed.during(answer))
    }))
    .await
}

/// Orders what is wrong with the next ID token for a person.
async fn spoil(market: &Market, person: &Person, flaw: &str) -> Result {
    let order = json!({ "email": person.email, "flaw": flaw });
    let url = format!("{}/_local/spoil", market.stack.oidc);
    reqwest::Client::new().post(url).json(&order).send().await?.error_for_status()?;
    Ok(())
}

/// Whether a Google account has no link, and its address no login but the one of `account`.
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
