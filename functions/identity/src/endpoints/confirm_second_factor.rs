//! `POST /v1/second-factor/confirm` - turns the second factor on with a first code of the app. From then on a sign-in
//! requires it.

use souk_domain::totp::FactorProof;
use souk_messaging::Notice;
use souk_store::retry_on_conflict;
use souk_store_identity::second_factor::SecondFactor;
use souk_web::{Body, Code, Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::{
    registration::StoreSealer,
    second_factor::{AppCode, FactorUpdate, PrincipalFactor, RecoveryCodes},
};

/// Turns a second factor on.
#[derive(Debug)]
pub struct ConfirmSecondFactor;

impl Endpoint for ConfirmSecondFactor {
    const ROUTE: Route = route!(POST "/v1/second-factor/confirm");
    const SUMMARY: &'static str =
        "Turn the second factor on with a first code of the app; the answer holds the recovery codes";
    const PROBLEMS: &'static [Code] =
        &[Code::Forbidden, Code::WrongCode, Code::CodeLocked, Code::SecondFactorOn, Code::SecondFactorOff];

    type Deps = StoreSealer;
    type Caller = SignedInCaller;
    type Input = Body<AppCode>;
    type Output = Json<RecoveryCodes>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        caller: SignedInCaller,
        Body(input): Body<AppCode>,
    ) -> Result<Self::Output, Problem> {
        let factor = PrincipalFactor::of_caller(cx, caller)?;
        let (recovery_codes, hashes) = factor.draw_recovery_codes()?;
        let turn_on = |started: SecondFactor| {
            let uses = started.uses.with_recovery_codes(hashes.clone());
            FactorUpdate::Save(
                SecondFactor { confirmed_at: Some(cx.now), uses, ..started },
                Some(Notice::SecondFactorOn),
            )
        };
        retry_on_conflict(|| async {
            let started = factor.stored().await?.ok_or(Code::SecondFactorOff)?;
            if started.is_on() {
                return Err(Code::SecondFactorOn.into());
            }
            Ok(factor.attempt(&started, &FactorProof::Code(input.code), turn_on).await?.then_some(()))
        })
        .await
        .map(|()| Json(recovery_codes))
    }
}
