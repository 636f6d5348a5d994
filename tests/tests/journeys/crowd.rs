//! Many shoppers at once.

use serde_json::json;
use souk_domain::{Principal, SessionId, UserId};
use souk_testkit::{Client, Failed, Result};
use souk_tests::{Market, keys};

use crate::tokens::{Forge, claims_of};

/// So many shoppers, signed in, at one address. Signing up costs three password hashes each: the table is told instead
/// what it would say of them.
pub(crate) async fn crowd(market: &Market, count: usize) -> Result<Vec<Client>> {
    let (_, one) = market.shopper().await?;
    let claims = claims_of(one.token().unwrap_or_default())?;
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    let (user, session) = (UserId::parse(text("sub"))?, SessionId::parse(text("sid"))?);
    let item = async |key| market.cloud.item(&key).await?.ok_or_else(|| Failed::new("a shopper without an item"));
    let profile = item(keys::user(user)).await?;
    let session = item(keys::session(Principal::User(user), session)).await?;
    let forge = Forge::of(market).await?;
    let mut shoppers = Vec::with_capacity(count);
    for _ in 0..count {
        let id = format!("user_{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let (mut profile, mut session, mut claims) = (profile.clone(), session.clone(), claims.clone());
        (profile["pk"], profile["id"]) = (json!(format!("USER#{id}")), json!(id));
        (session["pk"], session["principal"]) = (json!(format!("ACCESS#{id}")), json!(id));
        claims["sub"] = json!(id);
        market.cloud.put(&profile).await?;
        market.cloud.put(&session).await?;
        shoppers.push(one.with_token(forge.sign("at+jwt", &claims)?));
    }
    Ok(shoppers)
}
