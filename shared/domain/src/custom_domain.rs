//! Custom domains of shops: the DNS records to set, and the state that follows from a check of them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::DomainName;

/// How long records may be missing before the domain fails, and how long a failed domain is still checked.
pub const GRACE_PERIOD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a verified domain is trusted before the next check.
const RECHECK: SignedDuration = SignedDuration::from_hours(24);
/// How long a domain that is not verified waits for the next check.
const RETRY: SignedDuration = SignedDuration::from_mins(10);

/// Returns the name of the TXT record with the proof. It is below the domain, so only the domain's owner can set it.
pub fn proof_name(domain: &DomainName) -> String {
    format!("_souk-challenge.{domain}")
}

/// Returns the value of the TXT record.
pub fn proof_text(token: &str) -> String {
    format!("souk-domain-verification={token}")
}

/// The result of looking up one of the two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordCheck {
    /// It has the expected value.
    Right,
    /// It has another value.
    Wrong,
    /// It does not exist.
    Missing,
    /// The DNS lookup failed.
    Unknown,
}

/// Why a domain is not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// There is no TXT record with the proof.
    ProofMissing,
    /// The TXT record has another value.
    ProofWrong,
    /// The domain has no CNAME record.
    TargetMissing,
    /// The CNAME record points to another name.
    TargetWrong,
    /// The DNS lookups have failed for a week.
    Unreachable,
    /// Another shop has the domain.
    Taken,
}

/// The state of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DomainState {
    /// The records are not set yet.
    Pending {
        /// What was missing at the last check; absent before the first check.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Obstacle>,
    },
    /// The domain points to the shop.
    Verified,
    /// The records are wrong, or were missing for too long.
    Failed {
        /// What was wrong at the last check.
        reason: Obstacle,
    },
}

impl DomainState {
    /// The state before the first check.
    pub const NEW: Self = Self::Pending { reason: None };

    /// Returns the state after a check of the proof and of the domain itself. `since` is the time of the request, or of
    /// the last successful check.
    #[must_use]
    pub fn after_check(self, proof: RecordCheck, target: RecordCheck, since: Timestamp, now: Timestamp) -> Self {
        let in_grace_period = now < since + GRACE_PERIOD;
        let reason = match (proof, target) {
            (RecordCheck::Right, RecordCheck::Right) => return Self::Verified,
            (RecordCheck::Wrong, _) => Obstacle::ProofWrong,
            (_, RecordCheck::Wrong) => Obstacle::TargetWrong,
            (RecordCheck::Unknown, _) | (_, RecordCheck::Unknown) if in_grace_period => return self,
            (RecordCheck::Unknown, _) | (_, RecordCheck::Unknown) => Obstacle::Unreachable,
            (RecordCheck::Missing, _) => Obstacle::ProofMissing,
            (_, RecordCheck::Missing) => Obstacle::TargetMissing,
        };
        let missing = matches!(reason, Obstacle::ProofMissing | Obstacle::TargetMissing);
        match self {
            Self::Pending { .. } if missing && in_grace_period => Self::Pending { reason: Some(reason) },
            _ => Self::Failed { reason },
        }
    }

    /// Returns the time of the next check after a check at `now`, or `None` if checking stops. `since` as for
    /// [`DomainState::after_check`].
    pub fn next_check(self, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Verified => Some(now + RECHECK),
            _ if now < since + GRACE_PERIOD => Some(now + RETRY),
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

    fn after_check(state: DomainState, proof: RecordCheck, target: RecordCheck, hour: i64) -> DomainState {
        state.after_check(proof, target, at(0), at(hour))
    }

    #[test]
    fn two_right_records_verify_a_domain_in_any_state() {
        let failed = DomainState::Failed { reason: Obstacle::TargetWrong };
        for before in [DomainState::NEW, DomainState::Verified, failed] {
            assert_eq!(after_check(before, RecordCheck::Right, RecordCheck::Right, 1), DomainState::Verified);
        }
    }

    #[test]
    fn a_domain_fails_after_a_week_without_a_record_and_at_once_with_a_wrong_one() {
        let reason = Obstacle::ProofMissing;
        let pending = DomainState::Pending { reason: Some(reason) };
        assert_eq!(after_check(DomainState::NEW, RecordCheck::Missing, RecordCheck::Right, 1), pending);
        assert_eq!(after_check(pending, RecordCheck::Missing, RecordCheck::Missing, 167), pending);
        assert_eq!(
            after_check(pending, RecordCheck::Missing, RecordCheck::Missing, 168),
            DomainState::Failed { reason }
        );
        let failed = |reason| DomainState::Failed { reason };
        assert_eq!(after_check(pending, RecordCheck::Wrong, RecordCheck::Missing, 1), failed(Obstacle::ProofWrong));
        assert_eq!(after_check(pending, RecordCheck::Right, RecordCheck::Wrong, 1), failed(Obstacle::TargetWrong));
    }

    #[test]
    fn a_verified_domain_fails_when_its_record_is_removed() {
        let failed = DomainState::Failed { reason: Obstacle::TargetMissing };
        assert_eq!(after_check(DomainState::Verified, RecordCheck::Right, RecordCheck::Missing, 500), failed);
        assert_eq!(
            after_check(failed, RecordCheck::Right, RecordCheck::Missing, 1),
            failed,
            "a failed domain does not become pending again"
        );
    }

    #[test]
    fn failing_lookups_change_nothing_for_a_week() {
        for before in [DomainState::NEW, DomainState::Verified, DomainState::Failed { reason: Obstacle::ProofWrong }] {
            assert_eq!(after_check(before, RecordCheck::Unknown, RecordCheck::Right, 167), before);
            assert_eq!(after_check(before, RecordCheck::Missing, RecordCheck::Unknown, 1), before);
            let unreachable = DomainState::Failed { reason: Obstacle::Unreachable };
            assert_eq!(after_check(before, RecordCheck::Unknown, RecordCheck::Unknown, 168), unreachable);
        }
    }

    #[test]
    fn a_verified_domain_is_checked_daily_and_any_other_for_a_week() {
        let failed = DomainState::Failed { reason: Obstacle::ProofWrong };
        assert_eq!(DomainState::Verified.next_check(at(0), at(500)), Some(at(524)));
        for state in [DomainState::NEW, failed] {
            assert_eq!(state.next_check(at(0), at(1)), Some(at(1) + SignedDuration::from_mins(10)));
            assert_eq!(state.next_check(at(0), at(168)), None);
        }
    }
}
