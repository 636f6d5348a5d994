//! `POST /v1/second-factor/confirm` - the app's first code comes back: from now on signing in asks for one.

use souk_domain::totp::FactorProof;
use souk_messaging::Notice;
use souk_store::ATTEMPTS;
use souk_store_identity::second_factor::SecondFactor;
use souk_web::{Body, Code, Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::{
    registration::StoreSealer,
    second_factor::{AppCode, Effect, Keeper, Output},
};

/// Confirms a second factor.
#[derive(Debug)]
pub struct ConfirmSecondFactor;

impl Endpoint for ConfirmSecondFactor {
    const ROUTE: Route = route!(POST "/v1/second-factor/confirm");
    const SUMMARY: &'static str = "Turn the second factor on with a first code; gives the recovery codes";
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] =
        &[Code::Forbidden, Code::WrongCode, Code::CodeLocked, Code::SecondFactorOn, Code::SecondFactorOff];

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
        let turn_on = |begun: SecondFactor| {
            let uses = begun.uses.with_recovery_codes(hashes.clone());
            Effect::Keep(SecondFactor { confirmed_at: Some(cx.now), uses, ..begun }, Some(Notice::SecondFactorOn))
        };
        for _ in 0..ATTEMPTS {
            let begun = keeper.stored().await?.ok_or(Code::SecondFactorOff)?;
            if begun.is_on() {
                return Err(Code::SecondFactorOn.into());
            }
            if keeper.attempt(&begun, &FactorProof::Code(input.code), turn_on).await? {
                return Ok(Json(output));
            }
        }
        Err(Code::Unavailable.into())
    }
}
