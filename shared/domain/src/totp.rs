//! The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when the app is gone.
//!
//! A code is a MAC of the time, and MACs are not ours to compute here: they come in as a function. What a code is worth
//! is decided here. As with mailed codes, the state is one small value with pure transitions, and the store writes the
//! next one only if nobody else wrote in between.

use std::{collections::BTreeSet, fmt};

use data_encoding::BASE32_NOPAD;
use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::{
    Invalid,
    code::{CodeHash, Wait},
};

/// How long an app shows a code, in seconds.
pub const STEP: i64 = 30;
/// So many recovery codes are given out at once.
pub const RECOVERY_CODES: usize = 10;
/// So many wrong guesses in a row lock checking.
pub const GUESSES: u32 = 5;
/// How long checking stays locked at first. Each further lock in a row is twice as long, up to 8 hours: who has the
/// password and may guess three codes in a million 480 times a day is in within a year or two.
pub const LOCK: SignedDuration = SignedDuration::from_mins(15);

/// What an app and we both know: 160 random bits, as RFC 4226, 4, recommends. It never shows itself in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret([u8; 20]);

/// What RFC 3986 lets stand in every place.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Secret {
    /// A secret of random bytes.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// For the MAC, and nothing else.
    pub const fn expose(&self) -> &[u8; 20] {
        &self.0
    }

    /// The secret as people type it into an app.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The secret as apps read it from a picture, with the name that the app will show. Some apps take two accounts of
    /// one name for the same, so the name must differ where the secret does.
    pub fn uri(&self, account: &str) -> String {
        let account = utf8_percent_encode(account, UNRESERVED);
        format!("otpauth://totp/Souk:{account}?secret={}&issuer=Souk&algorithm=SHA1&digits=6&period=30", self.base32())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A code of an app: six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotpCode(u32);

impl TotpCode {
    /// The code that an HMAC-SHA-1 stands for: RFC 4226, 5.3.
    pub fn truncate(mac: &[u8; 20]) -> Self {
        let at = usize::from(mac[19] & 0xf);
        let bits = u32::from_be_bytes([mac[at], mac[at + 1], mac[at + 2], mac[at + 3]]);
        Self((bits & 0x7fff_ffff) % 1_000_000)
    }

    /// Reads what somebody typed. Apps show a gap after the third digit.
    ///
    /// # Errors
    /// `malformed` when it is not six digits.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let digits = without_gaps(raw);
        let number = digits.parse().ok().filter(|_| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()));
        number.map(Self).ok_or_else(|| Invalid::new("malformed", "must be six digits"))
    }

    /// Which step's code it is. The step of the time counts, and one on either side of it for clocks that differ and
    /// codes that are typed slowly; `code_at` gives a step's code.
    pub fn step(self, now: Timestamp, code_at: impl Fn(u64) -> Self) -> Option<u64> {
        let here = u64::try_from(now.as_second().div_euclid(STEP)).unwrap_or_default();
        [here + 1, here, here.saturating_sub(1)].into_iter().find(|&step| code_at(step) == self)
    }
}

impl fmt::Display for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

crate::edge!(TotpCode, { "pattern": "^[0-9]{3} ?[0-9]{3}$", "examples": ["123456"] });

/// A code that stands in for the app once: 50 random bits as two groups of five characters. It never shows itself in a
/// log.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A code of random bytes, of which the last 6 bits are left over.
    pub fn from_bytes(bytes: [u8; 7]) -> Self {
        let text = BASE32_NOPAD.encode(&bytes);
        Self(format!("{}-{}", &text[..5], &text[5..10]))
    }

    /// Reads what somebody typed, whatever the case and the gaps.
    ///
    /// # Errors
    /// `malformed` when it is not ten characters of base32.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = without_gaps(raw).to_ascii_uppercase();
        if text.len() == 10 && text.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')) {
            return Ok(Self(format!("{}-{}", &text[..5], &text[5..])));
        }
        Err(Invalid::new("malformed", "must be ten characters such as MFRGG-ZDFMZ"))
    }

    /// For the person whom it belongs to, and for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

/// What somebody gives as their second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorProof {
    /// A code of their app.
    Code(TotpCode),
    /// A recovery code.
    Recovery(RecoveryCode),
}

impl FactorProof {
    /// Reads what somebody typed. Six digits are a code of an app, ten characters a recovery code.
    ///
    /// # Errors
    /// `malformed` when it is neither.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let code = TotpCode::parse(raw).map(Self::Code);
        code.or_else(|_| RecoveryCode::parse(raw).map(Self::Recovery))
            .map_err(|_| Invalid::new("malformed", "must be six digits, or a recovery code such as MFRGG-ZDFMZ"))
    }
}

crate::edge!(FactorProof, { "examples": ["123456", "MFRGG-ZDFMZ"] });

fn without_gaps(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// What is remembered of a second factor's use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// The newest step whose code was used. RFC 6238, 5.2: a code is good once.
    last_step: u64,
    /// The recovery codes that are left, as keyed hashes.
    recovery: BTreeSet<CodeHash>,
    /// Counts on through a lock, and starts again with a right guess.
    wrong_guesses: u32,
    #[serde(with = "timestamp::millisecond::optional")]
    locked_until: Option<Timestamp>,
}

/// What a guess turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Right. It is used up.
    Right,
    /// A code that was right once: a form that was sent twice, or an eavesdropper. It does not count as a guess.
    Spent,
    /// Wrong.
    Wrong,
    /// Checking is locked: from before, or by this guess.
    Locked(Wait),
}

impl Uses {
    /// Weighs a code of an app, by the step that [`TotpCode::step`] found, and gives the state after it.
    pub fn code(&self, step: Option<u64>, now: Timestamp) -> (Check, Self) {
        match (self.lock(now), step) {
            (Some(wait), _) => (Check::Locked(wait), self.clone()),
            (None, None) => self.wrong(now),
            (None, Some(step)) if step <= self.last_step => (Check::Spent, self.clone()),
            (None, Some(last_step)) => (Check::Right, Self { last_step, ..self.right() }),
        }
    }

    /// Weighs a recovery code by its keyed hash, and gives the state after it.
    pub fn recovery_code(&self, hash: &str, now: Timestamp) -> (Check, Self) {
        if let Some(wait) = self.lock(now) {
            return (Check::Locked(wait), self.clone());
        }
        let mut right = self.right();
        // The set holds keyed hashes of our own making, so comparing them leaks nothing about the codes.
        if right.recovery.remove(hash) { (Check::Right, right) } else { self.wrong(now) }
    }

    /// The state with other recovery codes; those of before are void.
    #[must_use]
    pub fn with_recovery_codes(self, recovery: BTreeSet<CodeHash>) -> Self {
        Self { recovery, ..self }
    }

    /// How many recovery codes are left.
    pub fn recovery_codes_left(&self) -> u32 {
        u32::try_from(self.recovery.len()).unwrap_or(u32::MAX)
    }

    fn lock(&self, now: Timestamp) -> Option<Wait> {
        self.locked_until.filter(|&until| now < until).map(|until| Wait { until })
    }

    fn right(&self) -> Self {
        Self { wrong_guesses: 0, locked_until: None, ..self.clone() }
    }

    fn wrong(&self, now: Timestamp) -> (Check, Self) {
        let wrong_guesses = self.wrong_guesses.saturating_add(1);
        let counted = Self { wrong_guesses, locked_until: None, ..self.clone() };
        if !wrong_guesses.is_multiple_of(GUESSES) {
            return (Check::Wrong, counted);
        }
        let until = now + LOCK * (1 << (wrong_guesses / GUESSES - 1).min(5));
        (Check::Locked(Wait { until }), Self { locked_until: Some(until), ..counted })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    /// Stands in for the MAC: neighbouring steps have different codes.
    fn code_at(step: u64) -> TotpCode {
        TotpCode(u32::try_from(step % 1_000_000).unwrap())
    }

    /// What a newcomer has: ten recovery codes, nothing used.
    fn fresh() -> Uses {
        Uses::default().with_recovery_codes((0..10).map(|n| format!("hash {n}")).collect())
    }

    proptest! {
        #[test]
        fn a_code_is_right_exactly_in_its_step_and_the_two_around_it(second in 60i64..4_000_000_000, off in -5i64..=5) {
            let now = Timestamp::from_second(second).unwrap();
            let step = second / STEP + off;
            let step = u64::try_from(step).unwrap_or_default();
            let found = code_at(step).step(now, code_at);
            prop_assert_eq!(found, (off.abs() <= 1).then_some(step));
        }

        #[test]
        fn the_steps_that_are_accepted_only_ever_go_up(steps: Vec<u8>) {
            let mut uses = fresh();
            let mut accepted = Vec::new();
            for step in steps {
                let (check, next) = uses.code(Some(u64::from(step)), at(0));
                if check == Check::Right {
                    accepted.push(step);
                }
                uses = next;
            }
            prop_assert!(accepted.is_sorted_by(|a, b| a < b), "{accepted:?}");
        }

        #[test]
        fn every_recovery_code_reads_back_as_itself(bytes: [u8; 7]) {
            let code = RecoveryCode::from_bytes(bytes);
            prop_assert_eq!(RecoveryCode::parse(code.expose()), Ok(code.clone()));
            let typed = code.expose().replace('-', " ").to_lowercase();
            prop_assert_eq!(FactorProof::parse(&typed), Ok(FactorProof::Recovery(code)));
        }

        #[test]
        fn no_text_makes_a_proof_panic(raw in ".*") {
            let _ = FactorProof::parse(&raw);
        }
    }

    #[test]
    fn a_mac_is_truncated_as_in_the_example_of_rfc_4226() {
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19, 0xda, 0x8e, 0x94, 0x5b,
            0x55, 0x5a,
        ];
        assert_eq!(TotpCode::truncate(&mac).to_string(), "872921");
    }

    #[test]
    fn six_digits_are_a_code_and_nothing_else_is() {
        assert_eq!(TotpCode::parse(" 012 345").unwrap().to_string(), "012345");
        for raw in ["12345", "1234567", "12345a", "+12345", "١٢٣٤٥٦", "MFRGG-ZDFM1", "MFRGGZDFMZA", ""] {
            assert_eq!(FactorProof::parse(raw).unwrap_err().code, "malformed", "{raw}");
        }
    }

    #[test]
    fn a_code_is_right_once_and_its_repetition_is_no_guess() {
        let (check, uses) = fresh().code(Some(7), at(0));
        assert_eq!(check, Check::Right);
        assert_eq!(uses.code(Some(7), at(1)), (Check::Spent, uses.clone()));
        assert_eq!(uses.code(Some(6), at(1)).0, Check::Spent);
        assert_eq!(uses.code(Some(8), at(1)).0, Check::Right);
    }

    #[test]
    fn a_recovery_code_is_right_once() {
        let (check, uses) = fresh().recovery_code("hash 3", at(0));
        assert_eq!((check, uses.recovery_codes_left()), (Check::Right, 9));
        assert_eq!(uses.recovery_code("hash 3", at(1)).0, Check::Wrong);
    }

    #[test]
    fn the_fifth_wrong_guess_in_a_row_locks_and_each_further_lock_is_twice_as_long_up_to_eight_hours() {
        let (mut uses, mut now) = (fresh(), 0);
        for minutes in [15, 30, 60, 120, 240, 480, 480] {
            for _ in 0..4 {
                let (check, next) = uses.code(None, at(now));
                assert_eq!(check, Check::Wrong);
                uses = next;
            }
            let until = now + minutes * 60;
            let (check, next) = uses.recovery_code("nothing like it", at(now));
            assert_eq!(check, Check::Locked(Wait { until: at(until) }));
            assert_eq!(next.code(Some(7), at(until - 1)), (check, next.clone()), "also for the right code");
            (uses, now) = (next, until);
        }
        assert_eq!(uses.code(Some(7), at(now)).0, Check::Right);
    }

    #[test]
    fn a_right_guess_starts_the_count_again() {
        let mut uses = fresh();
        for step in 1..=20 {
            uses = uses.code(None, at(0)).1;
            let (check, next) = uses.code(Some(step), at(0));
            assert_eq!(check, Check::Right);
            uses = next;
        }
    }

    #[test]
    fn a_secret_is_told_to_apps_and_not_to_logs() {
        let secret = Secret::from_bytes(*b"12345678901234567890");
        assert_eq!(
            secret.uri("ann+shop@example.com (seller)"),
            "otpauth://totp/Souk:ann%2Bshop%40example.com%20%28seller%29?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Souk&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(format!("{:?}", RecoveryCode::from_bytes([0; 7])), "RecoveryCode(..)");
    }
}
