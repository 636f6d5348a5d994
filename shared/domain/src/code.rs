//! Six-digit mailed codes: when one may be sent, and how a guess is judged.
//!
//! There is one small state per mail address and purpose, so that requests for sign-in codes do not use up the limit
//! for password resets. Every transition is a pure function. The store writes the new state only if nobody else wrote
//! in between, so the limits hold against parallel requests too.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp};
use serde::{Deserialize, Serialize};

/// The purpose of a mailed code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To prove that an address belongs to a new account.
    #[default]
    ConfirmRegistration,
    /// To sign in without a password.
    SignIn,
    /// To choose a new password.
    ResetPassword,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 3] = [Self::ConfirmRegistration, Self::SignIn, Self::ResetPassword];

    /// Returns how long a code is valid.
    pub const fn lifetime(self) -> SignedDuration {
        match self {
            Self::ConfirmRegistration | Self::ResetPassword => SignedDuration::from_mins(5),
            Self::SignIn => SignedDuration::from_mins(2),
        }
    }
}

/// The minimum time between two codes to one address.
pub const COOLDOWN: SignedDuration = SignedDuration::from_secs(60);
/// The number of codes in an hour after which sending is locked.
pub const SENDS_PER_HOUR: usize = 5;
/// How long sending stays locked.
pub const SEND_LOCK: SignedDuration = SignedDuration::from_hours(1);
/// The number of wrong guesses that void a code.
pub const GUESSES: u8 = 3;
/// How long guessing stays locked after the last wrong guess.
pub const CHECK_LOCK: SignedDuration = SignedDuration::from_mins(30);

/// A keyed hash of a code. The code itself is never stored.
pub type CodeHash = String;

/// The state of the codes that were sent to one address for one purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// The times of the codes sent in the last hour, in milliseconds since 1970, the oldest first.
    sends: Vec<i64>,
    live: Option<Live>,
    #[serde(with = "timestamp::millisecond::optional")]
    send_locked_until: Option<Timestamp>,
    #[serde(with = "timestamp::millisecond::optional")]
    check_locked_until: Option<Timestamp>,
}

/// The one code that is valid now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Live {
    hash: CodeHash,
    wrong_guesses: u8,
    #[serde(with = "timestamp::millisecond::required")]
    expires_at: Timestamp,
}

/// A refusal with the time at which it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not before {until}")]
pub struct Wait {
    /// When to try again.
    pub until: Timestamp,
}

/// The result of a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    /// Right. The code is used up.
    Right,
    /// Wrong. The code is still valid.
    Wrong,
    /// Wrong, and the last guess: the code is void and guessing is locked.
    Void(Wait),
    /// Guessing was locked before.
    Locked(Wait),
    /// There is no valid code: none was sent, it expired or it was used.
    None,
}

impl Codes {
    /// Returns the state after sending a new code. The new code replaces an older one and is valid for the lifetime of
    /// its purpose.
    ///
    /// # Errors
    /// [`Wait`] during the cooldown, while sending is locked, and while guessing is locked: a new code must not
    /// circumvent the lock on guessing.
    pub fn send(&self, purpose: Purpose, hash: CodeHash, now: Timestamp) -> Result<Self, Wait> {
        for until in [self.send_locked_until, self.check_locked_until].into_iter().flatten() {
            if now < until {
                return Err(Wait { until });
            }
        }
        let hour_ago = (now - SignedDuration::from_hours(1)).as_millisecond();
        let mut sends: Vec<i64> = self.sends.iter().copied().filter(|&at| at > hour_ago).collect();
        if let Some(&last) = sends.last() {
            let until = Timestamp::from_millisecond(last).unwrap_or(now) + COOLDOWN;
            if now < until {
                return Err(Wait { until });
            }
        }
        sends.push(now.as_millisecond());
        let send_locked_until = (sends.len() >= SENDS_PER_HOUR).then(|| now + SEND_LOCK);
        Ok(Self {
            sends,
            live: Some(Live { hash, wrong_guesses: 0, expires_at: now + purpose.lifetime() }),
            send_locked_until,
            check_locked_until: None,
        })
    }

    /// Judges a guess. Returns the result and the state after it.
    pub fn guess(&self, hash: &str, now: Timestamp) -> (Guess, Self) {
        if let Some(until) = self.check_locked_until.filter(|&until| now < until) {
            return (Guess::Locked(Wait { until }), self.clone());
        }
        let Some(live) = self.live.as_ref().filter(|live| now < live.expires_at) else {
            return (Guess::None, self.clone());
        };
        // Both are keyed hashes that this program made, so the comparison reveals nothing about the code.
        if live.hash == hash {
            return (Guess::Right, Self { live: None, ..self.clone() });
        }
        let wrong_guesses = live.wrong_guesses + 1;
        if wrong_guesses >= GUESSES {
            let until = now + CHECK_LOCK;
            return (Guess::Void(Wait { until }), Self { live: None, check_locked_until: Some(until), ..self.clone() });
        }
        (Guess::Wrong, Self { live: Some(Live { wrong_guesses, ..live.clone() }), ..self.clone() })
    }

    /// Returns the time after which this state has no effect any more.
    pub fn forgotten_at(&self, now: Timestamp) -> Timestamp {
        let locks = [self.send_locked_until, self.check_locked_until];
        locks.into_iter().flatten().fold(now + SignedDuration::from_hours(1), Timestamp::max)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::{
        Purpose::{ConfirmRegistration, ResetPassword, SignIn},
        *,
    };
    use Action::{Ask, Try};
    use Outcome::{Locked, Nothing, Refused, Right, Sent, Void, Wrong};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// An hour, half an hour and a minute, in seconds.
    const H: i64 = 3_600;
    const HALF: i64 = 1_800;
    const MIN: i64 = 60;

    type Steps = &'static [(i64, Action, Outcome)];

    /// Actions at seconds of a fixed clock, with their results. The times of refusals are seconds of that clock.
    const SCENARIOS: &[(&str, Purpose, Steps)] = &[
        ("a code is right once", SignIn, &[(0, Ask("a"), Sent), (10, Try("a"), Right), (11, Try("a"), Nothing)]),
        ("no code was sent", SignIn, &[(0, Try("a"), Nothing)]),
        (
            "a registration code is valid for five minutes",
            ConfirmRegistration,
            &[(0, Ask("a"), Sent), (299, Try("a"), Right)],
        ),
        (
            "a registration code expires after five minutes",
            ConfirmRegistration,
            &[(0, Ask("a"), Sent), (300, Try("a"), Nothing)],
        ),
        ("a sign-in code is valid for two minutes", SignIn, &[(0, Ask("a"), Sent), (119, Try("a"), Right)]),
        ("a sign-in code expires after two minutes", SignIn, &[(0, Ask("a"), Sent), (120, Try("a"), Nothing)]),
        ("a reset code is valid for five minutes", ResetPassword, &[(0, Ask("a"), Sent), (299, Try("a"), Right)]),
        ("a reset code expires after five minutes", ResetPassword, &[(0, Ask("a"), Sent), (300, Try("a"), Nothing)]),
        (
            "a wrong guess at an expired code does not count",
            SignIn,
            &[
                (0, Ask("a"), Sent),
                (120, Try("b"), Nothing),
                (121, Try("b"), Nothing),
                (122, Try("b"), Nothing),
                (123, Ask("c"), Sent),
            ],
        ),
        (
            "two codes are a minute apart, and only the newer one is valid",
            ResetPassword,
            &[
                (0, Ask("a"), Sent),
                (1, Ask("b"), Refused(MIN)),
                (59, Ask("b"), Refused(MIN)),
                (MIN, Ask("b"), Sent),
                (61, Try("a"), Wrong),
                (62, Try("b"), Right),
            ],
        ),
        (
            "using a code does not shorten the cooldown",
            SignIn,
            &[(0, Ask("a"), Sent), (5, Try("a"), Right), (6, Ask("b"), Refused(MIN)), (MIN, Ask("b"), Sent)],
        ),
        (
            "the sixth code in an hour is sent an hour after the fifth",
            ConfirmRegistration,
            &[
                (0, Ask("a"), Sent),
                (MIN, Ask("b"), Sent),
                (2 * MIN, Ask("c"), Sent),
                (3 * MIN, Ask("d"), Sent),
                (4 * MIN, Ask("e"), Sent),
                (5 * MIN, Ask("f"), Refused(4 * MIN + H)),
                (4 * MIN + H - 1, Ask("f"), Refused(4 * MIN + H)),
                (4 * MIN + H, Ask("f"), Sent),
            ],
        ),
        (
            "the fifth code itself is valid",
            SignIn,
            &[
                (0, Ask("a"), Sent),
                (MIN, Ask("b"), Sent),
                (2 * MIN, Ask("c"), Sent),
                (3 * MIN, Ask("d"), Sent),
                (4 * MIN, Ask("e"), Sent),
                (5 * MIN, Try("e"), Right),
            ],
        ),
        (
            "five codes in more than an hour lock nothing",
            SignIn,
            &[
                (0, Ask("a"), Sent),
                (20 * MIN, Ask("b"), Sent),
                (40 * MIN, Ask("c"), Sent),
                (H, Ask("d"), Sent),
                (H + 20 * MIN, Ask("e"), Sent),
                (H + 40 * MIN, Ask("f"), Sent),
            ],
        ),
        (
            "the third wrong guess voids the code and locks guessing for half an hour",
            SignIn,
            &[
                (0, Ask("a"), Sent),
                (1, Try("b"), Wrong),
                (2, Try("c"), Wrong),
                (3, Try("d"), Void(3 + HALF)),
                (4, Try("a"), Locked(3 + HALF)),
                (2 + HALF, Try("a"), Locked(3 + HALF)),
                (3 + HALF, Try("a"), Nothing),
            ],
        ),
        (
            "a new code does not circumvent the lock on guessing",
            ConfirmRegistration,
            &[
                (0, Ask("a"), Sent),
                (1, Try("b"), Wrong),
                (2, Try("b"), Wrong),
                (3, Try("b"), Void(3 + HALF)),
                (2 * MIN, Ask("c"), Refused(3 + HALF)),
                (3 + HALF, Ask("c"), Sent),
                (4 + HALF, Try("c"), Right),
            ],
        ),
        (
            "a new code has its own three guesses",
            SignIn,
            &[
                (0, Ask("a"), Sent),
                (1, Try("x"), Wrong),
                (2, Try("x"), Wrong),
                (MIN, Ask("b"), Sent),
                (61, Try("x"), Wrong),
                (62, Try("x"), Wrong),
                (63, Try("b"), Right),
            ],
        ),
    ];

    #[derive(Debug, Clone, Copy)]
    enum Action {
        Ask(&'static str),
        Try(&'static str),
    }

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Outcome {
        Sent,
        Refused(i64),
        Right,
        Wrong,
        Void(i64),
        Locked(i64),
        Nothing,
    }

    fn perform(codes: &mut Codes, purpose: Purpose, second: i64, what: Action) -> Outcome {
        let second_of = |wait: Wait| wait.until.as_second() - at(0).as_second();
        match what {
            Ask(hash) => match codes.send(purpose, hash.to_owned(), at(second)) {
                Ok(after) => {
                    *codes = after;
                    Sent
                }
                Err(wait) => Refused(second_of(wait)),
            },
            Try(hash) => {
                let (guess, after) = codes.guess(hash, at(second));
                *codes = after;
                match guess {
                    Guess::Right => Right,
                    Guess::Wrong => Wrong,
                    Guess::Void(wait) => Void(second_of(wait)),
                    Guess::Locked(wait) => Locked(second_of(wait)),
                    Guess::None => Nothing,
                }
            }
        }
    }

    #[test]
    fn every_scenario_has_the_expected_results() {
        for (title, purpose, steps) in SCENARIOS {
            let mut codes = Codes::default();
            for &(second, what, then) in *steps {
                assert_eq!(perform(&mut codes, *purpose, second, what), then, "{title}: {what:?} at {second}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_limits_hold_for_every_sequence_of_actions(
            purpose in select(&Purpose::ALL),
            actions in prop::collection::vec((1i64..2_000, select(&[Ask("a"), Try("b")])), 0..200),
        ) {
            let (mut codes, mut now) = (Codes::default(), 0);
            let (mut sends, mut wrong) = (Vec::<i64>::new(), 0);
            for (pause, what) in actions {
                now += pause;
                match perform(&mut codes, purpose, now, what) {
                    Sent => {
                        prop_assert!(sends.last().is_none_or(|last| now - last >= 60));
                        prop_assert!(sends.iter().filter(|&&sent| now - sent < 3_600).count() < 5);
                        sends.push(now);
                        wrong = 0;
                    }
                    Refused(until) | Locked(until) => prop_assert!(now < until),
                    Wrong | Void(_) => {
                        wrong += 1;
                        prop_assert!(wrong <= 3);
                        prop_assert!(sends.last().is_some_and(|sent| now - sent < purpose.lifetime().as_secs()));
                    }
                    Right | Nothing => {}
                }
            }
        }

        #[test]
        fn an_irrelevant_state_behaves_like_a_new_one(pauses in prop::collection::vec((1i64..600, select(&[Ask("a"), Try("b")])), 1..40)) {
            let (mut codes, mut now) = (Codes::default(), 0);
            for (pause, what) in pauses {
                now += pause;
                perform(&mut codes, SignIn, now, what);
            }
            let later = codes.forgotten_at(at(now));
            prop_assert_eq!(codes.guess("a", later).0, Guess::None);
            let (kept, fresh) = (codes.send(SignIn, "c".into(), later), Codes::default().send(SignIn, "c".into(), later));
            prop_assert_eq!(kept, fresh);
        }
    }
}
