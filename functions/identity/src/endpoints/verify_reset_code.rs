//! `POST /v1/passwords/verify` - exchanges a mailed code for a token that allows to set a new password.

use serde::Serialize;
use souk_domain::Email;
use souk_store::{happened, retry_on_conflict};
use souk_store_identity::{IdentityExt as _, codes::RESET_LIFETIME};
use souk_web::{Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Limit, Problem, Route, route};

use crate::{
    codes::TypedCode,
    registration::StoreSealer,
    reset::{self, AccountKind},
};

/// Exchanges a mailed code for a reset token.
#[derive(Debug)]
pub struct VerifyResetCode;

/// A mailed code, its address and the kind of account.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ResetCode {
    /// The mail address of the account.
    email: Email,
    /// The kind of account. An address may have both.
    account: AccountKind,
    /// The newest code that was sent to this address.
    code: TypedCode,
}

/// The right to set a new password.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ResetToken {
    /// The token. It is valid once. Keep it secret.
    reset_token: String,
    /// How long the token is valid, in seconds.
    expires_in: i64,
}

impl Endpoint for VerifyResetCode {
    const ROUTE: Route = route!(POST "/v1/passwords/verify");
    const SUMMARY: &'static str = "Exchange the mailed code for a token to set a new password";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const PROBLEMS: &'static [Code] = &[Code::WrongCode, Code::CodeLocked];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<ResetCode>;
    type Output = Json<ResetToken>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<ResetCode>,
    ) -> Result<Self::Output, Problem> {
        let subject = reset::subject(input.account, input.email);
        retry_on_conflict(|| async {
            let mut used = cx.codes(cx.now).check(&subject, &input.code, None).await?;
            let reset_token = reset::grant(cx, &mut used, cx.now)?;
            let token = ResetToken { reset_token, expires_in: RESET_LIFETIME.as_secs() };
            Ok(happened(cx.store.codes().save(&used, None).await)?.then_some(Json(token)))
        })
        .await
    }
}
