//! `POST /v1/second-factor` - an app gets the secret of a second factor, which counts once it is confirmed.

use serde::Serialize;
use souk_domain::{Password, Realm, totp::Uses};
use souk_store::{ATTEMPTS, happened};
use souk_store_identity::{IdentityExt as _, second_factor::SecondFactor};
use souk_web::{
    Audience, Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route,
    SignedInCaller, route,
};

use crate::{
    registration::StoreSealer,
    second_factor::Keeper,
    sign_in::{self, Credentials},
};

/// Begins a second factor.
#[derive(Debug)]
pub struct StartSecondFactor;

/// The password once more: a device that was left open must not be enough to lock its owner out.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SecondFactorStart {
    /// The current password.
    password: Password,
}

/// What an authenticator app needs to know.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BegunSecondFactor")]
pub struct Output {
    /// The secret, for people who type it: 32 characters of base32.
    secret: String,
    /// The same as an `otpauth://` address, for a picture that the app reads.
    uri: String,
}

impl Endpoint for StartSecondFactor {
    const ROUTE: Route = route!(POST "/v1/second-factor");
    const SUMMARY: &'static str = "Begin a second factor with an authenticator app; it counts once it is confirmed";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] = &[Code::Forbidden, Code::WrongCredentials, Code::SecondFactorOn];

    type Deps = StoreSealer;
    type Caller = SignedInCaller;
    type Input = Body<SecondFactorStart>;
    type Output = Created<Output>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        caller: SignedInCaller,
        Body(SecondFactorStart { password }): Body<SecondFactorStart>,
    ) -> Result<Self::Output, Problem> {
        let keeper = Keeper::of(cx, caller)?;
        let profile = cx.store.profiles().of(keeper.who).await?.ok_or(Code::NotSignedIn)?;
        let credentials = Credentials { email: profile.email().clone(), password };
        sign_in::authenticate(&cx.store, Realm::of(keeper.who), &credentials, cx.now).await?;
        let (secret, sealed_secret) = keeper.draw_secret()?;
        for _ in 0..ATTEMPTS {
            let read = keeper.stored().await?;
            if read.as_ref().is_some_and(SecondFactor::is_on) {
                return Err(Code::SecondFactorOn.into());
            }
            let begun = SecondFactor {
                principal: keeper.who,
                sealed_secret: sealed_secret.clone(),
                confirmed_at: None,
                uses: Uses::default(),
                version: read.as_ref().map_or(0, |read| read.version) + 1,
            };
            if happened(cx.store.second_factors().save(&begun, read.as_ref(), None).await)? {
                // Somebody may be seller and admin with one address, and has two factors then.
                let uri = secret.uri(&format!("{} ({})", profile.email(), Audience::of(keeper.who).as_str()));
                return Ok(Created(Output { secret: secret.base32(), uri }));
            }
        }
        Err(Code::Unavailable.into())
    }
}
