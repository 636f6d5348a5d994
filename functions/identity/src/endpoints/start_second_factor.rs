//! `POST /v1/second-factor` - creates the secret of a second factor for an authenticator app. The factor is on only
//! after it is confirmed.

use serde::Serialize;
use souk_domain::{Password, Realm, totp::Uses};
use souk_store::{happened, retry_on_conflict};
use souk_store_identity::{IdentityExt as _, second_factor::SecondFactor};
use souk_web::{
    Audience, Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route,
    SignedInCaller, route,
};

use crate::{
    registration::StoreSealer,
    second_factor::PrincipalFactor,
    sign_in::{self, Credentials},
};

/// Starts a second factor.
#[derive(Debug)]
pub struct StartSecondFactor;

/// The password once more, so that an unattended device is not enough to lock its owner out.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SecondFactorStart {
    /// The current password.
    password: Password,
}

/// The secret that an authenticator app needs.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BegunSecondFactor")]
pub struct StartedSecondFactor {
    /// The secret as 32 characters of base32, for typing.
    secret: String,
    /// The secret as an `otpauth://` address, for a QR code.
    uri: String,
}

impl Endpoint for StartSecondFactor {
    const ROUTE: Route = route!(POST "/v1/second-factor");
    const SUMMARY: &'static str =
        "Start a second factor with an authenticator app; it is on only after it is confirmed";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] = &[Code::Forbidden, Code::WrongCredentials, Code::SecondFactorOn];

    type Deps = StoreSealer;
    type Caller = SignedInCaller;
    type Input = Body<SecondFactorStart>;
    type Output = Created<StartedSecondFactor>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        caller: SignedInCaller,
        Body(SecondFactorStart { password }): Body<SecondFactorStart>,
    ) -> Result<Self::Output, Problem> {
        let factor = PrincipalFactor::of_caller(cx, caller)?;
        let profile = cx.store.profiles().of(factor.principal).await?.ok_or(Code::NotSignedIn)?;
        let credentials = Credentials { email: profile.email().clone(), password };
        sign_in::authenticate(&cx.store, Realm::of(factor.principal), &credentials, cx.now).await?;
        let (secret, sealed_secret) = factor.draw_secret()?;
        retry_on_conflict(|| async {
            let read = factor.stored().await?;
            if read.as_ref().is_some_and(SecondFactor::is_on) {
                return Err(Code::SecondFactorOn.into());
            }
            let started = SecondFactor {
                principal: factor.principal,
                sealed_secret: sealed_secret.clone(),
                confirmed_at: None,
                uses: Uses::default(),
                version: read.as_ref().map_or(0, |read| read.version) + 1,
            };
            if happened(cx.store.second_factors().save(&started, read.as_ref(), None).await)? {
                // One address may belong to a seller and an admin with a factor each, so the label says whose factor it
                // is.
                let uri = secret.uri(&format!("{} ({})", profile.email(), Audience::of(factor.principal).as_str()));
                return Ok(Some(Created(StartedSecondFactor { secret: secret.base32(), uri })));
            }
            Ok(None)
        })
        .await
    }
}
