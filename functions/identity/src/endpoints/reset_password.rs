//! `POST /v1/passwords/reset` - sets a new password with a reset token. Every session of the account ends.

use souk_domain::NewPassword;
use souk_store::{happened, retry_on_conflict};
use souk_store_identity::IdentityExt as _;
use souk_web::{
    Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, NoContent, Problem, Route, route,
};

use crate::{new_password, passwords, registration::StoreSealer, reset};

/// Sets a new password with a reset token.
#[derive(Debug)]
pub struct ResetPassword;

/// A new password, and the right to set it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct PasswordReset {
    /// The reset token from the check of the mailed code.
    reset_token: String,
    /// The new password.
    password: NewPassword,
}

impl Endpoint for ResetPassword {
    const ROUTE: Route = route!(POST "/v1/passwords/reset");
    const SUMMARY: &'static str = "Choose a new password; every session of the account ends";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::InvalidResetToken];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<PasswordReset>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<PasswordReset>,
    ) -> Result<NoContent, Problem> {
        retry_on_conflict(|| async {
            let used = reset::redeem(cx, &input.reset_token, cx.now).await?;
            let login = cx.store.accounts().login(used.realm, &used.email).await?.ok_or(Code::InvalidResetToken)?;
            let hash = passwords::hash(input.password.password())?;
            let change = new_password::change(&cx.store, login, hash, cx.now).await?;
            Ok(happened(cx.store.passwords().reset(&used, &change).await)?.then_some(NoContent))
        })
        .await
    }
}
