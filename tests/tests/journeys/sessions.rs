//! Sessions: refresh tokens that are good once, and the many ways to end a session.

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_domain::{Principal, SessionId};
use souk_testkit::{Client, PATIENCE, Result, Tokens, await_until};
use souk_tests::{Market, keys};

#[tokio::test]
async fn a_refresh_token_is_changed_for_new_tokens_that_work() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anybody = market.anybody()?;
    let first = anybody.tokens(&account).await?;
    let second: Tokens = anybody.refresh(&first.refresh_token).await?.read()?;
    assert_ne!(first.refresh_token, second.refresh_token);
    anybody.with_token(&second.access_token).cart().await?;
    anybody.refresh(&second.refresh_token).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn of_fifty_parallel_uses_of_one_refresh_token_one_succeeds_and_the_session_lives_on() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let first = market.anybody()?.tokens(&account).await?;
    let clients = (0..50).map(|_| market.anybody()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| client.refresh(&first.refresh_token))).await?;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1, "so many uses succeeded");
    for refusal in lost {
        refusal.refused_with("refresh_raced", 409)?;
    }
    let next: Tokens = won.into_iter().next().expect("one success").read()?;
    market.anybody()?.refresh(&next.refresh_token).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_idempotency_key() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anybody = market.anybody()?;
    let first = anybody.tokens(&account).await?;
    let ask = async |key: &str| {
        anybody.ask("refresh")?.json(&json!({ "refresh_token": first.refresh_token })).key(key).send().await
    };
    let lost: Tokens = ask("one").await?.read()?;
    let again: Tokens = ask("one").await?.read()?;
    ask("another").await?.refused_with("refresh_raced", 409)?;
    // Both are the same token in two wrappings: whichever is used, the other is used up.
    anybody.refresh(&again.refresh_token).await?.succeeded()?;
    anybody.refresh(&lost.refresh_token).await?.refused_with("refresh_raced", 409)?;
    Ok(())
}

#[tokio::test]
async fn a_used_refresh_token_that_comes_back_later_ends_its_session_and_the_owner_hears_of_it() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anybody = market.anybody()?;
    let stolen = anybody.tokens(&account).await?;
    let kept: Tokens = anybody.refresh(&stolen.refresh_token).await?.read()?;
    let key = session_of(&kept)?;
    market.cloud.set(&key, &[("used_at", json!(0))]).await?;

    anybody.refresh(&stolen.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    anybody.refresh(&kept.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    assert!(market.cloud.item(&key).await?.is_none());
    let letter = market.mailbox.await_letter(&account.email, "signed out").await?;
    assert!(letter.body_text.contains(&account.name), "{}", letter.body_text);
    // The other session of the same account is untouched.
    anybody.sign_in(&account).await?.cart().await?;
    Ok(())
}

#[tokio::test]
async fn a_forged_expired_or_foreign_refresh_token_is_refused_and_ends_nothing() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anybody = market.anybody()?;
    let tokens = anybody.tokens(&account).await?;
    let mut changed = tokens.refresh_token.clone();
    changed.replace_range(20..21, if &changed[20..21] == "A" { "B" } else { "A" });
    for forged in [changed.as_str(), "", "nonsense", &tokens.access_token] {
        anybody.refresh(forged).await?.refused_with("invalid_refresh_token", 401)?;
    }
    let next: Tokens = anybody.refresh(&tokens.refresh_token).await?.read()?;
    market.cloud.set(&session_of(&next)?, &[("expires_at", json!(0))]).await?;
    anybody.refresh(&next.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    Ok(())
}

#[tokio::test]
async fn signing_out_ends_one_session_and_signing_out_everywhere_all_of_them() -> Result {
    let market = Market::open()?;
    let (account, _) = market.seller().await?;
    let anybody = market.anybody()?;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(anybody.tokens(&account).await?);
    }
    let signed_in = |n: usize| anybody.with_token(&sessions[n].access_token);

    let out = signed_in(0).ask("logout")?.send().await?.succeeded()?;
    let cleared: Vec<_> = out.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()).collect();
    assert_eq!(cleared.len(), 2);
    assert!(cleared.iter().all(|cookie| cookie.contains("Max-Age=0")), "{cleared:?}");
    anybody.refresh(&sessions[0].refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    // What changes rights asks at once; the rest would take the token for its last minutes.
    signed_in(0).ask("logout_everywhere")?.send().await?.refused_with("not_signed_in", 401)?;

    signed_in(1).ask("logout_everywhere")?.send().await?.succeeded()?;
    for session in &sessions {
        anybody.refresh(&session.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    }
    signed_in(2).ask("logout_everywhere")?.send().await?.refused_with("not_signed_in", 401)?;
    anybody.sign_in(&account).await?;
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_with_their_devices_and_ended_one_by_one() -> Result {
    let market = Market::open()?;
    let (account, phone) = market.shopper().await?;
    let login = json!({ "email": account.email, "password": account.password });
    let laptop = market.anybody()?;
    let signed_in = laptop.ask("login_user")?.json(&login).header("user-agent", "Laptop 1.0").send().await?;
    let laptop = laptop.with_token(signed_in.read::<Tokens>()?.access_token);

    let seen = list(&laptop).await?;
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(seen[0]["agent"], "Laptop 1.0");
    assert_eq!(seen[0]["current"], true);
    let other = seen[1]["id"].as_str().expect("an id").to_owned();

    let (_, stranger) = market.shopper().await?;
    stranger.ask("end_session")?.path("session", &other).send().await?.succeeded()?;
    assert_eq!(list(&laptop).await?.len(), 2, "a stranger ends nothing");

    laptop.ask("end_session")?.path("session", &other).send().await?.succeeded()?;
    assert_eq!(list(&laptop).await?.len(), 1);
    phone.ask("end_session")?.path("session", &other).send().await?.refused_with("not_signed_in", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_sign_in_from_an_unknown_device_is_told_to_the_owner_and_a_known_one_is_not() -> Result {
    let market = Market::open()?;
    let (account, client) = market.shopper().await?;
    let login = json!({ "email": account.email, "password": account.password });
    let from = async |agent: &str| client.ask("login_user")?.json(&login).header("user-agent", agent).send().await;
    from("Tablet 2.0").await?.succeeded()?;
    let letter = market.mailbox.await_letter(&account.email, "New sign-in").await?;
    assert!(letter.body_text.contains("Tablet 2.0"), "{}", letter.body_text);
    from("Tablet 2.1").await?.succeeded()?;
    from("Watch 1.0").await?.succeeded()?;
    let told = await_until(PATIENCE, "the letter about the watch", async || {
        let letters = market.mailbox.letters_to(&account.email).await?;
        let told: Vec<_> = letters.into_iter().filter(|letter| letter.subject.contains("New sign-in")).collect();
        Ok(told.iter().any(|letter| letter.body_text.contains("Watch 1.0")).then_some(told.len()))
    })
    .await?;
    assert_eq!(told, 2, "the tablet's update is no new device");
    Ok(())
}

#[tokio::test]
async fn cookies_carry_a_browser_through_sign_in_refresh_and_sign_out() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let browser = market.anybody()?;
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
async fn a_browser_signed_in_twice_says_as_whom_it_asks() -> Result {
    let market = Market::open()?;
    let ((shopper, _), (seller, _)) = (market.shopper().await?, market.seller().await?);
    let browser = market.anybody()?;
    let as_shopper = cookie(&browser.login(&shopper).await?.succeeded()?, "__Host-souk-user");
    let as_seller = cookie(&browser.login(&seller).await?.succeeded()?, "__Host-souk-seller");
    let both = format!("{as_shopper}; {as_seller}");
    let sessions = async |who: &str| {
        let request = browser.ask("list_sessions")?.header("cookie", &both).header("souk-as", who);
        let items: Value = request.send().await?.succeeded()?.body["items"].clone();
        Ok::<_, souk_testkit::Failed>(items[0]["id"].clone())
    };
    assert_ne!(sessions("user").await?, sessions("seller").await?);
    Ok(())
}

/// The name and value of a cookie that an answer sets.
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

/// Where the session of an access token is stored.
fn session_of(tokens: &Tokens) -> Result<keys::Key> {
    let claims = crate::tokens::claims_of(&tokens.access_token)?;
    let text = |claim: &str| claims[claim].as_str().unwrap_or_default().to_owned();
    let principal: Principal = text("sub").parse()?;
    Ok(keys::session(principal, SessionId::parse(&text("sid"))?))
}
