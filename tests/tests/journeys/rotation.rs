//! The commands that change keys. These tests run alone (`.config/nextest.toml`), because the commands end processes.

use std::process::{Command, Stdio};

use serde_json::json;
use souk_testkit::{Client, Failed, Result, StripePage, Tokens};
use souk_tests::Market;

use crate::tokens::header_of;

#[tokio::test]
async fn a_key_rotation_publishes_both_keys_and_keeps_old_tokens_valid() -> Result {
    let market = Market::open()?;
    let (account, before) = market.shopper().await?;
    run(&market, "rotate_signing_key.py", &[])?;

    let after = market.anonymous()?.sign_in(&account).await?;
    let (old, new) = (kid(&before)?, kid(&after)?);
    assert_ne!(old, new);
    let published = market.anonymous()?.ask("get_jwks")?.send().await?.succeeded()?;
    let kids: Vec<_> = published.body["keys"].as_array().into_iter().flatten().map(|key| key["kid"].clone()).collect();
    assert!(kids.contains(&old) && kids.contains(&new), "{kids:?}");
    before.cart().await?;
    after.cart().await?;
    Ok(())
}

#[tokio::test]
async fn a_rotation_of_the_sealing_key_keeps_sessions() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let anonymous = market.anonymous()?;
    let before = anonymous.tokens(&account).await?;
    run(&market, "rotate_sealing_key.py", &[])?;

    // The first refresh token was sealed with the old key, the next one is sealed with the new key.
    let after: Tokens = anonymous.refresh(&before.refresh_token).await?.read()?;
    anonymous.refresh(&after.refresh_token).await?.succeeded()?;
    // A mailed code is sealed by one function and opened by another.
    market.shopper().await?;
    Ok(())
}

#[tokio::test]
async fn without_keys_nothing_is_held_and_make_keys_makes_payments_work() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let keys = market.cloud.secret("StripeKeys").await?;
    market.cloud.set_secret("StripeKeys", "{}").await?;
    // This key alone restarts the functions, and does not let them pay.
    run(&market, "write_keys.py", &[("STRIPE_WEBHOOK_SECRET", &market.stack.stripe_webhook_secret)])?;
    let without = check_without_key(&market, &shopper).await;

    market.cloud.set_secret("StripeKeys", &keys).await?;
    run(&market, "write_keys.py", &[("STRIPE_WEBHOOK_SECRET", &market.stack.stripe_webhook_secret)])?;
    without?;
    assert_eq!(vendor.stock().await?, 3);
    let session = shopper.open_payment().await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    shopper.await_order(&session.id).await?;
    Ok(())
}

/// Checks what the functions do without Stripe's secret key. The caller gives them the key again in any case.
async fn check_without_key(market: &Market, shopper: &Client) -> Result {
    let seen = shopper.cart().await?.as_seen();
    let answer = shopper.try_to_pay(&seen, "without-a-key").await;
    let refused = answer.as_ref().err().map(ToString::to_string);
    if !refused.as_deref().is_some_and(|text| text.contains("-> 503 in") && text.contains("payments_not_set_up")) {
        return Err(Failed::new(format!("payments_not_set_up is missing: {answer:?}")));
    }
    market.call("release-holds", &json!({})).await?;
    Ok(())
}

/// Runs a command of `infra/` for the deployed stack.
fn run(market: &Market, script: &str, settings: &[(&str, &str)]) -> Result {
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/../.tools/aws/bin/python");
    let ran = Command::new(python)
        .args([&format!("{}/../infra/{script}", env!("CARGO_MANIFEST_DIR")), &market.stack.functions])
        .envs([("AWS_ENDPOINT_URL", &market.stack.endpoint), ("AWS_REGION", &market.stack.region)])
        .envs([("AWS_DEFAULT_REGION", market.stack.region.as_str())])
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .output()?;
    if ran.status.success() {
        return Ok(());
    }
    Err(Failed::new(format!("{script} failed: {}", String::from_utf8_lossy(&ran.stderr))))
}

fn kid(client: &Client) -> Result<serde_json::Value> {
    Ok(header_of(client.token().unwrap_or_default())?["kid"].clone())
}
