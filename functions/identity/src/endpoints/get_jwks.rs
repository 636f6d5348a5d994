//! `GET /.well-known/jwks.json` - the public keys that access tokens are signed with.

use serde::Serialize;
use souk_store::Store;
use souk_web::{Anyone, Cx, Endpoint, Json, JsonSchema, Problem, Route, route};

/// Returns the public keys of the access tokens.
#[derive(Debug)]
pub struct GetJwks;

/// A JSON Web Key Set (RFC 7517).
#[derive(Debug, Serialize, JsonSchema)]
pub struct Jwks {
    /// The keys, newest last.
    keys: Vec<Jwk>,
}

/// An Ed25519 public key (RFC 8037).
#[derive(Debug, Serialize, JsonSchema)]
struct Jwk {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    r#use: &'static str,
    kid: String,
    x: String,
}

impl Endpoint for GetJwks {
    const ROUTE: Route = route!(GET "/.well-known/jwks.json");
    const SUMMARY: &'static str = "The public keys of the access tokens";

    type Deps = Store;
    type Caller = Anyone;
    type Input = ();
    type Output = Json<Jwks>;

    async fn handle(cx: &Cx<'_, Store>, _: Anyone, (): ()) -> Result<Json<Jwks>, Problem> {
        let keys = cx.keyring().get().await?.keys;
        let jwk = |kid, x| Jwk { kty: "OKP", crv: "Ed25519", alg: "EdDSA", r#use: "sig", kid, x };
        Ok(Json(Jwks { keys: keys.into_iter().map(|key| jwk(key.kid, key.x)).collect() }))
    }
}
