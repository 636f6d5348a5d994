//! `POST /v1/passwords/forgot` - mails a code that allows to choose a new password.

use souk_domain::Email;
use souk_web::{
    Accepted, Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, route,
};

use crate::{
    registration::StoreSealer,
    reset::{self, AccountKind},
};

/// Mails a code to reset a password.
#[derive(Debug)]
pub struct ForgotPassword;

/// The account whose password is forgotten.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ForgottenPassword {
    /// The mail address of the account.
    email: Email,
    /// The kind of account. An address may have both.
    account: AccountKind,
}

impl Endpoint for ForgotPassword {
    const ROUTE: Route = route!(POST "/v1/passwords/forgot");
    const SUMMARY: &'static str = "Mail a code to choose a new password; the answer is the same for every address";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<ForgottenPassword>;
    type Output = Accepted;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<ForgottenPassword>,
    ) -> Result<Accepted, Problem> {
        cx.codes(cx.now).send(reset::subject(input.account, input.email), None).await
    }
}
