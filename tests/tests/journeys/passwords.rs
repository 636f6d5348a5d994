//! Passwords: resets, changes, and the end of sessions.

use futures::future::{join, try_join_all};
use serde_json::json;
use souk_domain::{Realm, code::Purpose};
use souk_testkit::{Account, Answer, Client, Result, Role, Tokens};
use souk_tests::Market;

use crate::codes::{assert_three_guesses, await_codes, log_in, sign_in_code, state_key, wrong_code_for};

#[tokio::test]
async fn a_password_reset_ends_every_session() -> Result {
    let market = Market::open()?;
    for (account, _) in [market.shopper().await?, market.seller().await?] {
        let anonymous = market.anonymous()?;
        let sessions = [anonymous.tokens(&account).await?, anonymous.tokens(&account).await?];
        let token = reset_token(&market, &anonymous, &account).await?;
        let changed = Account { password: "another horse battery".to_owned(), ..account.clone() };
        assert_eq!(reset(&anonymous, &token, &changed.password).await?.succeeded()?.status, 204);

        anonymous.login(&account).await?.refused_with("wrong_credentials", 401)?;
        anonymous.sign_in(&changed).await?;
        for session in &sessions {
            assert_over(&anonymous, session).await?;
        }
        reset(&anonymous, &token, "yet another horse").await?.refused_with("invalid_reset_token", 422)?;
        anonymous.sign_in(&changed).await?;
        let mail = market.mailbox.await_mail(&account.email, "password was changed").await?;
        assert!(mail.body_text.contains(&account.name), "{}", mail.body_text);
    }
    Ok(())
}

#[tokio::test]
async fn a_password_reset_of_the_shopper_ends_the_admins_sessions() -> Result {
    let market = Market::open()?;
    let (admin, _) = market.admin().await?;
    let shopper = Account { role: Role::Shopper, ..admin.clone() };
    let anonymous = market.anonymous()?;
    let sessions = [anonymous.tokens(&admin).await?, anonymous.tokens(&shopper).await?];
    let token = reset_token(&market, &anonymous, &shopper).await?;
    reset(&anonymous, &token, "another horse battery").await?.succeeded()?;
    for session in &sessions {
        assert_over(&anonymous, session).await?;
    }
    let changed = Account { password: "another horse battery".to_owned(), ..admin };
    anonymous.sign_in(&changed).await?;
    Ok(())
}

#[tokio::test]
async fn shopper_and_seller_of_one_address_reset_their_passwords_separately() -> Result {
    let market = Market::open()?;
    let (shopper, _) = market.shopper().await?;
    let seller = Account { role: Role::Seller, password: "the seller's horse".to_owned(), ..shopper.clone() };
    let anonymous = market.anonymous()?;
    anonymous.register(&seller).await?.succeeded()?;
    let code = await_codes(&market, &seller.email, 2).await?;
    anonymous.confirm(&seller, &code).await?.succeeded()?;
    let token = reset_token(&market, &anonymous, &seller).await?;
    reset(&anonymous, &token, "another horse battery").await?.succeeded()?;
    anonymous.login(&seller).await?.refused_with("wrong_credentials", 401)?;
    anonymous.sign_in(&shopper).await?;
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_uses_of_a_reset_token_set_one_password() -> Result {
    let market = Market::open()?;
    let (account, anonymous) = market.shopper().await?;
    let token = reset_token(&market, &anonymous, &account).await?;
    let attempts =
        (0..50).map(|n| Ok((market.anonymous()?, format!("horse battery number {n}")))).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(attempts.iter().map(|(client, password)| reset(client, &token, password))).await?;
    let mut accepted = Vec::new();
    for ((_, password), answer) in attempts.iter().zip(answers) {
        match answer.status {
            204 => accepted.push(password),
            _ => drop(answer.refused_with("invalid_reset_token", 422)?),
        }
    }
    assert_eq!(accepted.len(), 1, "{accepted:?}");
    market.anonymous()?.sign_in(&Account { password: accepted[0].clone(), ..account }).await?;
    Ok(())
}

#[tokio::test]
async fn a_forged_or_expired_reset_token_is_refused() -> Result {
    let market = Market::open()?;
    let (account, anonymous) = market.shopper().await?;
    let token = reset_token(&market, &anonymous, &account).await?;
    let changed = token.replacen(&token[20..21], if &token[20..21] == "A" { "B" } else { "A" }, 1);
    for forged in ["", "nonsense", changed.as_str()] {
        reset(&anonymous, forged, "another horse battery").await?.refused_with("invalid_reset_token", 422)?;
    }
    let key = state_key(Purpose::ResetPassword, Realm::Users, &account.email)?;
    let mut grant = market.cloud.item(&key).await?.expect("a state")["reset"].clone();
    grant["expires_at"] = json!(0);
    market.cloud.set(&key, &[("reset", grant)]).await?;
    reset(&anonymous, &token, "another horse battery").await?.refused_with("invalid_reset_token", 422)?;
    anonymous.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_guesses_at_a_reset_code_lock_it_after_three() -> Result {
    let market = Market::open()?;
    let (account, anonymous) = market.shopper().await?;
    let code = reset_code(&market, &anonymous, &account).await?;
    let wrong = wrong_code_for(&code);
    let clients = (0..200).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| verify(client, &account, wrong))).await?;
    assert_three_guesses(answers)?;
    verify(&anonymous, &account, &code).await?.refused_with("code_locked", 429)?;
    anonymous.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn an_address_without_an_account_gets_no_reset_code() -> Result {
    let market = Market::open()?;
    let (account, anonymous) = market.shopper().await?;
    let nobody = Account::new(Role::Shopper, "Eve Nobody");
    forgot_password(&anonymous, &nobody).await?.succeeded()?;
    // The shopper with this address has no seller account.
    forgot_password(&anonymous, &Account { role: Role::Seller, ..account.clone() }).await?.succeeded()?;
    forgot_password(&anonymous, &account).await?.succeeded()?;
    market.mailbox.await_mail(&account.email, "Reset your password").await?;
    assert!(market.mailbox.mails_to(&nobody.email).await?.is_empty());
    let resets = market.mailbox.mails_to(&account.email).await?;
    assert_eq!(resets.iter().filter(|mail| mail.subject.contains("Reset")).count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_with_the_old_password_during_a_reset_does_not_survive_it() -> Result {
    let market = Market::open()?;
    let (account, anonymous) = market.shopper().await?;
    let token = reset_token(&market, &anonymous, &account).await?;
    let clients = (0..8).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let sign_ins = try_join_all(clients.iter().map(|client| client.login(&account)));
    let (answers, answer) = join(sign_ins, reset(&anonymous, &token, "another horse battery")).await;
    answer?.succeeded()?;
    for answer in answers? {
        match answer.status {
            200 => assert_over(&anonymous, &answer.read()?).await?,
            _ => drop(answer.refused_with("wrong_credentials", 401)?),
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_password_change_ends_every_session_and_starts_a_new_one_on_this_device() -> Result {
    let market = Market::open()?;
    for (account, client) in [market.shopper().await?, market.seller().await?, market.admin().await?] {
        let anonymous = market.anonymous()?;
        let others = [anonymous.tokens(&account).await?, anonymous.tokens(&account).await?];
        let changed = Account { password: "another horse battery".to_owned(), ..account.clone() };
        let here: Tokens = change(&client, &account.password, &changed.password).await?.read()?;

        for session in &others {
            assert_over(&anonymous, session).await?;
        }
        let before = client.ask("logout_everywhere")?.send().await?;
        before.refused_with("not_signed_in", 401)?;
        let here: Tokens = anonymous.refresh(&here.refresh_token).await?.read()?;
        anonymous.with_token(&here.access_token).ask("list_sessions")?.send().await?.succeeded()?;
        anonymous.login(&account).await?.refused_with("wrong_credentials", 401)?;
        anonymous.sign_in(&changed).await?;
        market.mailbox.await_mail(&account.email, "password was changed").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_password_change_requires_the_old_password_and_refuses_a_common_one() -> Result {
    let market = Market::open()?;
    let (account, client) = market.shopper().await?;
    let wrong = change(&client, "not the password", "another horse battery").await?;
    wrong.refused_with("wrong_credentials", 401)?;
    let common = change(&client, &account.password, "PassWord").await?.refused_with("invalid_input", 422)?;
    assert_eq!(common.field_errors(), [("/password".to_owned(), "common".to_owned())]);
    let anonymous = market.anonymous()?;
    anonymous.sign_in(&account).await?;
    // Guesses at the current password and guesses at sign-in share a limit.
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(change(&client, "not the password", "another horse battery").await?.status);
    }
    assert!(answers.contains(&429), "{answers:?}");
    market.anonymous()?.login(&account).await?.refused_with("rate_limited", 429)?;
    Ok(())
}

#[tokio::test]
async fn an_account_without_a_password_gets_its_first_one_by_a_reset() -> Result {
    let market = Market::open()?;
    let account = Account::new(Role::Shopper, "Ann Lee");
    let anonymous = market.anonymous()?;
    let code = sign_in_code(&market, &anonymous, &account.email).await?;
    let tokens: Tokens = log_in(&anonymous, &account.email, &code).await?.read()?;
    let client = anonymous.with_token(&tokens.access_token);
    change(&client, "not the password", &account.password).await?.refused_with("no_password", 409)?;
    let token = reset_token(&market, &anonymous, &account).await?;
    reset(&anonymous, &token, &account.password).await?.succeeded()?;
    anonymous.sign_in(&account).await?;
    assert_over(&anonymous, &tokens).await?;
    Ok(())
}

async fn forgot_password(client: &Client, account: &Account) -> Result<Answer> {
    client.ask("forgot_password")?.json(&json!({ "email": account.email, "account": kind(account) })).send().await
}

/// Requests a code to reset a password and reads it from the mail.
async fn reset_code(market: &Market, client: &Client, account: &Account) -> Result<String> {
    forgot_password(client, account).await?.succeeded()?;
    Ok(market.mailbox.await_mail(&account.email, "Reset your password").await?.code().expect("a code"))
}

async fn verify(client: &Client, account: &Account, code: &str) -> Result<Answer> {
    let body = json!({ "email": account.email, "account": kind(account), "code": code });
    client.ask("verify_reset_code")?.json(&body).send().await
}

/// Exchanges a reset code for a reset token, which allows choosing a new password.
async fn reset_token(market: &Market, client: &Client, account: &Account) -> Result<String> {
    let code = reset_code(market, client, account).await?;
    let granted = verify(client, account, &code).await?.succeeded()?;
    verify(client, account, &code).await?.refused_with("wrong_code", 422)?;
    Ok(granted.body["reset_token"].as_str().expect("a token").to_owned())
}

async fn reset(client: &Client, token: &str, password: &str) -> Result<Answer> {
    client.ask("reset_password")?.json(&json!({ "reset_token": token, "password": password })).send().await
}

async fn change(client: &Client, current: &str, password: &str) -> Result<Answer> {
    let body = json!({ "current_password": current, "password": password });
    client.ask("change_password")?.json(&body).send().await
}

/// Checks that a session is over: both of its tokens are refused.
async fn assert_over(client: &Client, session: &Tokens) -> Result {
    client.refresh(&session.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    let refusal = client.with_token(&session.access_token).ask("logout_everywhere")?.send().await?;
    refusal.refused_with("not_signed_in", 401)?;
    Ok(())
}

fn kind(account: &Account) -> &'static str {
    if account.role == Role::Seller { "seller" } else { "user" }
}
