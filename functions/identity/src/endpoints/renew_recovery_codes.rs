//! `POST /v1/second-factor/recovery-codes` - replaces the caller's recovery codes. The old codes become invalid.

use souk_domain::totp::FactorProof;
use souk_store_identity::second_factor::SecondFactor;
use souk_web::{Body, Code, Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::{
    registration::StoreSealer,
    second_factor::{AppCode, FactorUpdate, PrincipalFactor, RecoveryCodes},
};

/// Replaces the caller's recovery codes.
#[derive(Debug)]
pub struct RenewRecoveryCodes;

impl Endpoint for RenewRecoveryCodes {
    const ROUTE: Route = route!(POST "/v1/second-factor/recovery-codes");
    const SUMMARY: &'static str = "Replace the recovery codes, with a code of the app; the old ones become invalid";
    const PROBLEMS: &'static [Code] = &[Code::Forbidden, Code::WrongCode, Code::CodeLocked, Code::SecondFactorOff];

    type Deps = StoreSealer;
    type Caller = SignedInCaller;
    type Input = Body<AppCode>;
    type Output = Json<RecoveryCodes>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        caller: SignedInCaller,
        Body(input): Body<AppCode>,
    ) -> Result<Self::Output, Problem> {
        let own_factor = PrincipalFactor::of_caller(cx, caller)?;
        let (recovery_codes, hashes) = own_factor.draw_recovery_codes()?;
        let replace = |factor: SecondFactor| {
            let uses = factor.uses.with_recovery_codes(hashes.clone());
            FactorUpdate::Save(SecondFactor { uses, ..factor }, None)
        };
        if !own_factor.verify(Some(&FactorProof::Code(input.code)), replace).await? {
            return Err(Code::SecondFactorOff.into());
        }
        Ok(Json(recovery_codes))
    }
}
