//! Passwords: forgotten, changed, and what that ends.

use futures::future::{join, try_join_all};
use serde_json::json;
use souk_domain::{Realm, code::Purpose};
use souk_testkit::{Account, Answer, Client, Result, Role, Tokens};
use souk_tests::Market;

use crate::codes::{assert_three_guesses, await_codes, log_in, other_than, sign_in_code, state_key};

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_every_session_ends() -> Result {
    let market = Market::open()?;
    for (account, _) in [market.shopper().await?, market.seller().await?] {
        let anybody = market.anybody()?;
        let sessions = [anybody.tokens(&account).await?, anybody.tokens(&account).await?];
        let token = reset_token(&market, &anybody, &account).await?;
        let renewed = Account { password: "another horse battery".to_owned(), ..account.clone() };
        assert_eq!(reset(&anybody, &token, &renewed.password).await?.succeeded()?.status, 204);

        anybody.login(&account).await?.refused_with("wrong_credentials", 401)?;
        anybody.sign_in(&renewed).await?;
        for session in &sessions {
            assert_over(&anybody, session).await?;
        }
        reset(&anybody, &token, "yet another horse").await?.refused_with("invalid_reset_token", 422)?;
        anybody.sign_in(&renewed).await?;
        let letter = market.mailbox.await_letter(&account.email, "password was changed").await?;
        assert!(letter.body_text.contains(&account.name), "{}", letter.body_text);
    }
    Ok(())
}

#[tokio::test]
async fn an_admins_sessions_end_with_the_shoppers_password() -> Result {
    let market = Market::open()?;
    let (admin, _) = market.admin().await?;
    let shopper = Account { role: Role::Shopper, ..admin.clone() };
    let anybody = market.anybody()?;
    let sessions = [anybody.tokens(&admin).await?, anybody.tokens(&shopper).await?];
    let token = reset_token(&market, &anybody, &shopper).await?;
    reset(&anybody, &token, "another horse battery").await?.succeeded()?;
    for session in &sessions {
        assert_over(&anybody, session).await?;
    }
    let renewed = Account { password: "another horse battery".to_owned(), ..admin };
    anybody.sign_in(&renewed).await?;
    Ok(())
}

#[tokio::test]
async fn shopper_and_seller_of_one_address_forget_their_passwords_apart() -> Result {
    let market = Market::open()?;
    let (shopper, _) = market.shopper().await?;
    let seller = Account { role: Role::Seller, password: "the seller's horse".to_owned(), ..shopper.clone() };
    let anybody = market.anybody()?;
    anybody.register(&seller).await?.succeeded()?;
    let code = await_codes(&market, &seller.email, 2).await?;
    anybody.confirm(&seller, &code).await?.succeeded()?;
    let token = reset_token(&market, &anybody, &seller).await?;
    reset(&anybody, &token, "another horse battery").await?.succeeded()?;
    anybody.login(&seller).await?.refused_with("wrong_credentials", 401)?;
    anybody.sign_in(&shopper).await?;
    Ok(())
}

#[tokio::test]
async fn of_fifty_parallel_uses_of_one_reset_token_one_chooses_the_password() -> Result {
    let market = Market::open()?;
    let (account, anybody) = market.shopper().await?;
    let token = reset_token(&market, &anybody, &account).await?;
    let attempts =
        (0..50).map(|n| Ok((market.anybody()?, format!("horse battery number {n}")))).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(attempts.iter().map(|(client, password)| reset(client, &token, password))).await?;
    let mut chosen = Vec::new();
    for ((_, password), answer) in attempts.iter().zip(answers) {
        match answer.status {
            204 => chosen.push(password),
            _ => drop(answer.refused_with("invalid_reset_token", 422)?),
        }
    }
    assert_eq!(chosen.len(), 1, "{chosen:?}");
    market.anybody()?.sign_in(&Account { password: chosen[0].clone(), ..account }).await?;
    Ok(())
}

#[tokio::test]
async fn a_reset_token_that_is_forged_or_over_is_refused() -> Result {
    let market = Market::open()?;
    let (account, anybody) = market.shopper().await?;
    let token = reset_token(&market, &anybody, &account).await?;
    let changed = token.replacen(&token[20..21], if &token[20..21] == "A" { "B" } else { "A" }, 1);
    for forged in ["", "nonsense", changed.as_str()] {
        reset(&anybody, forged, "another horse battery").await?.refused_with("invalid_reset_token", 422)?;
    }
    let key = state_key(Purpose::ResetPassword, Realm::Users, &account.email)?;
    let mut grant = market.cloud.item(&key).await?.expect("a state")["reset"].clone();
    grant["expires_at"] = json!(0);
    market.cloud.set(&key, &[("reset", grant)]).await?;
    reset(&anybody, &token, "another horse battery").await?.refused_with("invalid_reset_token", 422)?;
    anybody.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_guesses_at_a_reset_code_count_three_times() -> Result {
    let market = Market::open()?;
    let (account, anybody) = market.shopper().await?;
    let code = reset_code(&market, &anybody, &account).await?;
    let wrong = other_than(&code);
    let clients = (0..200).map(|_| market.anybody()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| verify(client, &account, wrong))).await?;
    assert_three_guesses(answers)?;
    verify(&anybody, &account, &code).await?.refused_with("code_locked", 429)?;
    anybody.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn an_address_without_an_account_gets_no_code() -> Result {
    let market = Market::open()?;
    let (account, anybody) = market.shopper().await?;
    let nobody = Account::new(Role::Shopper, "Eve Nobody");
    forgot(&anybody, &nobody).await?.succeeded()?;
    // The shopper of this address is no seller.
    forgot(&anybody, &Account { role: Role::Seller, ..account.clone() }).await?.succeeded()?;
    forgot(&anybody, &account).await?.succeeded()?;
    market.mailbox.await_letter(&account.email, "Reset your password").await?;
    assert!(market.mailbox.letters_to(&nobody.email).await?.is_empty());
    let resets = market.mailbox.letters_to(&account.email).await?;
    assert_eq!(resets.iter().filter(|letter| letter.subject.contains("Reset")).count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_with_the_old_password_does_not_outlive_a_reset_that_it_meets() -> Result {
    let market = Market::open()?;
    let (account, anybody) = market.shopper().await?;
    let token = reset_token(&market, &anybody, &account).await?;
    let clients = (0..8).map(|_| market.anybody()).collect::<Result<Vec<_>>>()?;
    let sign_ins = try_join_all(clients.iter().map(|client| client.login(&account)));
    let (answers, replaced) = join(sign_ins, reset(&anybody, &token, "another horse battery")).await;
    replaced?.succeeded()?;
    for answer in answers? {
        match answer.status {
            200 => assert_over(&anybody, &answer.read()?).await?,
            _ => drop(answer.refused_with("wrong_credentials", 401)?),
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_changed_password_ends_every_session_but_a_new_one_of_this_device() -> Result {
    let market = Market::open()?;
    for (account, client) in [market.shopper().await?, market.seller().await?, market.admin().await?] {
        let anybody = market.anybody()?;
        let others = [anybody.tokens(&account).await?, anybody.tokens(&account).await?];
        let renewed = Account { password: "another horse battery".to_owned(), ..account.clone() };
        let here: Tokens = change(&client, &account.password, &renewed.password).await?.read()?;

        for session in &others {
            assert_over(&anybody, session).await?;
        }
        let before = client.ask("logout_everywhere")?.send().await?;
        before.refused_with("not_signed_in", 401)?;
        let here: Tokens = anybody.refresh(&here.refresh_token).await?.read()?;
        anybody.with_token(&here.access_token).ask("list_sessions")?.send().await?.succeeded()?;
        anybody.login(&account).await?.refused_with("wrong_credentials", 401)?;
        anybody.sign_in(&renewed).await?;
        market.mailbox.await_letter(&account.email, "password was changed").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_password_is_not_changed_without_the_old_one_nor_to_one_that_everybody_tries() -> Result {
    let market = Market::open()?;
    let (account, client) = market.shopper().await?;
    let wrong = change(&client, "not the password", "another horse battery").await?;
    wrong.refused_with("wrong_credentials", 401)?;
    let common = change(&client, &account.password, "PassWord").await?.refused_with("invalid_input", 422)?;
    assert_eq!(common.field_errors(), [("/password".to_owned(), "common".to_owned())]);
    let anybody = market.anybody()?;
    anybody.sign_in(&account).await?;
    // Guessing here and guessing at the binary are one thing.
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(change(&client, "not the password", "another horse battery").await?.status);
    }
    assert!(answers.contains(&429), "{answers:?}");
    market.anybody()?.login(&account).await?.refused_with("rate_limited", 429)?;
    Ok(())
}

#[tokio::test]
async fn who_never_had_a_password_gets_the_first_one_by_a_reset() -> Result {
    let market = Market::open()?;
    let account = Account::new(Role::Shopper, "Ann Lee");
    let anybody = market.anybody()?;
    let code = sign_in_code(&market, &anybody, &account.email).await?;
    let tokens: Tokens = log_in(&anybody, &account.email, &code).await?.read()?;
    let client = anybody.with_token(&tokens.access_token);
    change(&client, "not the password", &account.password).await?.refused_with("no_password", 409)?;
    let token = reset_token(&market, &anybody, &account).await?;
    reset(&anybody, &token, &account.password).await?.succeeded()?;
    anybody.sign_in(&account).await?;
    assert_over(&anybody, &tokens).await?;
    Ok(())
}

async fn forgot(client: &Client, account: &Account) -> Result<Answer> {
    client.ask("forgot_password")?.json(&json!({ "email": account.email, "account": kind(account) })).send().await
}

/// A code to reset a password, as it came by mail.
async fn reset_code(market: &Market, client: &Client, account: &Account) -> Result<String> {
    forgot(client, account).await?.succeeded()?;
    Ok(market.mailbox.await_letter(&account.email, "Reset your password").await?.code().expect("a code"))
}

async fn verify(client: &Client, account: &Account, code: &str) -> Result<Answer> {
    let body = json!({ "email": account.email, "account": kind(account), "code": code });
    client.ask("verify_reset_code")?.json(&body).send().await
}

/// The right to choose a new password.
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

/// A session takes part in nothing any more that asks how it stands.
async fn assert_over(client: &Client, session: &Tokens) -> Result {
    client.refresh(&session.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    let out = client.with_token(&session.access_token).ask("logout_everywhere")?.send().await?;
    out.refused_with("not_signed_in", 401)?;
    Ok(())
}

fn kind(account: &Account) -> &'static str {
    if account.role == Role::Seller { "seller" } else { "user" }
}
