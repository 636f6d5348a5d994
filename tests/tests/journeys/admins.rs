//! Admins: promotion and demotion, bans, and audit records.

use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};
use souk_domain::{AdminId, Email, UserId};
use souk_testkit::{Account, Answer, Client, PATIENCE, Request, Result, Role, Tokens, await_until};
use souk_tests::{Market, keys};

const REASON: &str = "Paid with stolen cards";

#[tokio::test]
async fn a_promoted_shopper_signs_in_as_an_admin_and_a_demoted_one_is_refused_immediately() -> Result {
    let market = Market::open()?;
    let ((_, admin), (account, shopper)) = (market.admin().await?, market.shopper().await?);
    let (user, id) = (id_of(&shopper)?, admin_id_of(&shopper)?);
    let as_admin = Account { role: Role::Admin, ..account.clone() };

    for _ in 0..2 {
        promote(&admin, &user).await?.succeeded()?;
    }
    let promoted = shopper.sign_in(&as_admin).await?;
    let listed = items(admin.ask("list_admins")?.query("limit", 100)).await?;
    let entry = listed.iter().find(|entry| entry["id"] == id.as_str()).expect("the new admin is listed");
    assert_eq!(entry["name"], account.name.as_str());
    assert_eq!(entry["email"], account.email.as_str());
    assert_eq!(entry["promoted_by"], id_of(&admin)?.as_str());

    for _ in 0..2 {
        demote(&admin, &id).await?.succeeded()?;
    }
    promoted.ask("list_admins")?.send().await?.refused_with("not_signed_in", 401)?;
    shopper.login(&as_admin).await?.refused_with("wrong_credentials", 401)?;
    shopper.sign_in(&account).await?.cart().await?;
    assert_eq!(actions_on(&admin, &id).await?, ["demote_admin", "promote_admin"]);

    promote(&admin, &user).await?.succeeded()?;
    shopper.sign_in(&as_admin).await?.ask("list_admins")?.send().await?.succeeded()?;
    promoted.ask("list_admins")?.send().await?.refused_with("not_signed_in", 401)?;
    Ok(())
}

#[tokio::test]
async fn a_sign_in_during_a_demotion_gives_no_admin_rights() -> Result {
    let market = Market::open()?;
    let ((_, admin), (account, other)) = (market.admin().await?, market.admin().await?);
    let clients = (0..8).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let id = id_of(&other)?;
    let logins = try_join_all(clients.iter().map(|client| client.login(&account)));
    let (answers, demoted) = try_join(logins, demote(&admin, &id)).await?;
    demoted.succeeded()?;
    for answer in answers {
        if answer.status != 200 {
            answer.refused_with("wrong_credentials", 401)?;
            continue;
        }
        let late = other.with_token(answer.read::<Tokens>()?.access_token);
        late.ask("list_admins")?.send().await?.refused_with("not_signed_in", 401)?;
    }
    Ok(())
}

#[tokio::test]
async fn unknown_and_banned_shoppers_cannot_be_promoted() -> Result {
    let market = Market::open()?;
    let ((_, admin), (_, shopper)) = (market.admin().await?, market.shopper().await?);
    let (user, unknown) = (id_of(&shopper)?, unknown_user());
    promote(&admin, &unknown).await?.refused_with("not_found", 404)?;
    ban(&admin, &user, REASON).await?.succeeded()?;
    promote(&admin, &user).await?.refused_with("user_banned", 409)?;
    assert!(actions_on(&admin, &admin_id_of(&shopper)?).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_banned_shopper_cannot_sign_in_until_the_ban_is_lifted() -> Result {
    let market = Market::open()?;
    let (_, admin) = market.admin().await?;
    let vendor = market.vendor(100, 5).await?;
    let (account, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let (user, anonymous) = (id_of(&shopper)?, market.anonymous()?);
    let session = anonymous.tokens(&account).await?;
    let seen = shopper.cart().await?.as_seen();

    ban(&admin, &user, REASON).await?.succeeded()?;
    shopper.try_to_pay(&seen, "too-late").await?.refused_with("not_signed_in", 401)?;
    // An endpoint that moves no money and changes no rights accepts the access token until it expires.
    shopper.cart().await?;
    let refusal = anonymous.refresh(&session.refresh_token).await?.refused_with("banned", 403)?;
    assert_eq!(refusal.body["detail"], REASON);
    let refusal = anonymous.login(&account).await?.refused_with("banned", 403)?;
    assert_eq!(refusal.body["detail"], REASON);
    let banned = await_ban(&admin, &user).await?;
    assert_eq!((&banned["reason"], &banned["banned_by"]), (&json!(REASON), &json!(id_of(&admin)?)));

    for _ in 0..2 {
        lift_ban(&admin, &user).await?.succeeded()?;
    }
    anonymous.refresh(&session.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    shopper.try_to_pay(&seen, "still-too-late").await?.refused_with("not_signed_in", 401)?;
    anonymous.sign_in(&account).await?.open_payment().await?;
    assert_eq!(actions_on(&admin, &user).await?, ["lift_ban", "ban"]);
    Ok(())
}

#[tokio::test]
async fn banning_a_seller_or_an_admin_does_not_ban_their_other_accounts() -> Result {
    let market = Market::open()?;
    let (_, admin) = market.admin().await?;
    let ((seller, selling), (other, managing)) = (market.seller().await?, market.admin().await?);
    for (account, client) in [(&seller, &selling), (&other, &managing)] {
        let principal = id_of(client)?;
        let session = client.tokens(account).await?;
        ban(&admin, &principal, REASON).await?.succeeded()?;
        client.ask("logout_everywhere")?.send().await?.refused_with("not_signed_in", 401)?;
        client.refresh(&session.refresh_token).await?.refused_with("banned", 403)?;
        client.login(account).await?.refused_with("banned", 403)?;
        assert_eq!(actions_on(&admin, &principal).await?, ["ban"]);
    }
    managing.ask("list_bans")?.send().await?.refused_with("not_signed_in", 401)?;
    market.anonymous()?.sign_in(&Account { role: Role::Shopper, ..other }).await?.cart().await?;
    Ok(())
}

#[tokio::test]
async fn banning_a_shopper_bans_their_admin_account() -> Result {
    let market = Market::open()?;
    let ((_, admin), (account, other)) = (market.admin().await?, market.admin().await?);
    let session = other.tokens(&account).await?;
    let user = user_id_of(&other)?;
    ban(&admin, &user, REASON).await?.succeeded()?;
    other.ask("list_admins")?.send().await?.refused_with("not_signed_in", 401)?;
    other.refresh(&session.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    let refusal = other.login(&account).await?.refused_with("banned", 403)?;
    assert_eq!(refusal.body["detail"], REASON);
    lift_ban(&admin, &user).await?.succeeded()?;
    other.sign_in(&account).await?.ask("list_admins")?.send().await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_bans_leave_one_record_and_a_new_reason_replaces_the_first() -> Result {
    let market = Market::open()?;
    let ((_, admin), (account, shopper)) = (market.admin().await?, market.shopper().await?);
    let user = id_of(&shopper)?;
    for answer in try_join_all((0..50).map(|_| ban(&admin, &user, REASON))).await? {
        answer.succeeded()?;
    }
    assert_eq!(actions_on(&admin, &user).await?, ["ban"]);
    let since = await_ban(&admin, &user).await?["banned_at"].clone();

    ban(&admin, &user, "And threatened a seller").await?.succeeded()?;
    let refusal = shopper.login(&account).await?.refused_with("banned", 403)?;
    assert_eq!(refusal.body["detail"], "And threatened a seller");
    let details = records_on(&admin, &user).await?.into_iter().map(|record| record["detail"].clone());
    assert_eq!(details.collect::<Vec<_>>(), [json!("And threatened a seller"), json!(REASON)]);
    assert_eq!(await_ban(&admin, &user).await?["banned_at"], since, "the ban began when the first one did");
    Ok(())
}

#[tokio::test]
async fn parallel_bans_and_liftings_record_only_those_with_an_effect() -> Result {
    let market = Market::open()?;
    let ((_, admin), (account, shopper)) = (market.admin().await?, market.shopper().await?);
    let user = id_of(&shopper)?;
    let bans = try_join_all((0..4).map(|_| ban(&admin, &user, REASON)));
    let lifted = try_join_all((0..4).map(|_| lift_ban(&admin, &user)));
    let (bans, lifted) = try_join(bans, lifted).await?;
    for answer in bans.into_iter().chain(lifted) {
        answer.succeeded()?;
    }
    let actions = actions_on(&admin, &user).await?;
    let count = |action: &str| actions.iter().filter(|done| *done == action).count();
    let is_banned = shopper.login(&account).await?.code() == Some("banned");
    assert_eq!(count("ban"), count("lift_ban") + usize::from(is_banned), "{actions:?}");
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_promotions_or_demotions_leave_one_record() -> Result {
    let market = Market::open()?;
    let ((_, admin), (_, shopper)) = (market.admin().await?, market.shopper().await?);
    let (user, id) = (id_of(&shopper)?, admin_id_of(&shopper)?);
    for answer in try_join_all((0..50).map(|_| promote(&admin, &user))).await? {
        answer.succeeded()?;
    }
    for answer in try_join_all((0..50).map(|_| demote(&admin, &id))).await? {
        answer.succeeded()?;
    }
    assert_eq!(actions_on(&admin, &id).await?, ["demote_admin", "promote_admin"]);
    Ok(())
}

#[tokio::test]
async fn an_admin_cannot_ban_or_demote_themselves() -> Result {
    let market = Market::open()?;
    let (_, admin) = market.admin().await?;
    let (id, user) = (id_of(&admin)?, user_id_of(&admin)?);
    demote(&admin, &id).await?.refused_with("not_yourself", 409)?;
    for own in [&id, &user] {
        ban(&admin, own, REASON).await?.refused_with("not_yourself", 409)?;
        assert!(actions_on(&admin, own).await?.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn the_first_admin_cannot_be_banned_or_demoted() -> Result {
    let market = Market::open()?;
    let (_, admin) = market.admin().await?;
    // Another account gets the first admin's address, because tests that run at the same time share the first admin.
    let user = UserId::parse(&unknown_user())?;
    let id = AdminId::from(user);
    let email = Email::parse(&market.stack.first_admin)?;
    let (profile, entry) = (keys::user(user), keys::admin(id));
    let shopper = json!({ "id": user, "email": email, "name": "Ada Admin", "created_at": 0 });
    let first = json!({ "id": id, "email": email, "promoted_at": 0 });
    for (key, kind, mut item) in [(profile, "user", shopper), (entry, "admin", first)] {
        (item["pk"], item["sk"], item["type"]) = (key.pk.into(), key.sk.into(), kind.into());
        market.cloud.put(&item).await?;
    }
    ban(&admin, &user.to_string(), REASON).await?.refused_with("first_admin", 409)?;
    ban(&admin, &id.to_string(), REASON).await?.refused_with("first_admin", 409)?;
    demote(&admin, &id.to_string()).await?.refused_with("first_admin", 409)?;
    assert!(actions_on(&admin, &id.to_string()).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_request_without_effect_leaves_no_audit_record() -> Result {
    let market = Market::open()?;
    let ((_, admin), (_, seller)) = (market.admin().await?, market.seller().await?);
    let principal = id_of(&seller)?;
    lift_ban(&admin, &principal).await?.succeeded()?;
    let user = unknown_user();
    for unknown in [user.clone(), user.replacen("user", "seller", 1), user.replacen("user", "admin", 1)] {
        ban(&admin, &unknown, REASON).await?.refused_with("not_found", 404)?;
        lift_ban(&admin, &unknown).await?.refused_with("not_found", 404)?;
    }
    let without_reason = ban(&admin, &principal, " ").await?.refused_with("invalid_input", 422)?;
    assert_eq!(without_reason.field_errors(), [("/reason".to_owned(), "empty".to_owned())]);
    assert!(actions_on(&admin, &principal).await?.is_empty());
    seller.ask("logout_everywhere")?.send().await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn audit_records_are_paged_with_the_latest_first() -> Result {
    let market = Market::open()?;
    let ((_, admin), (_, shopper)) = (market.admin().await?, market.shopper().await?);
    let user = id_of(&shopper)?;
    for reason in ["first", "second", "third"] {
        ban(&admin, &user, reason).await?.succeeded()?;
    }
    let page = |cursor: Option<String>| {
        let ask = admin.ask("list_audit_records")?.query("subject", &user).query("limit", 1);
        Ok::<_, souk_testkit::Failed>(match cursor {
            Some(cursor) => ask.query("cursor", cursor),
            None => ask,
        })
    };
    let (mut details, mut cursor) = (Vec::new(), None);
    loop {
        let body = page(cursor)?.send().await?.succeeded()?.body;
        let items = body["items"].as_array().cloned().unwrap_or_default();
        details.extend(items.into_iter().map(|record| record["detail"].clone()));
        let Some(next) = body["next"].as_str() else { break };
        cursor = Some(next.to_owned());
    }
    assert_eq!(details, [json!("third"), json!("second"), json!("first")]);

    let first = page(None)?.send().await?.succeeded()?.body;
    let foreign = first["next"].as_str().expect("there are two more");
    let forged = admin.ask("list_audit_records")?.query("cursor", foreign).send().await?;
    forged.refused_with("invalid_cursor", 400)?;
    await_until(PATIENCE, "the three records among all", async || {
        let all = items(admin.ask("list_audit_records")?.query("limit", 100)).await?;
        let mine = all.iter().filter(|record| record["subject"] == user.as_str());
        let details: Vec<&str> = mine.filter_map(|record| record["detail"].as_str()).collect();
        Ok((details == ["third", "second", "first"]).then_some(()))
    })
    .await
}

#[tokio::test]
async fn only_admins_may_call_admin_endpoints() -> Result {
    let market = Market::open()?;
    let ((_, admin), (_, target)) = (market.admin().await?, market.seller().await?);
    let ((_, shopper), (_, seller)) = (market.shopper().await?, market.seller().await?);
    let (principal, user, id) = (id_of(&target)?, id_of(&shopper)?, id_of(&admin)?);
    for client in [&shopper, &seller, &market.anonymous()?] {
        let answers = [
            client.ask("list_admins")?.send().await?,
            promote(client, &user).await?,
            demote(client, &id).await?,
            client.ask("list_bans")?.send().await?,
            ban(client, &principal, REASON).await?,
            lift_ban(client, &principal).await?,
            client.ask("list_audit_records")?.send().await?,
        ];
        for answer in answers {
            answer.refused_with("not_signed_in", 401)?;
        }
    }
    admin.ask("list_admins")?.send().await?.succeeded()?;
    target.ask("logout_everywhere")?.send().await?.succeeded()?;
    for subject in [principal, admin_id_of(&shopper)?, id] {
        assert!(actions_on(&admin, &subject).await?.is_empty());
    }
    Ok(())
}

async fn promote(client: &Client, user: &str) -> Result<Answer> {
    client.ask("promote_admin")?.path("id", user).send().await
}

async fn demote(client: &Client, admin: &str) -> Result<Answer> {
    client.ask("demote_admin")?.path("id", admin).send().await
}

pub(crate) async fn ban(client: &Client, principal: &str, reason: &str) -> Result<Answer> {
    client.ask("ban")?.path("principal", principal).json(&json!({ "reason": reason })).send().await
}

async fn lift_ban(client: &Client, principal: &str) -> Result<Answer> {
    client.ask("lift_ban")?.path("principal", principal).send().await
}

/// Waits until the list of bans shows a principal's ban. The list can be a moment behind.
async fn await_ban(admin: &Client, principal: &str) -> Result<Value> {
    await_until(PATIENCE, &format!("the ban of {principal} in the list"), async || {
        let bans = items(admin.ask("list_bans")?.query("limit", 100)).await?;
        Ok(bans.into_iter().find(|ban| ban["principal"] == principal))
    })
    .await
}

/// Returns the recorded actions on a principal, the latest first.
async fn actions_on(admin: &Client, subject: &str) -> Result<Vec<String>> {
    let records = records_on(admin, subject).await?;
    Ok(records.iter().filter_map(|record| record["action"].as_str().map(str::to_owned)).collect())
}

async fn records_on(admin: &Client, subject: &str) -> Result<Vec<Value>> {
    items(admin.ask("list_audit_records")?.query("subject", subject).query("limit", 100)).await
}

async fn items(request: Request<'_>) -> Result<Vec<Value>> {
    let answer = request.send().await?.succeeded()?;
    Ok(answer.body["items"].as_array().cloned().unwrap_or_default())
}

/// Returns the id of the principal that a client is signed in as.
pub(crate) fn id_of(client: &Client) -> Result<String> {
    let claims = crate::tokens::claims_of(client.token().expect("signed in"))?;
    Ok(claims["sub"].as_str().unwrap_or_default().to_owned())
}

/// Returns the id of the admin that a shopper is or would be.
fn admin_id_of(shopper: &Client) -> Result<String> {
    Ok(id_of(shopper)?.replacen("user", "admin", 1))
}

/// Returns the id of the shopper that an admin is.
fn user_id_of(admin: &Client) -> Result<String> {
    Ok(id_of(admin)?.replacen("admin", "user", 1))
}

fn unknown_user() -> String {
    format!("user_{:032x}", fastrand::u128(..))
}
