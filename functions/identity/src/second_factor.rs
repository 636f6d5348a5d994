//! The second factor of sellers and admins: the shared parts of its functions and of the sign-ins that require it.
//!
//! A guess is answered only after it is written. The write is conditional on the state that was read, so that all
//! parallel guesses count and a right code is accepted once.

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
use souk_store::{Store, happened, retry_on_conflict};
use souk_store_identity::{IdentityExt as _, second_factor::SecondFactor};
use souk_web::{Code, Cx, Deserr, FieldErrors, JsonSchema, Problem, SignedInCaller, TokenIssuer};

use crate::{registration::StoreSealer, totp};

/// A code of the authenticator app.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct AppCode {
    /// The six digits that the authenticator app shows.
    pub(crate) code: TotpCode,
}

/// Codes that each replace a code of the authenticator app once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// The codes. No later answer shows them again.
    recovery_codes: Vec<String>,
}

/// Returns the caller if the caller may have a second factor: a seller or an admin, not a shopper.
/// # Errors
/// `forbidden` for a shopper.
pub(crate) fn owner(SignedInCaller(principal): SignedInCaller) -> Result<Principal, Problem> {
    match principal {
        Principal::User(_) => {
            Err(Problem::new(Code::Forbidden).detail("only sellers and admins can have a second factor"))
        }
        Principal::Seller(_) | Principal::Admin(_) => Ok(principal),
    }
}

/// Reads, checks and writes the second factor of one principal.
pub(crate) struct PrincipalFactor<'a> {
    store: &'a Store,
    sealer: &'a Sealer,
    pub(crate) principal: Principal,
    now: Timestamp,
}

/// What is written after a proof, and the notice that the owner gets.
pub(crate) enum FactorUpdate {
    Save(SecondFactor, Option<Notice>),
    Remove(Notice),
}

impl<'a> PrincipalFactor<'a> {
    /// The second factor of the caller.
    /// # Errors
    /// `forbidden` for a shopper.
    pub(crate) fn of_caller(cx: &'a Cx<'_, StoreSealer>, caller: SignedInCaller) -> Result<Self, Problem> {
        Ok(Self { store: &cx.store, sealer: &cx.sealer, principal: owner(caller)?, now: cx.now })
    }

    /// The second factor of a principal who signs in.
    pub(crate) fn of(issuer: &'a TokenIssuer, principal: Principal, now: Timestamp) -> Self {
        Self { store: &issuer.store, sealer: &issuer.sealer, principal, now }
    }

    /// Reads the second factor, whether it is on or only started.
    pub(crate) async fn stored(&self) -> Result<Option<SecondFactor>, Problem> {
        Ok(self.store.second_factors().of(self.principal).await?)
    }

    /// Requires a proof of the second factor if it is on, after a right password.
    /// # Errors
    /// `second_factor_required`, `wrong_second_factor`, `code_locked`.
    pub(crate) async fn require(&self, proof: Option<&FactorProof>) -> Result<(), Problem> {
        let update = |factor: SecondFactor| {
            let recovered = matches!(proof, Some(FactorProof::Recovery(_)));
            let notice = recovered.then(|| Notice::RecoveryCodeUsed { left: factor.uses.recovery_codes_left() });
            FactorUpdate::Save(factor, notice)
        };
        match self.verify(proof, update).await {
            Err(problem) if problem.code() == Code::WrongCode => Err(Code::WrongSecondFactor.into()),
            verified => verified.map(drop),
        }
    }

    /// Checks a proof of the second factor and writes the update. Returns `false` if no second factor is on.
    ///
    /// # Errors
    /// `second_factor_required`, `wrong_code`, `code_locked`.
    pub(crate) async fn verify(
        &self,
        proof: Option<&FactorProof>,
        update: impl Fn(SecondFactor) -> FactorUpdate,
    ) -> Result<bool, Problem> {
        retry_on_conflict(|| async {
            let Some(read) = self.stored().await?.filter(SecondFactor::is_on) else { return Ok(Some(false)) };
            let proof = proof.ok_or(Code::SecondFactorRequired)?;
            Ok(self.attempt(&read, proof, &update).await?.then_some(true))
        })
        .await
    }

    /// Checks a proof once and writes the update. Returns `false` if another request wrote in between.
    ///
    /// # Errors
    /// `wrong_code`, `code_locked`.
    pub(crate) async fn attempt(
        &self,
        read: &SecondFactor,
        proof: &FactorProof,
        update: impl Fn(SecondFactor) -> FactorUpdate,
    ) -> Result<bool, Problem> {
        let (check, uses) = self.check(read, proof)?;
        let changed = uses != read.uses;
        let next = SecondFactor { uses, version: read.version + 1, ..read.clone() };
        let update = match check {
            Check::Right => update(next),
            // Only the guess that locks writes this, so the owner gets one notice for each lock.
            Check::Locked(_) => FactorUpdate::Save(next, Some(Notice::SecondFactorLocked)),
            Check::Wrong | Check::Spent => FactorUpdate::Save(next, None),
        };
        if changed && !self.write(read, update).await? {
            return Ok(false);
        }
        match check {
            Check::Right => Ok(true),
            Check::Wrong | Check::Spent => Err(Code::WrongCode.into()),
            Check::Locked(wait) => Err(Problem::new(Code::CodeLocked).retry_at(wait.until, self.now)),
        }
    }

    fn check(&self, factor: &SecondFactor, proof: &FactorProof) -> Result<(Check, Uses), Problem> {
        match proof {
            FactorProof::Recovery(code) => Ok(factor.uses.recovery_code(&self.hash(code), self.now)),
            FactorProof::Code(code) => {
                let secret = self.sealer.open(&self.purpose(), &factor.sealed_secret).map_err(|error| {
                    tracing::error!(%error, "the secret of a second factor cannot be unsealed");
                    Problem::new(Code::Internal)
                })?;
                let step = code.step(self.now, |step| totp::code_at(&secret, step));
                Ok(factor.uses.code(step, self.now))
            }
        }
    }

    async fn write(&self, read: &SecondFactor, update: FactorUpdate) -> Result<bool, Problem> {
        let factors = self.store.second_factors();
        let record = |notice| tell(self.principal, notice, self.now);
        let written = match update {
            FactorUpdate::Save(next, notice) => {
                factors.save(&next, Some(read), notice.map(record).transpose()?.as_ref()).await
            }
            FactorUpdate::Remove(notice) => factors.remove(read, &record(notice)?).await,
        };
        Ok(happened(written)?)
    }

    /// Returns new random recovery codes, and the hashes that are stored of them.
    pub(crate) fn draw_recovery_codes(&self) -> Result<(RecoveryCodes, BTreeSet<CodeHash>), Problem> {
        let draw = |_| Ok(RecoveryCode::from_bytes(random()?));
        let codes: Vec<_> = (0..RECOVERY_CODES).map(draw).collect::<Result<_, Problem>>()?;
        let hashes = codes.iter().map(|code| self.hash(code)).collect();
        Ok((RecoveryCodes { recovery_codes: codes.iter().map(|code| code.expose().to_owned()).collect() }, hashes))
    }

    fn hash(&self, code: &RecoveryCode) -> CodeHash {
        self.sealer.keyed_hash(&format!("recovery {}", self.principal), code.expose())
    }

    /// Returns a new random secret, and its sealed form that is stored.
    pub(crate) fn draw_secret(&self) -> Result<(Secret, String), Problem> {
        let secret = Secret::from_bytes(random()?);
        let sealed = self.sealer.seal(&self.purpose(), &secret)?;
        Ok((secret, sealed))
    }

    /// Returns the purpose that the secret is sealed for. Each principal has its own, so that a secret that is copied
    /// to another principal's item cannot be unsealed.
    fn purpose(&self) -> String {
        format!("totp {}", self.principal)
    }
}
