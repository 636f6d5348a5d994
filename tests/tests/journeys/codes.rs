//! Codes by mail: sent again, signed in with, guessed at.

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_domain::{Email, Realm, code::Purpose};
use souk_testkit::{Account, Answer, Client, Letter, PATIENCE, Result, Role, Tokens, await_until};
use souk_tests::{Market, keys};

#[tokio::test]
async fn a_code_that_is_sent_again_confirms_the_registration_and_the_older_one_does_not() -> Result {
    for role in [Role::Shopper, Role::Seller] {
        let market = Market::open()?;
        let (account, anybody) = (Account::new(role, "Ann Lee"), market.anybody()?);
        anybody.register(&account).await?.succeeded()?;
        let older = await_codes(&market, &account.email, 1).await?;
        after_the_cooldown(&market, Purpose::ConfirmRegistration, realm_of(role), &account.email).await?;
        let again = resend(&anybody, role, &account.email).await?.succeeded()?;
        assert_eq!((again.status, again.body), (202, json!({})));
        let newer = await_codes(&market, &account.email, 2).await?;
        if older != newer {
            anybody.confirm(&account, &older).await?.refused_with("wrong_code", 422)?;
        }
        anybody.confirm(&account, &newer).await?.succeeded()?;
        anybody.sign_in(&account).await?;
        market.mailbox.await_letter(&account.email, "Welcome").await?;
    }
    Ok(())
}

#[tokio::test]
async fn asking_again_is_answered_alike_whether_the_address_waits_is_taken_or_is_unknown() -> Result {
    let market = Market::open()?;
    let anybody = market.anybody()?;
    let (taken, _) = market.shopper().await?;
    let [waiting, unknown] = ["Ben Haddad", "Eve Nobody"].map(|name| Account::new(Role::Shopper, name));
    anybody.register(&waiting).await?.succeeded()?;
    await_codes(&market, &waiting.email, 1).await?;
    for account in [&taken, &waiting] {
        after_the_cooldown(&market, Purpose::ConfirmRegistration, Realm::Users, &account.email).await?;
    }
    let people = [&taken, &waiting, &unknown];
    for account in people {
        let again = resend(&anybody, Role::Shopper, &account.email).await?.succeeded()?;
        assert_eq!((again.status, again.body), (202, json!({})));
    }
    for account in people {
        let refused = resend(&anybody, Role::Shopper, &account.email).await?.refused_with("code_locked", 429)?;
        assert_wait(&refused, 1..=60);
    }
    market.mailbox.await_letter(&taken.email, "already have an account").await?;
    await_codes(&market, &waiting.email, 2).await?;
    assert!(market.mailbox.letters_to(&unknown.email).await?.is_empty(), "a stranger gets no mail");
    Ok(())
}

#[tokio::test]
async fn nobody_confirms_what_a_stranger_registered_in_their_name() -> Result {
    let market = Market::open()?;
    let victim = Account::new(Role::Shopper, "Ann Lee");
    let stranger =
        Account { name: "Mallory".to_owned(), password: "a stranger's password".to_owned(), ..victim.clone() };
    let (anybody, elsewhere) = (market.anybody()?, market.anybody()?);
    let cooldown = || after_the_cooldown(&market, Purpose::ConfirmRegistration, Realm::Users, &victim.email);

    anybody.register(&victim).await?.succeeded()?;
    await_codes(&market, &victim.email, 1).await?;
    cooldown().await?;
    elsewhere.register(&stranger).await?.succeeded()?;
    let code = await_codes(&market, &victim.email, 2).await?;
    let letter = market.mailbox.await_letter(&victim.email, "Confirm").await?;
    assert!(!letter.body_text.contains("Mallory") && !letter.body_html.contains("Mallory"));

    // The victim types the newest code, which is the stranger's, with the password that the victim chose.
    anybody.confirm(&victim, &code).await?.refused_with("wrong_code", 422)?;
    for account in [&victim, &stranger] {
        anybody.login(account).await?.refused_with("wrong_credentials", 401)?;
    }
    cooldown().await?;
    anybody.register(&victim).await?.succeeded()?;
    let code = await_codes(&market, &victim.email, 3).await?;
    elsewhere.confirm(&stranger, &code).await?.refused_with("wrong_code", 422)?;
    anybody.confirm(&victim, &code).await?.succeeded()?;
    anybody.sign_in(&victim).await?;
    elsewhere.login(&stranger).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_shopper_signs_in_with_a_mailed_code_once() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anybody = market.anybody()?;
    let code = sign_in_code(&market, &anybody, &account.email).await?;
    let tokens: Tokens = log_in(&anybody, &account.email, &code).await?.read()?;
    anybody.with_token(&tokens.access_token).cart().await?;
    anybody.refresh(&tokens.refresh_token).await?.succeeded()?;
    log_in(&anybody, &account.email, &code).await?.refused_with("wrong_code", 422)?;
    // The password of before still is the password.
    anybody.sign_in(&account).await?;
    let letter = market.mailbox.await_letter(&account.email, "sign-in code").await?;
    assert!(letter.body_text.contains(&account.name), "{}", letter.body_text);
    Ok(())
}

#[tokio::test]
async fn an_unknown_address_becomes_one_new_shopper_however_many_requests_bring_the_code() -> Result {
    let market = Market::open()?;
    let email = Account::new(Role::Shopper, "Ann").email;
    let code = sign_in_code(&market, &market.anybody()?, &email).await?;
    let clients = (0..20).map(|_| market.anybody()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| log_in(client, &email, &code))).await?;
    let (entered, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(entered.len(), 1, "so many entered");
    for refusal in refused {
        refusal.refused_with("wrong_code", 422)?;
    }
    let welcome = market.mailbox.await_letter(&email, "Welcome").await?;
    assert!(welcome.body_text.starts_with("Hello Ann"), "{}", welcome.body_text);
    let welcomes = market.mailbox.letters_to(&email).await?;
    assert_eq!(welcomes.iter().filter(|letter| letter.subject.contains("Welcome")).count(), 1);
    // The address is a shopper's now, and has no password.
    let guess = Account { email, ..Account::new(Role::Shopper, "Ann") };
    market.anybody()?.login(&guess).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_sign_in_code_that_expired_is_refused() -> Result {
    let market = Market::open()?;
    let (account, anybody) = market.shopper().await?;
    let code = sign_in_code(&market, &anybody, &account.email).await?;
    let key = state_key(Purpose::SignIn, Realm::Users, &account.email)?;
    let mut codes = market.cloud.item(&key).await?.expect("a state")["codes"].clone();
    codes["live"]["expires_at"] = json!(0);
    market.cloud.set(&key, &[("codes", codes)]).await?;
    log_in(&anybody, &account.email, &code).await?.refused_with("wrong_code", 422)?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_guesses_at_a_sign_in_code_count_three_times() -> Result {
    let market = Market::open()?;
    let (account, anybody) = market.shopper().await?;
    let code = sign_in_code(&market, &anybody, &account.email).await?;
    let wrong = other_than(&code);
    let clients = (0..200).map(|_| market.anybody()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| log_in(client, &account.email, wrong))).await?;
    assert_three_guesses(answers)?;
    let locked = log_in(&anybody, &account.email, &code).await?.refused_with("code_locked", 429)?;
    assert_wait(&locked, 1_700..=1_800);
    // A new code is no way around the lock, and the password is none of its business.
    after_the_cooldown(&market, Purpose::SignIn, Realm::Users, &account.email).await?;
    let locked = ask_to_log_in(&anybody, &account.email).await?.refused_with("code_locked", 429)?;
    assert_wait(&locked, 1_700..=1_800);
    anybody.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn the_sixth_code_in_an_hour_waits_and_the_answer_says_how_long() -> Result {
    let market = Market::open()?;
    let anybody = market.anybody()?;
    let email = Account::new(Role::Shopper, "Ann Lee").email;
    ask_to_log_in(&anybody, &email).await?.succeeded()?;
    assert_wait(&ask_to_log_in(&anybody, &email).await?.refused_with("code_locked", 429)?, 1..=60);
    let key = state_key(Purpose::SignIn, Realm::Users, &email)?;
    let mut codes = market.cloud.item(&key).await?.expect("a state")["codes"].clone();
    let last = codes["sends"][0].as_i64().expect("a time");
    codes["sends"] = (1..=4).rev().map(|minutes| json!(last - minutes * 61_000)).collect();
    market.cloud.set(&key, &[("codes", codes)]).await?;
    ask_to_log_in(&anybody, &email).await?.succeeded()?;
    assert_wait(&ask_to_log_in(&anybody, &email).await?.refused_with("code_locked", 429)?, 3_500..=3_600);
    Ok(())
}

#[tokio::test]
async fn codes_for_one_thing_are_worth_nothing_for_another() -> Result {
    let market = Market::open()?;
    let (account, anybody) = market.shopper().await?;
    let code = sign_in_code(&market, &anybody, &account.email).await?;
    anybody.confirm(&account, &code).await?.refused_with("wrong_code", 422)?;
    let reset = json!({ "email": account.email, "account": "user", "code": code });
    anybody.ask("verify_reset_code")?.json(&reset).send().await?.refused_with("wrong_code", 422)?;
    log_in(&anybody, &account.email, &code).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn what_asks_for_mail_is_answered_alike_for_known_and_unknown_addresses() -> Result {
    let market = Market::open()?;
    let (known, _) = market.shopper().await?;
    after_the_cooldown(&market, Purpose::ConfirmRegistration, Realm::Users, &known.email).await?;
    let unknown = Account::new(Role::Shopper, "Eve Nobody");
    let anybody = market.anybody()?;
    let asked = async |email: &str| {
        let registration = json!({ "name": "Eve", "email": email, "password": "a stranger's password" });
        let mut answers = Vec::new();
        for (operation, body) in [
            ("register_user", registration),
            ("request_login_code", json!({ "email": email })),
            ("forgot_password", json!({ "email": email, "account": "user" })),
            ("forgot_password", json!({ "email": email, "account": "seller" })),
        ] {
            let answer = anybody.ask(operation)?.json(&body).send().await?;
            let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            headers.sort();
            answers.push((operation, answer.status, answer.text, headers));
        }
        Ok::<_, souk_testkit::Failed>(answers)
    };
    let (of_known, of_unknown) = (asked(&known.email).await?, asked(&unknown.email).await?);
    assert_eq!(of_known, of_unknown);
    assert!(of_known.iter().all(|(_, status, text, _)| (*status, text.as_str()) == (202, "{}")), "{of_known:?}");
    Ok(())
}

/// Asks for another code for a registration.
async fn resend(client: &Client, role: Role, email: &str) -> Result<Answer> {
    let operation = if role == Role::Seller { "resend_seller_code" } else { "resend_user_code" };
    client.ask(operation)?.json(&json!({ "email": email })).send().await
}

async fn ask_to_log_in(client: &Client, email: &str) -> Result<Answer> {
    client.ask("request_login_code")?.json(&json!({ "email": email })).send().await
}

/// A code to sign in with, as it came by mail.
pub(crate) async fn sign_in_code(market: &Market, client: &Client, email: &str) -> Result<String> {
    ask_to_log_in(client, email).await?.succeeded()?;
    Ok(market.mailbox.await_letter(email, "sign-in code").await?.code().expect("a code"))
}

/// Signs in with a code.
pub(crate) async fn log_in(client: &Client, email: &str, code: &str) -> Result<Answer> {
    client.ask("confirm_login_code")?.json(&json!({ "email": email, "code": code })).send().await
}

/// Waits until so many codes came to an address, and gives the newest.
pub(crate) async fn await_codes(market: &Market, email: &str, count: usize) -> Result<String> {
    await_until(PATIENCE, &format!("{count} codes for {email}"), async || {
        let codes: Vec<String> = market.mailbox.letters_to(email).await?.iter().filter_map(Letter::code).collect();
        Ok(codes.get(count - 1).cloned())
    })
    .await
}

/// As if the codes that went to an address had been sent long ago: the next one may be sent at once.
pub(crate) async fn after_the_cooldown(market: &Market, purpose: Purpose, realm: Realm, email: &str) -> Result {
    let key = state_key(purpose, realm, email)?;
    let mut codes: Value = market.cloud.item(&key).await?.expect("a state of codes")["codes"].clone();
    codes["sends"] = json!([]);
    market.cloud.set(&key, &[("codes", codes)]).await
}

/// Where the state of an address's codes is stored.
pub(crate) fn state_key(purpose: Purpose, realm: Realm, email: &str) -> Result<keys::Key> {
    Ok(keys::code_state(purpose, realm, &Email::parse(email)?))
}

/// Of many wrong guesses at once, two are told that they are wrong; the third and all after it are told of the lock.
pub(crate) fn assert_three_guesses(answers: Vec<Answer>) -> Result {
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("wrong_code")).count(), 2);
    for locked in answers.into_iter().filter(|answer| answer.code() != Some("wrong_code")) {
        // A guess that came a moment before the one that locked has to wait a moment longer.
        assert_wait(&locked.refused_with("code_locked", 429)?, 1_700..=1_860);
    }
    Ok(())
}

/// A refusal says in how many seconds to come back.
fn assert_wait(refusal: &Answer, seconds: std::ops::RangeInclusive<u64>) {
    let wait = refusal.header("retry-after").and_then(|wait| wait.parse().ok()).unwrap_or_default();
    assert!(seconds.contains(&wait), "{refusal}");
}

/// Six digits that are not the code.
pub(crate) fn other_than(code: &str) -> &'static str {
    if code == "123456" { "654321" } else { "123456" }
}

fn realm_of(role: Role) -> Realm {
    if role == Role::Seller { Realm::Sellers } else { Realm::Users }
}
