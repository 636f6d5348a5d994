//! Sessions: refresh tokens that work once, and the ways in which sessions end.

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_domain::{Principal, SessionId};
use souk_testkit::{Client, PATIENCE, Result, Tokens, await_until};
use souk_tests::{Market, keys};

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_new_tokens() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anonymous = market.anonymous()?;
    let first = anonymous.tokens(&account).await?;
    let second: Tokens = anonymous.refresh(&first.refresh_token).await?.read()?;
    assert_ne!(first.refresh_token, second.refresh_token);
    anonymous.with_token(&second.access_token).cart().await?;
    anonymous.refresh(&second.refresh_token).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_uses_of_a_refresh_token_succeed_once_and_keep_the_session() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let first = market.anonymous()?.tokens(&account).await?;
    let clients = (0..50).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| client.refresh(&first.refresh_token))).await?;
    let (accepted, rejected): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(accepted.len(), 1, "one use succeeds");
    for refusal in rejected {
        refusal.refused_with("refresh_raced", 409)?;
    }
    let next: Tokens = accepted.into_iter().next().expect("one success").read()?;
    market.anonymous()?.refresh(&next.refresh_token).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_refresh_can_be_retried_with_the_same_idempotency_key() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anonymous = market.anonymous()?;
    let first = anonymous.tokens(&account).await?;
    let ask = async |key: &str| {
        anonymous.ask("refresh")?.json(&json!({ "refresh_token": first.refresh_token })).key(key).send().await
    };
    let rejected: Tokens = ask("one").await?.read()?;
    let again: Tokens = ask("one").await?.read()?;
    ask("another").await?.refused_with("refresh_raced", 409)?;
    // Both answers hold the same token, sealed twice: once one of them is used, the other is used too.
    anonymous.refresh(&again.refresh_token).await?.succeeded()?;
    anonymous.refresh(&rejected.refresh_token).await?.refused_with("refresh_raced", 409)?;
    Ok(())
}

#[tokio::test]
async fn a_late_reuse_of_a_refresh_token_ends_the_session_and_mails_the_owner() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anonymous = market.anonymous()?;
    let stolen = anonymous.tokens(&account).await?;
    let kept: Tokens = anonymous.refresh(&stolen.refresh_token).await?.read()?;
    let key = session_of(&kept)?;
    market.cloud.set(&key, &[("used_at", json!(0))]).await?;

    anonymous.refresh(&stolen.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    anonymous.refresh(&kept.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    assert!(market.cloud.item(&key).await?.is_none());
    let mail = market.mailbox.await_mail(&account.email, "signed out").await?;
    assert!(mail.body_text.contains(&account.name), "{}", mail.body_text);
    // Another session of the same account is not affected.
    anonymous.sign_in(&account).await?.cart().await?;
    Ok(())
}

#[tokio::test]
async fn an_invalid_refresh_token_is_refused_and_ends_no_session() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anonymous = market.anonymous()?;
    let tokens = anonymous.tokens(&account).await?;
    let mut changed = tokens.refresh_token.clone();
    changed.replace_range(20..21, if &changed[20..21] == "A" { "B" } else { "A" });
    for forged in [changed.as_str(), "", "nonsense", &tokens.access_token] {
        anonymous.refresh(forged).await?.refused_with("invalid_refresh_token", 401)?;
    }
    let next: Tokens = anonymous.refresh(&tokens.refresh_token).await?.read()?;
    market.cloud.set(&session_of(&next)?, &[("expires_at", json!(0))]).await?;
    anonymous.refresh(&next.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    Ok(())
}

#[tokio::test]
async fn logout_ends_one_session_and_logout_everywhere_ends_all() -> Result {
    let market = Market::open()?;
    let (account, _) = market.seller().await?;
    let anonymous = market.anonymous()?;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(anonymous.tokens(&account).await?);
    }
    let signed_in = |n: usize| anonymous.with_token(&sessions[n].access_token);

    let out = signed_in(0).ask("logout")?.send().await?.succeeded()?;
    let cleared: Vec<_> = out.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()).collect();
    assert_eq!(cleared.len(), 2);
    assert!(cleared.iter().all(|cookie| cookie.contains("Max-Age=0")), "{cleared:?}");
    anonymous.refresh(&sessions[0].refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    // Endpoints that change rights check the session. The others accept the access token until it expires.
    signed_in(0).ask("logout_everywhere")?.send().await?.refused_with("not_signed_in", 401)?;

    signed_in(1).ask("logout_everywhere")?.send().await?.succeeded()?;
    for session in &sessions {
        anonymous.refresh(&session.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    }
    signed_in(2).ask("logout_everywhere")?.send().await?.refused_with("not_signed_in", 401)?;
    anonymous.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_with_their_devices_and_ended_individually() -> Result {
    let market = Market::open()?;
    let (account, phone) = market.shopper().await?;
    let login = json!({ "email": account.email, "password": account.password });
    let laptop = market.anonymous()?;
    let signed_in = laptop.ask("login_user")?.json(&login).header("user-agent", "Laptop 1.0").send().await?;
    let laptop = laptop.with_token(signed_in.read::<Tokens>()?.access_token);

    let sessions = list(&laptop).await?;
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    assert_eq!(sessions[0]["agent"], "Laptop 1.0");
    assert_eq!(sessions[0]["current"], true);
    let other = sessions[1]["id"].as_str().expect("an id").to_owned();

    let (_, other_shopper) = market.shopper().await?;
    other_shopper.ask("end_session")?.path("session", &other).send().await?.succeeded()?;
    assert_eq!(list(&laptop).await?.len(), 2, "another shopper cannot end the session");

    laptop.ask("end_session")?.path("session", &other).send().await?.succeeded()?;
    assert_eq!(list(&laptop).await?.len(), 1);
    phone.ask("end_session")?.path("session", &other).send().await?.refused_with("not_signed_in", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_sign_in_mails_the_owner_only_if_the_device_is_unknown() -> Result {
    let market = Market::open()?;
    let (account, client) = market.shopper().await?;
    let login = json!({ "email": account.email, "password": account.password });
    let from = async |agent: &str| client.ask("login_user")?.json(&login).header("user-agent", agent).send().await;
    from("Tablet 2.0").await?.succeeded()?;
    let mail = market.mailbox.await_mail(&account.email, "New sign-in").await?;
    assert!(mail.body_text.contains("Tablet 2.0"), "{}", mail.body_text);
    from("Tablet 2.1").await?.succeeded()?;
    from("Watch 1.0").await?.succeeded()?;
    let count = await_until(PATIENCE, "the mail about the watch", async || {
        let mails = market.mailbox.mails_to(&account.email).await?;
        let count: Vec<_> = mails.into_iter().filter(|mail| mail.subject.contains("New sign-in")).collect();
        Ok(count.iter().any(|mail| mail.body_text.contains("Watch 1.0")).then_some(count.len()))
    })
    .await?;
    assert_eq!(count, 2, "an update of the tablet's browser is not a new device");
    Ok(())
}

#[tokio::test]
async fn a_browser_signs_in_refreshes_and_signs_out_with_cookies() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let browser = market.anonymous()?;
    let signed_in = browser.login(&account).await?.succeeded()?;
    let refresh = cookie(&signed_in, "__Host-souk-user-refresh");
    let ask = async |origin: &str| {
        let request = browser.ask("refresh")?.json(&json!({})).header("cookie", &refresh);
        request.header("origin", origin).send().await
    };
    ask("https://evil.example").await?.refused_with("origin_refused", 403)?;
    browser
        .ask("refresh")?
        .json(&json!({}))
        .header("cookie", &refresh)
        .send()
        .await?
        .refused_with("origin_refused", 403)?;
    let refreshed = ask("http://localhost:3000").await?.succeeded()?;
    let access = cookie(&refreshed, "__Host-souk-user");
    browser.ask("get_cart")?.header("cookie", &access).send().await?.succeeded()?;
    let out = browser.ask("logout")?.header("cookie", &access).header("origin", "http://localhost:3000").send().await?;
    assert_eq!(out.succeeded()?.status, 204);
    Ok(())
}

#[tokio::test]
async fn a_browser_with_two_sign_ins_chooses_one_by_header() -> Result {
    let market = Market::open()?;
    let ((shopper, _), (seller, _)) = (market.shopper().await?, market.seller().await?);
    let browser = market.anonymous()?;
    let as_shopper = cookie(&browser.login(&shopper).await?.succeeded()?, "__Host-souk-user");
    let as_seller = cookie(&browser.login(&seller).await?.succeeded()?, "__Host-souk-seller");
    let both = format!("{as_shopper}; {as_seller}");
    let sessions = async |audience: &str| {
        let request = browser.ask("list_sessions")?.header("cookie", &both).header("souk-as", audience);
        let items: Value = request.send().await?.succeeded()?.body["items"].clone();
        Ok::<_, souk_testkit::Failed>(items[0]["id"].clone())
    };
    assert_ne!(sessions("user").await?, sessions("seller").await?);
    Ok(())
}

/// Returns the name and value of a cookie that an answer sets.
fn cookie(answer: &souk_testkit::Answer, name: &str) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let mut named =
        cookies.filter_map(|cookie| cookie.split(';').next()).filter(|cookie| cookie.starts_with(&format!("{name}=")));
    named.next().expect("the cookie is set").to_owned()
}

async fn list(client: &Client) -> Result<Vec<Value>> {
    let answer = client.ask("list_sessions")?.send().await?.succeeded()?;
    Ok(answer.body["items"].as_array().cloned().unwrap_or_default())
}

/// Returns the key of the session of an access token.
fn session_of(tokens: &Tokens) -> Result<keys::Key> {
    let claims = crate::tokens::claims_of(&tokens.access_token)?;
    let text = |claim: &str| claims[claim].as_str().unwrap_or_default().to_owned();
    let principal: Principal = text("sub").parse()?;
    Ok(keys::session(principal, SessionId::parse(&text("sid"))?))
}
