//! What the functions of the second factor have in common, and with the sign-ins that ask for it.
//!
//! A guess is answered only once it is written down. The write insists on the state that was weighed, so that parallel
//! guesses all count, and a right code is right for one of them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Principal,
    code::CodeHash,
    totp::{Check, FactorProof, RECOVERY_CODES, RecoveryCode, Secret, TotpCode, Uses},
};
use souk_messaging::{Notice, tell};
use souk_runtime::{Sealer, random};
use souk_store::{ATTEMPTS, Store, happened};
use souk_store_identity::{IdentityExt as _, second_factor::SecondFactor};
use souk_web::{Code, Cx, Deserr, FieldErrors, JsonSchema, Problem, SignedInCaller, TokenIssuer};

use crate::{registration::StoreSealer, totp};

/// A code of the app.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct AppCode {
    /// The six digits that the app shows.
    pub(crate) code: TotpCode,
}

/// Codes that each stand in for the app once.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RecoveryCodes")]
pub struct Output {
    /// The codes. They are not shown again.
    recovery_codes: Vec<String>,
}

/// Who may have a second factor: everybody who signs in but shoppers.
pub(crate) fn owner(SignedInCaller(who): SignedInCaller) -> Result<Principal, Problem> {
    match who {
        Principal::User(_) => Err(Problem::new(Code::Forbidden).detail("a second factor is for sellers and admins")),
        Principal::Seller(_) | Principal::Admin(_) => Ok(who),
    }
}

/// Keeps somebody's second factor.
pub(crate) struct Keeper<'a> {
    store: &'a Store,
    sealer: &'a Sealer,
    pub(crate) who: Principal,
    now: Timestamp,
}

/// What a write leaves, and what the owner is told of it.
pub(crate) enum Effect {
    Keep(SecondFactor, Option<Notice>),
    Remove(Notice),
}

impl<'a> Keeper<'a> {
    /// The keeper of the caller's.
    pub(crate) fn of(cx: &'a Cx<'_, StoreSealer>, caller: SignedInCaller) -> Result<Self, Problem> {
        Ok(Self { store: &cx.store, sealer: &cx.sealer, who: owner(caller)?, now: cx.now })
    }

    /// The keeper of somebody's who signs in.
    pub(crate) fn at(issuer: &'a TokenIssuer, who: Principal, now: Timestamp) -> Self {
        Self { store: &issuer.store, sealer: &issuer.sealer, who, now }
    }

    /// The factor, or the one that is being set up.
    pub(crate) async fn stored(&self) -> Result<Option<SecondFactor>, Problem> {
        Ok(self.store.second_factors().of(self.who).await?)
    }

    /// Asks for the factor after a password that was right.
    ///
    /// # Errors
    /// `second_factor_required`, `wrong_second_factor`, `code_locked`.
    pub(crate) async fn ask(&self, given: Option<&FactorProof>) -> Result<(), Problem> {
        let effect = |factor: SecondFactor| {
            let recovered = matches!(given, Some(FactorProof::Recovery(_)));
            let notice = recovered.then(|| Notice::RecoveryCodeUsed { left: factor.uses.recovery_codes_left() });
            Effect::Keep(factor, notice)
        };
        match self.prove(given, effect).await {
            Err(problem) if problem.code() == Code::WrongCode => Err(Code::WrongSecondFactor.into()),
            proven => proven.map(drop),
        }
    }

    /// Has the factor proven, and writes what follows from that. False where no factor is on.
    ///
    /// # Errors
    /// `second_factor_required`, `wrong_code`, `code_locked`.
    pub(crate) async fn prove(
        &self,
        given: Option<&FactorProof>,
        effect: impl Fn(SecondFactor) -> Effect,
    ) -> Result<bool, Problem> {
        for _ in 0..ATTEMPTS {
            let Some(read) = self.stored().await?.filter(SecondFactor::is_on) else { return Ok(false) };
            let given = given.ok_or(Code::SecondFactorRequired)?;
            if self.attempt(&read, given, &effect).await? {
                return Ok(true);
            }
        }
        Err(Code::Unavailable.into())
    }

    /// Weighs a guess and writes what follows from it. False when somebody else wrote in between.
    ///
    /// # Errors
    /// `wrong_code`, `code_locked`.
    pub(crate) async fn attempt(
        &self,
        read: &SecondFactor,
        given: &FactorProof,
        effect: impl Fn(SecondFactor) -> Effect,
    ) -> Result<bool, Problem> {
        let (check, uses) = self.weigh(read, given)?;
        let is_news = uses != read.uses;
        let next = SecondFactor { uses, version: read.version + 1, ..read.clone() };
        let effect = match check {
            Check::Right => effect(next),
            // Written only by the guess that locks: once a lock.
            Check::Locked(_) => Effect::Keep(next, Some(Notice::SecondFactorLocked)),
            Check::Wrong | Check::Spent => Effect::Keep(next, None),
        };
        if is_news && !self.write(read, effect).await? {
            return Ok(false);
        }
        match check {
            Check::Right => Ok(true),
            Check::Wrong | Check::Spent => Err(Code::WrongCode.into()),
            Check::Locked(wait) => Err(Problem::new(Code::CodeLocked).retry_at(wait.until, self.now)),
        }
    }

    fn weigh(&self, factor: &SecondFactor, given: &FactorProof) -> Result<(Check, Uses), Problem> {
        match given {
            FactorProof::Recovery(code) => Ok(factor.uses.recovery_code(&self.hash(code), self.now)),
            FactorProof::Code(code) => {
                let secret = self.sealer.open(&self.purpose(), &factor.sealed_secret).map_err(|error| {
                    tracing::error!(%error, "a second factor's secret does not open");
                    Problem::new(Code::Internal)
                })?;
                let step = code.step(self.now, |step| totp::code_at(&secret, step));
                Ok(factor.uses.code(step, self.now))
            }
        }
    }

    async fn write(&self, read: &SecondFactor, effect: Effect) -> Result<bool, Problem> {
        let factors = self.store.second_factors();
        let told = |notice| tell(self.who, notice, self.now);
        let written = match effect {
            Effect::Keep(next, notice) => factors.save(&next, Some(read), notice.map(told).transpose()?.as_ref()).await,
            Effect::Remove(notice) => factors.remove(read, &told(notice)?).await,
        };
        Ok(happened(written)?)
    }

    /// Fresh recovery codes, and what is stored of them.
    pub(crate) fn draw_recovery_codes(&self) -> Result<(Output, BTreeSet<CodeHash>), Problem> {
        let draw = |_| Ok(RecoveryCode::from_bytes(random()?));
        let codes: Vec<_> = (0..RECOVERY_CODES).map(draw).collect::<Result<_, Problem>>()?;
        let hashes = codes.iter().map(|code| self.hash(code)).collect();
        Ok((Output { recovery_codes: codes.iter().map(|code| code.expose().to_owned()).collect() }, hashes))
    }

    fn hash(&self, code: &RecoveryCode) -> CodeHash {
        self.sealer.keyed_hash(&format!("recovery {}", self.who), code.expose())
    }

    /// A fresh secret, and what is stored of it.
    pub(crate) fn draw_secret(&self) -> Result<(Secret, String), Problem> {
        let secret = Secret::from_bytes(random()?);
        let sealed = self.sealer.seal(&self.purpose(), &secret)?;
        Ok((secret, sealed))
    }

    /// Each principal's secret is sealed for a purpose of its own, so that it is of no use in another's item.
    fn purpose(&self) -> String {
        format!("totp {}", self.who)
    }
}
