//! The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for a lost app.
//!
//! A code is derived from a MAC of the time. The MAC is computed elsewhere and passed in as a function. Here is decided
//! whether a code is accepted. As with mailed codes, the state is one small value with pure transitions, and the store
//! writes the next state only if nobody else wrote in between.

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
/// How many recovery codes are issued at once.
pub const RECOVERY_CODES: usize = 10;
/// How many wrong guesses in a row lock guessing.
pub const GUESSES: u32 = 5;
/// How long guessing stays locked the first time. Each further lock in a row is twice as long, up to 8 hours. Without
/// this growth, an attacker who has the password and may guess three codes in a million 480 times a day would succeed
/// within a year or two.
pub const LOCK: SignedDuration = SignedDuration::from_mins(15);

/// The secret that an app shares with the server: 160 random bits, as RFC 4226, 4, recommends. `Debug` does not print
/// it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret([u8; 20]);

/// The characters that RFC 3986 allows everywhere.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Secret {
    /// Makes a secret from random bytes.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for the MAC only.
    pub const fn expose(&self) -> &[u8; 20] {
        &self.0
    }

    /// Returns the secret in the form that people type into an app.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// Returns the URI that apps read from a QR code, with the account name that the app shows. Some apps take two
    /// accounts with one name for the same account, so different secrets need different names.
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
    /// Returns the code of an HMAC-SHA-1: RFC 4226, 5.3.
    pub fn truncate(mac: &[u8; 20]) -> Self {
        let at = usize::from(mac[19] & 0xf);
        let bits = u32::from_be_bytes([mac[at], mac[at + 1], mac[at + 2], mac[at + 3]]);
        Self((bits & 0x7fff_ffff) % 1_000_000)
    }

    /// Parses an entered code. Apps show a gap after the third digit.
    ///
    /// # Errors
    /// `malformed` if it is not six digits.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let digits = without_gaps(raw);
        let number = digits.parse().ok().filter(|_| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()));
        number.map(Self).ok_or_else(|| Invalid::new("malformed", "must consist of six digits"))
    }

    /// Returns the time step of the code. The current step is accepted, and one before and after it for clocks that
    /// differ and codes that are typed slowly. `code_at` returns the code of a step.
    pub fn step(self, now: Timestamp, code_at: impl Fn(u64) -> Self) -> Option<u64> {
        let current = u64::try_from(now.as_second().div_euclid(STEP)).unwrap_or_default();
        [current + 1, current, current.saturating_sub(1)].into_iter().find(|&step| code_at(step) == self)
    }
}

impl fmt::Display for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// Six digits, with gaps wherever somebody typed some.
const CODE: &str = concat!("^", crate::space!("-"), "*([0-9]", crate::space!("-"), "*){6}$");

crate::edge!(TotpCode, { "pattern": CODE, "examples": ["123456"] });

/// A code that replaces the app once: 50 random bits as two groups of five characters. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Makes a code from random bytes. The last 6 bits are not used.
    pub fn from_bytes(bytes: [u8; 7]) -> Self {
        let text = BASE32_NOPAD.encode(&bytes);
        Self(format!("{}-{}", &text[..5], &text[5..10]))
    }

    /// Parses an entered code, in any case and with any gaps.
    ///
    /// # Errors
    /// `malformed` if it is not ten characters of base32.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = without_gaps(raw).to_ascii_uppercase();
        if text.len() == 10 && text.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')) {
            return Ok(Self(format!("{}-{}", &text[..5], &text[5..])));
        }
        Err(Invalid::new("malformed", "must be a recovery code of ten characters such as MFRGG-ZDFMZ"))
    }

    /// Returns the text, for its owner and for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

/// A second factor that somebody has entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorProof {
    /// A code of their app.
    Code(TotpCode),
    /// A recovery code.
    Recovery(RecoveryCode),
}

impl FactorProof {
    /// Parses an entered second factor. Six digits are a code of an app, ten characters a recovery code.
    ///
    /// # Errors
    /// `malformed` if it is neither.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let code = TotpCode::parse(raw).map(Self::Code);
        code.or_else(|_| RecoveryCode::parse(raw).map(Self::Recovery)).map_err(|_| {
            Invalid::new("malformed", "must be a code of six digits, or a recovery code such as MFRGG-ZDFMZ")
        })
    }
}

/// Six digits or ten characters of base32, with gaps wherever somebody typed some.
const PROOF: &str = concat!(
    "^",
    crate::space!("-"),
    "*(([0-9]",
    crate::space!("-"),
    "*){6}|([A-Za-z2-7]",
    crate::space!("-"),
    "*){10})$"
);

crate::edge!(FactorProof, { "pattern": PROOF, "examples": ["123456", "MFRGG-ZDFMZ"] });

fn without_gaps(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// The state of a second factor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// The newest time step whose code was used. A code is valid once (RFC 6238, 5.2).
    last_step: u64,
    /// The keyed hashes of the unused recovery codes.
    recovery: BTreeSet<CodeHash>,
    /// The wrong guesses in a row. Locks do not reset it; a right guess does.
    wrong_guesses: u32,
    #[serde(with = "timestamp::millisecond::optional")]
    locked_until: Option<Timestamp>,
}

/// The result of a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Right. The code is used up.
    Right,
    /// A code that was used before: a form that was sent twice, or an eavesdropper. It does not count as a guess.
    Spent,
    /// Wrong.
    Wrong,
    /// Guessing is locked, from before or because of this guess.
    Locked(Wait),
}

impl Uses {
    /// Judges a code of an app by the step that [`TotpCode::step`] found. Returns the result and the state after it.
    pub fn code(&self, step: Option<u64>, now: Timestamp) -> (Check, Self) {
        match (self.lock(now), step) {
            (Some(wait), _) => (Check::Locked(wait), self.clone()),
            (None, None) => self.wrong(now),
            (None, Some(step)) if step <= self.last_step => (Check::Spent, self.clone()),
            (None, Some(last_step)) => (Check::Right, Self { last_step, ..self.right() }),
        }
    }

    /// Judges a recovery code by its keyed hash. Returns the result and the state after it.
    pub fn recovery_code(&self, hash: &str, now: Timestamp) -> (Check, Self) {
        if let Some(wait) = self.lock(now) {
            return (Check::Locked(wait), self.clone());
        }
        let mut right = self.right();
        // The set holds keyed hashes that this program made, so the comparison reveals nothing about the codes.
        if right.recovery.remove(hash) { (Check::Right, right) } else { self.wrong(now) }
    }

    /// Returns the state with new recovery codes, which replace the old ones.
    #[must_use]
    pub fn with_recovery_codes(self, recovery: BTreeSet<CodeHash>) -> Self {
        Self { recovery, ..self }
    }

    /// Returns the number of unused recovery codes.
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

    /// Replaces the MAC: neighbouring steps have different codes.
    fn code_at(step: u64) -> TotpCode {
        TotpCode(u32::try_from(step % 1_000_000).unwrap())
    }

    /// Returns the state of a new second factor with ten recovery codes.
    fn fresh() -> Uses {
        Uses::default().with_recovery_codes((0..10).map(|n| format!("hash {n}")).collect())
    }

    proptest! {
        #[test]
        fn a_code_is_accepted_in_its_step_and_the_two_around_it(second in 60i64..4_000_000_000, off in -5i64..=5) {
            let now = Timestamp::from_second(second).unwrap();
            let step = second / STEP + off;
            let step = u64::try_from(step).unwrap_or_default();
            let found = code_at(step).step(now, code_at);
            prop_assert_eq!(found, (off.abs() <= 1).then_some(step));
        }

        #[test]
        fn accepted_steps_always_increase(steps: Vec<u8>) {
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
        fn a_recovery_code_survives_writing_and_reading(bytes: [u8; 7]) {
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
    fn only_six_digits_are_a_code() {
        assert_eq!(TotpCode::parse(" 012 345").unwrap().to_string(), "012345");
        for raw in ["12345", "1234567", "12345a", "+12345", "١٢٣٤٥٦", "MFRGG-ZDFM1", "MFRGGZDFMZA", ""] {
            assert_eq!(FactorProof::parse(raw).unwrap_err().code, "malformed", "{raw}");
        }
    }

    #[test]
    fn a_code_is_accepted_once_and_its_repetition_is_not_a_guess() {
        let (check, uses) = fresh().code(Some(7), at(0));
        assert_eq!(check, Check::Right);
        assert_eq!(uses.code(Some(7), at(1)), (Check::Spent, uses.clone()));
        assert_eq!(uses.code(Some(6), at(1)).0, Check::Spent);
        assert_eq!(uses.code(Some(8), at(1)).0, Check::Right);
    }

    #[test]
    fn a_recovery_code_is_accepted_once() {
        let (check, uses) = fresh().recovery_code("hash 3", at(0));
        assert_eq!((check, uses.recovery_codes_left()), (Check::Right, 9));
        assert_eq!(uses.recovery_code("hash 3", at(1)).0, Check::Wrong);
    }

    #[test]
    fn the_fifth_wrong_guess_locks_and_each_further_lock_is_twice_as_long_up_to_eight_hours() {
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
    fn a_right_guess_resets_the_count() {
        let mut uses = fresh();
        for step in 1..=20 {
            uses = uses.code(None, at(0)).1;
            let (check, next) = uses.code(Some(step), at(0));
            assert_eq!(check, Check::Right);
            uses = next;
        }
    }

    #[test]
    fn a_secret_is_in_the_uri_and_not_in_debug_output() {
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
