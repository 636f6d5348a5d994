//! Mailed codes: sending them again, signing in with them, and guessing them.

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_domain::{Email, Realm, code::Purpose};
use souk_testkit::{Account, Answer, Client, Mail, PATIENCE, Result, Role, Tokens, await_until};
use souk_tests::{Market, keys};

#[tokio::test]
async fn only_the_newest_code_confirms_a_registration() -> Result {
    for role in [Role::Shopper, Role::Seller] {
        let market = Market::open()?;
        let (account, anonymous) = (Account::new(role, "Ann Lee"), market.anonymous()?);
        anonymous.register(&account).await?.succeeded()?;
        let older = await_codes(&market, &account.email, 1).await?;
        expire_cooldown(&market, Purpose::ConfirmRegistration, realm_of(role), &account.email).await?;
        let again = resend(&anonymous, role, &account.email).await?.succeeded()?;
        assert_eq!((again.status, again.body), (202, json!({})));
        let newer = await_codes(&market, &account.email, 2).await?;
        if older != newer {
            anonymous.confirm(&account, &older).await?.refused_with("wrong_code", 422)?;
        }
        anonymous.confirm(&account, &newer).await?.succeeded()?;
        anonymous.sign_in(&account).await?;
        market.mailbox.await_mail(&account.email, "Welcome").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_resend_is_answered_alike_for_pending_taken_and_unknown_addresses() -> Result {
    let market = Market::open()?;
    let anonymous = market.anonymous()?;
    let (taken, _) = market.shopper().await?;
    let [waiting, unknown] = ["Ben Haddad", "Eve Nobody"].map(|name| Account::new(Role::Shopper, name));
    anonymous.register(&waiting).await?.succeeded()?;
    await_codes(&market, &waiting.email, 1).await?;
    for account in [&taken, &waiting] {
        expire_cooldown(&market, Purpose::ConfirmRegistration, Realm::Users, &account.email).await?;
    }
    let accounts = [&taken, &waiting, &unknown];
    for account in accounts {
        let again = resend(&anonymous, Role::Shopper, &account.email).await?.succeeded()?;
        assert_eq!((again.status, again.body), (202, json!({})));
    }
    for account in accounts {
        let refused = resend(&anonymous, Role::Shopper, &account.email).await?.refused_with("code_locked", 429)?;
        assert_wait(&refused, 1..=60);
    }
    market.mailbox.await_mail(&taken.email, "already have an account").await?;
    await_codes(&market, &waiting.email, 2).await?;
    assert!(market.mailbox.mails_to(&unknown.email).await?.is_empty(), "an unknown address gets no mail");
    Ok(())
}

#[tokio::test]
async fn a_code_does_not_confirm_an_attackers_registration() -> Result {
    let market = Market::open()?;
    let victim = Account::new(Role::Shopper, "Ann Lee");
    let attacker =
        Account { name: "Mallory".to_owned(), password: "a stranger's password".to_owned(), ..victim.clone() };
    let (anonymous, elsewhere) = (market.anonymous()?, market.anonymous()?);
    let cooldown = || expire_cooldown(&market, Purpose::ConfirmRegistration, Realm::Users, &victim.email);

    anonymous.register(&victim).await?.succeeded()?;
    await_codes(&market, &victim.email, 1).await?;
    cooldown().await?;
    elsewhere.register(&attacker).await?.succeeded()?;
    let code = await_codes(&market, &victim.email, 2).await?;
    let mail = market.mailbox.await_mail(&victim.email, "Confirm").await?;
    assert!(!mail.body_text.contains("Mallory") && !mail.body_html.contains("Mallory"));

    // The victim enters the newest code, which belongs to the attacker's registration, with the victim's own password.
    anonymous.confirm(&victim, &code).await?.refused_with("wrong_code", 422)?;
    for account in [&victim, &attacker] {
        anonymous.login(account).await?.refused_with("wrong_credentials", 401)?;
    }
    cooldown().await?;
    anonymous.register(&victim).await?.succeeded()?;
    let code = await_codes(&market, &victim.email, 3).await?;
    elsewhere.confirm(&attacker, &code).await?.refused_with("wrong_code", 422)?;
    anonymous.confirm(&victim, &code).await?.succeeded()?;
    anonymous.sign_in(&victim).await?;
    elsewhere.login(&attacker).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_shopper_signs_in_with_a_mailed_code_once() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anonymous = market.anonymous()?;
    let code = sign_in_code(&market, &anonymous, &account.email).await?;
    let tokens: Tokens = log_in(&anonymous, &account.email, &code).await?.read()?;
    anonymous.with_token(&tokens.access_token).cart().await?;
    anonymous.refresh(&tokens.refresh_token).await?.succeeded()?;
    log_in(&anonymous, &account.email, &code).await?.refused_with("wrong_code", 422)?;
    // The password is still valid.
    anonymous.sign_in(&account).await?;
    let mail = market.mailbox.await_mail(&account.email, "sign-in code").await?;
    assert!(mail.body_text.contains(&account.name), "{}", mail.body_text);
    Ok(())
}

#[tokio::test]
async fn parallel_sign_ins_from_an_unknown_address_create_one_shopper() -> Result {
    let market = Market::open()?;
    let email = Account::new(Role::Shopper, "Ann").email;
    let code = sign_in_code(&market, &market.anonymous()?, &email).await?;
    let clients = (0..20).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| log_in(client, &email, &code))).await?;
    let (signed_in, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(signed_in.len(), 1, "one request signs in");
    for refusal in refused {
        refusal.refused_with("wrong_code", 422)?;
    }
    let welcome = market.mailbox.await_mail(&email, "Welcome").await?;
    assert!(welcome.body_text.starts_with("Hello Ann"), "{}", welcome.body_text);
    let welcomes = market.mailbox.mails_to(&email).await?;
    assert_eq!(welcomes.iter().filter(|mail| mail.subject.contains("Welcome")).count(), 1);
    // The address belongs to a shopper now, who has no password.
    let guess = Account { email, ..Account::new(Role::Shopper, "Ann") };
    market.anonymous()?.login(&guess).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn an_expired_sign_in_code_is_refused() -> Result {
    let market = Market::open()?;
    let (account, anonymous) = market.shopper().await?;
    let code = sign_in_code(&market, &anonymous, &account.email).await?;
    let key = state_key(Purpose::SignIn, Realm::Users, &account.email)?;
    let mut codes = market.cloud.item(&key).await?.expect("a state")["codes"].clone();
    codes["live"]["expires_at"] = json!(0);
    market.cloud.set(&key, &[("codes", codes)]).await?;
    log_in(&anonymous, &account.email, &code).await?.refused_with("wrong_code", 422)?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_guesses_at_a_sign_in_code_lock_it_after_three() -> Result {
    let market = Market::open()?;
    let (account, anonymous) = market.shopper().await?;
    let code = sign_in_code(&market, &anonymous, &account.email).await?;
    let wrong = wrong_code_for(&code);
    let clients = (0..200).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| log_in(client, &account.email, wrong))).await?;
    assert_three_guesses(answers)?;
    let locked = log_in(&anonymous, &account.email, &code).await?.refused_with("code_locked", 429)?;
    assert_wait(&locked, 1_700..=1_800);
    // A new code does not remove the lock, and the lock does not affect the password.
    expire_cooldown(&market, Purpose::SignIn, Realm::Users, &account.email).await?;
    let locked = request_login_code(&anonymous, &account.email).await?.refused_with("code_locked", 429)?;
    assert_wait(&locked, 1_700..=1_800);
    anonymous.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn the_sixth_code_in_an_hour_is_refused_with_the_time_to_wait() -> Result {
    let market = Market::open()?;
    let anonymous = market.anonymous()?;
    let email = Account::new(Role::Shopper, "Ann Lee").email;
    request_login_code(&anonymous, &email).await?.succeeded()?;
    assert_wait(&request_login_code(&anonymous, &email).await?.refused_with("code_locked", 429)?, 1..=60);
    let key = state_key(Purpose::SignIn, Realm::Users, &email)?;
    let mut codes = market.cloud.item(&key).await?.expect("a state")["codes"].clone();
    let last = codes["sends"][0].as_i64().expect("a time");
    codes["sends"] = (1..=4).rev().map(|minutes| json!(last - minutes * 61_000)).collect();
    market.cloud.set(&key, &[("codes", codes)]).await?;
    request_login_code(&anonymous, &email).await?.succeeded()?;
    assert_wait(&request_login_code(&anonymous, &email).await?.refused_with("code_locked", 429)?, 3_500..=3_600);
    Ok(())
}

#[tokio::test]
async fn a_code_is_valid_for_one_purpose() -> Result {
    let market = Market::open()?;
    let (account, anonymous) = market.shopper().await?;
    let code = sign_in_code(&market, &anonymous, &account.email).await?;
    anonymous.confirm(&account, &code).await?.refused_with("wrong_code", 422)?;
    let reset = json!({ "email": account.email, "account": "user", "code": code });
    anonymous.ask("verify_reset_code")?.json(&reset).send().await?.refused_with("wrong_code", 422)?;
    log_in(&anonymous, &account.email, &code).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn requests_that_send_mail_are_answered_alike_for_known_and_unknown_addresses() -> Result {
    let market = Market::open()?;
    let (registered, _) = market.shopper().await?;
    expire_cooldown(&market, Purpose::ConfirmRegistration, Realm::Users, &registered.email).await?;
    let unknown = Account::new(Role::Shopper, "Eve Nobody");
    let anonymous = market.anonymous()?;
    let answers_for = async |email: &str| {
        let registration = json!({ "name": "Eve", "email": email, "password": "a stranger's password" });
        let mut answers = Vec::new();
        for (operation, body) in [
            ("register_user", registration),
            ("request_login_code", json!({ "email": email })),
            ("forgot_password", json!({ "email": email, "account": "user" })),
            ("forgot_password", json!({ "email": email, "account": "seller" })),
        ] {
            let answer = anonymous.ask(operation)?.json(&body).send().await?;
            let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            headers.sort();
            answers.push((operation, answer.status, answer.text, headers));
        }
        Ok::<_, souk_testkit::Failed>(answers)
    };
    let (of_known, of_unknown) = (answers_for(&registered.email).await?, answers_for(&unknown.email).await?);
    assert_eq!(of_known, of_unknown);
    assert!(of_known.iter().all(|(_, status, text, _)| (*status, text.as_str()) == (202, "{}")), "{of_known:?}");
    Ok(())
}

/// Requests another code for a registration.
async fn resend(client: &Client, role: Role, email: &str) -> Result<Answer> {
    let operation = if role == Role::Seller { "resend_seller_code" } else { "resend_user_code" };
    client.ask(operation)?.json(&json!({ "email": email })).send().await
}

async fn request_login_code(client: &Client, email: &str) -> Result<Answer> {
    client.ask("request_login_code")?.json(&json!({ "email": email })).send().await
}

/// Requests a sign-in code and reads it from the mail.
pub(crate) async fn sign_in_code(market: &Market, client: &Client, email: &str) -> Result<String> {
    request_login_code(client, email).await?.succeeded()?;
    Ok(market.mailbox.await_mail(email, "sign-in code").await?.code().expect("a code"))
}

/// Signs in with a code.
pub(crate) async fn log_in(client: &Client, email: &str, code: &str) -> Result<Answer> {
    client.ask("confirm_login_code")?.json(&json!({ "email": email, "code": code })).send().await
}

/// Waits until `count` codes have arrived at an address, and returns the last of them.
pub(crate) async fn await_codes(market: &Market, email: &str, count: usize) -> Result<String> {
    await_until(PATIENCE, &format!("{count} codes for {email}"), async || {
        let codes: Vec<String> = market.mailbox.mails_to(email).await?.iter().filter_map(Mail::code).collect();
        Ok(codes.get(count - 1).cloned())
    })
    .await
}

/// Forgets when codes were sent to an address, so that the next one may be sent at once.
pub(crate) async fn expire_cooldown(market: &Market, purpose: Purpose, realm: Realm, email: &str) -> Result {
    let key = state_key(purpose, realm, email)?;
    let mut codes: Value = market.cloud.item(&key).await?.expect("a state of codes")["codes"].clone();
    codes["sends"] = json!([]);
    market.cloud.set(&key, &[("codes", codes)]).await
}

/// Returns the key of the item that holds the state of an address's codes.
pub(crate) fn state_key(purpose: Purpose, realm: Realm, email: &str) -> Result<keys::Key> {
    Ok(keys::code_state(purpose, realm, &Email::parse(email)?))
}

/// Checks the answers to many wrong guesses at once: two are refused as wrong, all others as locked.
pub(crate) fn assert_three_guesses(answers: Vec<Answer>) -> Result {
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("wrong_code")).count(), 2);
    for locked in answers.into_iter().filter(|answer| answer.code() != Some("wrong_code")) {
        // A guess that arrived just before the one that locked must wait a moment longer.
        assert_wait(&locked.refused_with("code_locked", 429)?, 1_700..=1_860);
    }
    Ok(())
}

/// Checks in how many seconds a refusal says to try again.
fn assert_wait(refusal: &Answer, seconds: std::ops::RangeInclusive<u64>) {
    let wait = refusal.header("retry-after").and_then(|wait| wait.parse().ok()).unwrap_or_default();
    assert!(seconds.contains(&wait), "{refusal}");
}

/// Returns six digits that are not the code.
pub(crate) fn wrong_code_for(code: &str) -> &'static str {
    if code == "123456" { "654321" } else { "123456" }
}

fn realm_of(role: Role) -> Realm {
    if role == Role::Seller { Realm::Sellers } else { Realm::Users }
}
