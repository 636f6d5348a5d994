//! The rotation of the signing key. This test runs alone (`.config/nextest.toml`), because the command ends processes.

use std::process::Command;

use souk_testkit::{Client, Result};
use souk_tests::Market;

use crate::tokens::header_of;

#[tokio::test]
async fn a_key_rotation_publishes_both_keys_and_keeps_old_tokens_valid() -> Result {
    let market = Market::open()?;
    let (account, before) = market.shopper().await?;
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/../.tools/aws/bin/python");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/rotate_signing_key.py");
    let rotated = Command::new(python)
        .args([script, &market.stack.functions])
        .envs([("AWS_ENDPOINT_URL", &market.stack.endpoint), ("AWS_REGION", &market.stack.region)])
        .envs([("AWS_DEFAULT_REGION", market.stack.region.as_str())])
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
        .output()?;
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));

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

fn kid(client: &Client) -> Result<serde_json::Value> {
    Ok(header_of(client.token().unwrap_or_default())?["kid"].clone())
}
