//! `POST /v1/second-factor/remove` - turns the caller's second factor off.

use souk_domain::totp::FactorProof;
use souk_messaging::Notice;
use souk_web::{
    Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Problem, Route, SignedInCaller, route,
};

use crate::{
    registration::StoreSealer,
    second_factor::{FactorUpdate, PrincipalFactor},
};

/// Removes the caller's second factor.
#[derive(Debug)]
pub struct RemoveSecondFactor;

/// A proof of the second factor that is removed.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SecondFactorRemoval {
    /// A code of the authenticator app, or a recovery code.
    code: FactorProof,
}

impl Endpoint for RemoveSecondFactor {
    const ROUTE: Route = route!(POST "/v1/second-factor/remove");
    const SUMMARY: &'static str = "Remove the second factor, with a code of the app or a recovery code";
    const PROBLEMS: &'static [Code] = &[Code::Forbidden, Code::WrongCode, Code::CodeLocked, Code::SecondFactorOff];

    type Deps = StoreSealer;
    type Caller = SignedInCaller;
    type Input = Body<SecondFactorRemoval>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        caller: SignedInCaller,
        Body(input): Body<SecondFactorRemoval>,
    ) -> Result<NoContent, Problem> {
        let remove = |_| FactorUpdate::Remove(Notice::SecondFactorOff);
        if !PrincipalFactor::of_caller(cx, caller)?.verify(Some(&input.code), remove).await? {
            return Err(Code::SecondFactorOff.into());
        }
        Ok(NoContent)
    }
}
