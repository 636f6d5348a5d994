//! A shop's own domain: what its owner sets in the DNS, and what a look at it means.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::DomainName;

/// For how long the records may be missing before that is a failure, and a failure is looked at again.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a verified domain is believed.
const RECHECK: SignedDuration = SignedDuration::from_hours(24);
/// How long a domain that is not verified waits for the next look.
const RETRY: SignedDuration = SignedDuration::from_mins(10);

/// Where the proof stands: a name below the domain, which whoever may write there can write.
pub fn proof_name(domain: &DomainName) -> String {
    format!("_souk-challenge.{domain}")
}

/// What stands there.
pub fn proof_text(token: &str) -> String {
    format!("souk-domain-verification={token}")
}

/// What was found of one of the two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It says what it should.
    Right,
    /// It says something else.
    Wrong,
    /// There is none.
    Missing,
    /// The DNS gave no answer.
    Unknown,
}

/// Why a domain is not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// There is no TXT record with the proof.
    ProofMissing,
    /// The TXT record says something else.
    ProofWrong,
    /// The domain has no CNAME record.
    TargetMissing,
    /// The CNAME record leads elsewhere.
    TargetWrong,
    /// The DNS gave no answer for a week.
    Unreachable,
    /// Another shop has the domain.
    Taken,
}

/// How far a domain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DomainState {
    /// Its records are waited for.
    Pending {
        /// What the last look missed; none before the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Obstacle>,
    },
    /// It leads to the shop.
    Verified,
    /// It does not, and waiting is not what it takes.
    Failed {
        /// What the last look found.
        reason: Obstacle,
    },
}

impl DomainState {
    /// Before the first look.
    pub const NEW: Self = Self::Pending { reason: None };

    /// What a look at the proof and at the domain itself makes of it. `since`: when it was requested, or verified last.
    #[must_use]
    pub fn seen(self, proof: Found, target: Found, since: Timestamp, now: Timestamp) -> Self {
        let waiting = now < since + PATIENCE;
        let reason = match (proof, target) {
            (Found::Right, Found::Right) => return Self::Verified,
            (Found::Wrong, _) => Obstacle::ProofWrong,
            (_, Found::Wrong) => Obstacle::TargetWrong,
            (Found::Unknown, _) | (_, Found::Unknown) if waiting => return self,
            (Found::Unknown, _) | (_, Found::Unknown) => Obstacle::Unreachable,
            (Found::Missing, _) => Obstacle::ProofMissing,
            (_, Found::Missing) => Obstacle::TargetMissing,
        };
        let missing = matches!(reason, Obstacle::ProofMissing | Obstacle::TargetMissing);
        match self {
            Self::Pending { .. } if missing && waiting => Self::Pending { reason: Some(reason) },
            _ => Self::Failed { reason },
        }
    }

    /// When to look again after a look at `now`; `None` when that is given up. `since` as for [`DomainState::seen`].
    pub fn next_look(self, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Verified => Some(now + RECHECK),
            _ if now < since + PATIENCE => Some(now + RETRY),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 3_600 * hour).unwrap()
    }

    fn seen(state: DomainState, proof: Found, target: Found, hour: i64) -> DomainState {
        state.seen(proof, target, at(0), at(hour))
    }

    #[test]
    fn both_records_verify_whatever_was_before() {
        let failed = DomainState::Failed { reason: Obstacle::TargetWrong };
        for before in [DomainState::NEW, DomainState::Verified, failed] {
            assert_eq!(seen(before, Found::Right, Found::Right, 1), DomainState::Verified);
        }
    }

    #[test]
    fn a_missing_record_is_waited_for_a_week_and_a_wrong_one_is_not() {
        let reason = Obstacle::ProofMissing;
        let waits = DomainState::Pending { reason: Some(reason) };
        assert_eq!(seen(DomainState::NEW, Found::Missing, Found::Right, 1), waits);
        assert_eq!(seen(waits, Found::Missing, Found::Missing, 167), waits);
        assert_eq!(seen(waits, Found::Missing, Found::Missing, 168), DomainState::Failed { reason });
        let failed = |reason| DomainState::Failed { reason };
        assert_eq!(seen(waits, Found::Wrong, Found::Missing, 1), failed(Obstacle::ProofWrong));
        assert_eq!(seen(waits, Found::Right, Found::Wrong, 1), failed(Obstacle::TargetWrong));
    }

    #[test]
    fn a_verified_domain_whose_record_goes_has_failed() {
        let failed = DomainState::Failed { reason: Obstacle::TargetMissing };
        assert_eq!(seen(DomainState::Verified, Found::Right, Found::Missing, 500), failed);
        assert_eq!(seen(failed, Found::Right, Found::Missing, 1), failed, "it was there once");
    }

    #[test]
    fn a_dns_that_gives_no_answer_changes_nothing_for_a_week() {
        for before in [DomainState::NEW, DomainState::Verified, DomainState::Failed { reason: Obstacle::ProofWrong }] {
            assert_eq!(seen(before, Found::Unknown, Found::Right, 167), before);
            assert_eq!(seen(before, Found::Missing, Found::Unknown, 1), before);
            let gone = DomainState::Failed { reason: Obstacle::Unreachable };
            assert_eq!(seen(before, Found::Unknown, Found::Unknown, 168), gone);
        }
    }

    #[test]
    fn what_is_verified_is_looked_at_daily_and_the_rest_for_a_week() {
        let failed = DomainState::Failed { reason: Obstacle::ProofWrong };
        assert_eq!(DomainState::Verified.next_look(at(0), at(500)), Some(at(524)));
        for state in [DomainState::NEW, failed] {
            assert_eq!(state.next_look(at(0), at(1)), Some(at(1) + SignedDuration::from_mins(10)));
            assert_eq!(state.next_look(at(0), at(168)), None);
        }
    }
}
