//! Registrations, mailed codes and passwords.

use futures::future::try_join_all;
use serde_json::json;
use souk_domain::{Realm, code::Purpose};
use souk_testkit::{Account, Client, Result, Role};
use souk_tests::Market;

use crate::codes::{await_codes, expire_cooldown, state_key, wrong_code_for};

#[tokio::test]
async fn a_wrong_code_is_refused_and_the_right_one_still_works() -> Result {
    let market = Market::open()?;
    let (account, anonymous, code) = registered(&market).await?;
    anonymous.confirm(&account, wrong_code_for(&code)).await?.refused_with("wrong_code", 422)?;
    anonymous.confirm(&account, &code).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_code_works_once() -> Result {
    let market = Market::open()?;
    let (account, anonymous, code) = registered(&market).await?;
    anonymous.confirm(&account, &code).await?.succeeded()?;
    anonymous.confirm(&account, &code).await?.refused_with("wrong_code", 422)?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_confirmations_create_one_account() -> Result {
    let market = Market::open()?;
    let (account, _, code) = registered(&market).await?;
    let clients = (0..200).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| client.confirm(&account, &code))).await?;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(created, 1, "one account was created");
    for refusal in answers.into_iter().filter(|answer| answer.status != 201) {
        refusal.refused_with("wrong_code", 422)?;
    }
    market.anonymous()?.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_wrong_guesses_lock_the_code_after_three() -> Result {
    let market = Market::open()?;
    let (account, anonymous, code) = registered(&market).await?;
    let clients = (0..200).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let wrong = wrong_code_for(&code);
    let answers = try_join_all(clients.iter().map(|client| client.confirm(&account, wrong))).await?;
    // Two guesses are refused as wrong. The third locks the code, so all later ones are refused as locked.
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("wrong_code")).count(), 2);
    for locked in answers.into_iter().filter(|answer| answer.code() != Some("wrong_code")) {
        let locked = locked.refused_with("code_locked", 429)?;
        assert!(locked.header("retry-after").is_some(), "{locked}");
    }
    anonymous.confirm(&account, &code).await?.refused_with("code_locked", 429)?;
    anonymous.login(&account).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn an_expired_code_is_refused() -> Result {
    let market = Market::open()?;
    let (account, anonymous, code) = registered(&market).await?;
    let key = state_key(Purpose::ConfirmRegistration, Realm::Users, &account.email)?;
    let mut codes = market.cloud.item(&key).await?.expect("a registration")["codes"].clone();
    codes["live"]["expires_at"] = json!(0);
    market.cloud.set(&key, &[("codes", codes)]).await?;
    anonymous.confirm(&account, &code).await?.refused_with("wrong_code", 422)?;
    Ok(())
}

#[tokio::test]
async fn a_second_registration_within_a_minute_sends_no_second_code() -> Result {
    let market = Market::open()?;
    let (account, anonymous, _) = registered(&market).await?;
    let refusal = anonymous.register(&account).await?.refused_with("code_locked", 429)?;
    let seconds: u64 = refusal.header("retry-after").unwrap_or_default().parse()?;
    assert!((1..=60).contains(&seconds), "{refusal}");
    assert_eq!(market.mailbox.mails_to(&account.email).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_refused_alike() -> Result {
    let market = Market::open()?;
    let (account, client) = market.shopper().await?;
    let impostor = Account { password: "not the password".to_owned(), ..account.clone() };
    let nobody = Account::new(Role::Shopper, "Nobody");
    let wrong = client.login(&impostor).await?.refused_with("wrong_credentials", 401)?;
    let unknown = client.login(&nobody).await?.refused_with("wrong_credentials", 401)?;
    let without_id = |mut body: serde_json::Value| {
        body["request_id"] = json!(null);
        body
    };
    assert_eq!(without_id(wrong.body), without_id(unknown.body));
    Ok(())
}

#[tokio::test]
async fn a_taken_address_is_answered_like_a_free_one_and_its_owner_gets_a_mail() -> Result {
    let market = Market::open()?;
    let (account, anonymous, code) = registered(&market).await?;
    anonymous.confirm(&account, &code).await?.succeeded()?;
    let attacker =
        Account { name: "Mallory".to_owned(), password: "a stranger's password".to_owned(), ..account.clone() };
    expire_cooldown(&market, Purpose::ConfirmRegistration, Realm::Users, &account.email).await?;
    let answer = anonymous.register(&attacker).await?.succeeded()?;
    assert_eq!((answer.status, answer.body), (202, json!({})));
    let mail = market.mailbox.await_mail(&account.email, "already have an account").await?;
    assert!(mail.body_text.contains(&account.name), "the mail greets the owner by name");
    assert_eq!(mail.code(), None);
    anonymous.login(&attacker).await?.refused_with("wrong_credentials", 401)?;
    anonymous.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn one_address_can_have_a_shopper_and_a_seller_account() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let as_seller = Account { role: Role::Seller, password: "another password".to_owned(), ..account.clone() };
    let anonymous = market.anonymous()?;
    anonymous.register(&as_seller).await?.succeeded()?;
    let code = await_codes(&market, &account.email, 2).await?;
    anonymous.confirm(&as_seller, &code).await?.succeeded()?;
    anonymous.sign_in(&as_seller).await?;
    anonymous
        .login(&Account { password: account.password.clone(), ..as_seller })
        .await?
        .refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_shopper_cannot_sign_in_as_an_admin() -> Result {
    let market = Market::open()?;
    let (account, client) = market.shopper().await?;
    let as_admin = Account { role: Role::Admin, ..account };
    client.login(&as_admin).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn parallel_requests_of_a_seller_create_one_shop() -> Result {
    let market = Market::open()?;
    let (account, seller) = market.seller().await?;
    let body = json!({ "name": format!("Shop of {}", account.email) });
    let requests =
        (0..10).map(|_| seller.ask("create_shop").map(|ask| ask.json(&body).send())).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(requests).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refusal in answers.into_iter().filter(|answer| answer.status != 201) {
        refusal.refused_with("shop_exists", 409)?;
    }
    Ok(())
}

/// Registers an account and returns it with its client and the mailed code.
async fn registered(market: &Market) -> Result<(Account, Client, String)> {
    let account = Account::new(Role::Shopper, "Ann Lee");
    let anonymous = market.anonymous()?;
    anonymous.register(&account).await?.succeeded()?;
    let code = market.mailbox.await_code(&account.email).await?;
    Ok((account, anonymous, code))
}
