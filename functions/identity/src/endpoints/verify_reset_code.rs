//! `POST /v1/passwords/verify` - the code comes back and is changed for a token to choose a new password with.

use serde::Serialize;
use souk_domain::Email;
use souk_store::{ATTEMPTS, happened};
use souk_store_identity::{IdentityExt as _, codes::RESET_LIFETIME};
use souk_web::{Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Limit, Problem, Route, route};

use crate::{
    codes::TypedCode,
    registration::StoreSealer,
    reset::{self, AccountKind},
};

/// Changes a code for a reset token.
#[derive(Debug)]
pub struct VerifyResetCode;

/// What comes back from the mail.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ResetCode {
    /// The address of the account.
    email: Email,
    /// Which of the accounts that the address may have.
    account: AccountKind,
    /// The newest code that was sent there.
    code: TypedCode,
}

/// The right to choose a new password.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ResetToken")]
pub struct Output {
    /// Good once. Keep it secret.
    reset_token: String,
    /// How long it is good, in seconds.
    expires_in: i64,
}

impl Endpoint for VerifyResetCode {
    const ROUTE: Route = route!(POST "/v1/passwords/verify");
    const SUMMARY: &'static str = "Change the code from the mail for a token to choose a new password with";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const PROBLEMS: &'static [Code] = &[Code::WrongCode, Code::CodeLocked];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<ResetCode>;
    type Output = Json<Output>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<ResetCode>,
    ) -> Result<Self::Output, Problem> {
        let of = reset::subject(input.account, input.email);
        for _ in 0..ATTEMPTS {
            let mut used = cx.codes(cx.now).weigh(&of, &input.code, None).await?;
            let reset_token = reset::grant(cx, &mut used, cx.now)?;
            if happened(cx.store.codes().save(&used, None).await)? {
                return Ok(Json(Output { reset_token, expires_in: RESET_LIFETIME.as_secs() }));
            }
        }
        Err(Code::Unavailable.into())
    }
}
