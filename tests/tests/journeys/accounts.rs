//! Registrations, codes and passwords.

use futures::future::try_join_all;
use serde_json::json;
use souk_domain::{Realm, code::Purpose};
use souk_testkit::{Account, Client, Result, Role};
use souk_tests::Market;

use crate::codes::{after_the_cooldown, await_codes, other_than, state_key};

#[tokio::test]
async fn a_wrong_code_is_refused_and_the_right_one_still_works() -> Result {
    let market = Market::open()?;
    let (account, anybody, code) = registered(&market).await?;
    anybody.confirm(&account, other_than(&code)).await?.refused_with("wrong_code", 422)?;
    anybody.confirm(&account, &code).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_code_works_once() -> Result {
    let market = Market::open()?;
    let (account, anybody, code) = registered(&market).await?;
    anybody.confirm(&account, &code).await?.succeeded()?;
    anybody.confirm(&account, &code).await?.refused_with("wrong_code", 422)?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_confirmations_with_the_right_code_make_one_account() -> Result {
    let market = Market::open()?;
    let (account, _, code) = registered(&market).await?;
    let clients = (0..200).map(|_| market.anybody()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| client.confirm(&account, &code))).await?;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1, "so many accounts were made");
    for refusal in answers.into_iter().filter(|answer| answer.status != 201) {
        refusal.refused_with("wrong_code", 422)?;
    }
    market.anybody()?.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_wrong_guesses_count_three_times_and_lock_the_right_code_out() -> Result {
    let market = Market::open()?;
    let (account, anybody, code) = registered(&market).await?;
    let clients = (0..200).map(|_| market.anybody()).collect::<Result<Vec<_>>>()?;
    let wrong = other_than(&code);
    let answers = try_join_all(clients.iter().map(|client| client.confirm(&account, wrong))).await?;
    // Two guesses are told that they are wrong, the third that checking is locked, and so is everybody after it.
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("wrong_code")).count(), 2);
    for locked in answers.into_iter().filter(|answer| answer.code() != Some("wrong_code")) {
        let locked = locked.refused_with("code_locked", 429)?;
        assert!(locked.header("retry-after").is_some(), "{locked}");
    }
    anybody.confirm(&account, &code).await?.refused_with("code_locked", 429)?;
    anybody.login(&account).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn an_expired_code_is_refused() -> Result {
    let market = Market::open()?;
    let (account, anybody, code) = registered(&market).await?;
    let key = state_key(Purpose::ConfirmRegistration, Realm::Users, &account.email)?;
    let mut codes = market.cloud.item(&key).await?.expect("a registration")["codes"].clone();
    codes["live"]["expires_at"] = json!(0);
    market.cloud.set(&key, &[("codes", codes)]).await?;
    anybody.confirm(&account, &code).await?.refused_with("wrong_code", 422)?;
    Ok(())
}

#[tokio::test]
async fn a_second_registration_within_a_minute_sends_no_second_code() -> Result {
    let market = Market::open()?;
    let (account, anybody, _) = registered(&market).await?;
    let refusal = anybody.register(&account).await?.refused_with("code_locked", 429)?;
    let seconds: u64 = refusal.header("retry-after").unwrap_or_default().parse()?;
    assert!((1..=60).contains(&seconds), "{refusal}");
    assert_eq!(market.mailbox.letters_to(&account.email).await?.len(), 1);
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
async fn a_taken_address_is_answered_like_a_free_one_and_its_owner_hears_of_it() -> Result {
    let market = Market::open()?;
    let (account, anybody, code) = registered(&market).await?;
    anybody.confirm(&account, &code).await?.succeeded()?;
    let stranger =
        Account { name: "Mallory".to_owned(), password: "a stranger's password".to_owned(), ..account.clone() };
    after_the_cooldown(&market, Purpose::ConfirmRegistration, Realm::Users, &account.email).await?;
    let answer = anybody.register(&stranger).await?.succeeded()?;
    assert_eq!((answer.status, answer.body), (202, json!({})));
    let letter = market.mailbox.await_letter(&account.email, "already have an account").await?;
    assert!(letter.body_text.contains(&account.name), "the owner is greeted by the owner's name");
    assert_eq!(letter.code(), None);
    anybody.login(&stranger).await?.refused_with("wrong_credentials", 401)?;
    anybody.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn shopper_and_seller_of_one_address_are_two_accounts() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let as_seller = Account { role: Role::Seller, password: "another password".to_owned(), ..account.clone() };
    let anybody = market.anybody()?;
    anybody.register(&as_seller).await?.succeeded()?;
    let code = await_codes(&market, &account.email, 2).await?;
    anybody.confirm(&as_seller, &code).await?.succeeded()?;
    anybody.sign_in(&as_seller).await?;
    anybody
        .login(&Account { password: account.password.clone(), ..as_seller })
        .await?
        .refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_shopper_does_not_sign_in_as_an_admin() -> Result {
    let market = Market::open()?;
    let (account, client) = market.shopper().await?;
    let as_admin = Account { role: Role::Admin, ..account };
    client.login(&as_admin).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_seller_opens_one_shop_however_many_requests_come_at_once() -> Result {
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

/// A registration whose code has come.
async fn registered(market: &Market) -> Result<(Account, Client, String)> {
    let account = Account::new(Role::Shopper, "Ann Lee");
    let anybody = market.anybody()?;
    anybody.register(&account).await?.succeeded()?;
    let code = market.mailbox.await_code(&account.email).await?;
    Ok((account, anybody, code))
}
