//! `POST /v1/second-factor/recovery-codes` - new recovery codes; those of before are void.

use souk_domain::totp::FactorProof;
use souk_store_identity::second_factor::SecondFactor;
use souk_web::{Body, Code, Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::{
    registration::StoreSealer,
    second_factor::{AppCode, Effect, Keeper, Output},
};

/// Renews the recovery codes.
#[derive(Debug)]
pub struct RenewRecoveryCodes;

impl Endpoint for RenewRecoveryCodes {
    const ROUTE: Route = route!(POST "/v1/second-factor/recovery-codes");
    const SUMMARY: &'static str = "Get new recovery codes for a code of the app; the old ones are void";
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] = &[Code::Forbidden, Code::WrongCode, Code::CodeLocked, Code::SecondFactorOff];

    type Deps = StoreSealer;
    type Caller = SignedInCaller;
    type Input = Body<AppCode>;
    type Output = Json<Output>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        caller: SignedInCaller,
        Body(input): Body<AppCode>,
    ) -> Result<Self::Output, Problem> {
        let keeper = Keeper::of(cx, caller)?;
        let (output, hashes) = keeper.draw_recovery_codes()?;
        let replace = |factor: SecondFactor| {
            let uses = factor.uses.with_recovery_codes(hashes.clone());
            Effect::Keep(SecondFactor { uses, ..factor }, None)
        };
        if !keeper.prove(Some(&FactorProof::Code(input.code)), replace).await? {
            return Err(Code::SecondFactorOff.into());
        }
        Ok(Json(output))
    }
}
