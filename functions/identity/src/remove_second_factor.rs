//! `POST /v1/second-factor/remove` - signing in asks for no second factor any more.

use souk_domain::totp::FactorProof;
use souk_messaging::Notice;
use souk_web::{
    Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Problem, Route, SignedInCaller, route,
};

use crate::{
    registration::Desk,
    second_factor::{Effect, Keeper},
};

/// Removes the second factor.
#[derive(Debug)]
pub struct Room;

/// The factor itself, once more.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "RemoveSecondFactor")]
pub struct Input {
    /// A code of the app, or a recovery code.
    code: FactorProof,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/second-factor/remove");
    const SUMMARY: &'static str = "Remove the second factor, with a code of the app or a recovery code";
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] = &[Code::Forbidden, Code::WrongCode, Code::CodeLocked, Code::SecondFactorOff];

    type Deps = Desk;
    type Caller = SignedInCaller;
    type Input = Body<Input>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Desk>, caller: SignedInCaller, Body(input): Body<Input>) -> Result<NoContent, Problem> {
        let remove = |_| Effect::Remove(Notice::SecondFactorOff);
        if !Keeper::of(cx, caller)?.prove(Some(&input.code), remove).await? {
            return Err(Code::SecondFactorOff.into());
        }
        Ok(NoContent)
    }
}
