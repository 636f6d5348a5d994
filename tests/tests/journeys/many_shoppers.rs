//! Many shoppers at once.

use serde_json::json;
use souk_domain::{Principal, SessionId, UserId};
use souk_testkit::{Client, Failed, Result};
use souk_tests::{Market, keys};

use crate::tokens::{SigningKey, claims_of};

/// Creates `count` signed-in shoppers at one network address. Registering costs three password hashes each, so their
/// items are written straight into the table.
pub(crate) async fn many_shoppers(market: &Market, count: usize) -> Result<Vec<Client>> {
    let (_, template) = market.shopper().await?;
    let claims = claims_of(template.token().unwrap_or_default())?;
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    let (user, session) = (UserId::parse(text("sub"))?, SessionId::parse(text("sid"))?);
    let item = async |key| market.cloud.item(&key).await?.ok_or_else(|| Failed::new("a shopper without an item"));
    let profile = item(keys::user(user)).await?;
    let session = item(keys::session(Principal::User(user), session)).await?;
    let signing_key = SigningKey::of(market).await?;
    let mut shoppers = Vec::with_capacity(count);
    for _ in 0..count {
        let id = format!("user_{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let (mut profile, mut session, mut claims) = (profile.clone(), session.clone(), claims.clone());
        (profile["pk"], profile["id"]) = (json!(format!("USER#{id}")), json!(id));
        (session["pk"], session["principal"]) = (json!(format!("ACCESS#{id}")), json!(id));
        claims["sub"] = json!(id);
        market.cloud.put(&profile).await?;
        market.cloud.put(&session).await?;
        shoppers.push(template.with_token(signing_key.sign("at+jwt", &claims)?));
    }
    Ok(shoppers)
}
