//! Six-digit codes: when one may be sent, and what a guess is worth.
//!
//! The state below is one small value per mail address and purpose: who asks for codes to sign in with does not use up
//! what the same address may ask for to reset a password. Every transition is pure; the store writes the new state only
//! if nobody else wrote in between, so the limits hold against parallel senders and guessers too.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp};
use serde::{Deserialize, Serialize};

/// What a mailed code is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To prove a new account's address.
    #[default]
    ConfirmRegistration,
    /// To sign in without a password.
    SignIn,
    /// To choose a new password.
    ResetPassword,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::ConfirmRegistration, Self::SignIn, Self::ResetPassword];

    /// How long a code may be used.
    pub const fn lifetime(self) -> SignedDuration {
        match self {
            Self::ConfirmRegistration | Self::ResetPassword => SignedDuration::from_mins(5),
            Self::SignIn => SignedDuration::from_mins(2),
        }
    }
}

/// The least time between two sends to one address.
pub const COOLDOWN: SignedDuration = SignedDuration::from_secs(60);
/// So many sends in an hour are the last before sending locks.
pub const SENDS_PER_HOUR: usize = 5;
/// How long sending stays locked.
pub const SEND_LOCK: SignedDuration = SignedDuration::from_hours(1);
/// So many wrong guesses void a code.
pub const GUESSES: u8 = 3;
/// How long checking stays locked after the last wrong guess.
pub const CHECK_LOCK: SignedDuration = SignedDuration::from_mins(30);

/// A keyed hash of a code. The code itself is never stored.
pub type CodeHash = String;

/// What is remembered of the codes sent to one address for one purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// The times of the sends in the last hour, in milliseconds since 1970, oldest first.
    sends: Vec<i64>,
    live: Option<Live>,
    #[serde(with = "timestamp::millisecond::optional")]
    send_locked_until: Option<Timestamp>,
    #[serde(with = "timestamp::millisecond::optional")]
    check_locked_until: Option<Timestamp>,
}

/// The one code that may be used now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Live {
    hash: CodeHash,
    wrong_guesses: u8,
    #[serde(with = "timestamp::millisecond::required")]
    expires_at: Timestamp,
}

/// A refusal that names the time from which it no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not before {until}")]
pub struct Wait {
    /// When to try again.
    pub until: Timestamp,
}

/// What a guess turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    /// The code. It is used up.
    Right,
    /// Not the code, which still stands.
    Wrong,
    /// Not the code, and the last guess: the code is void and checking locked.
    Void(Wait),
    /// Checking is locked from before.
    Locked(Wait),
    /// There is no code that could be right: none was sent, it expired or it was used.
    None,
}

impl Codes {
    /// Remembers the sending of a new code, which replaces an older one and lives as long as its purpose allows.
    ///
    /// # Errors
    /// [`Wait`] during the cooldown, while sending is locked, and while checking is locked: a fresh code must not be a
    /// way around the guess lock.
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

    /// Weighs a guess and gives the state after it.
    pub fn guess(&self, hash: &str, now: Timestamp) -> (Guess, Self) {
        if let Some(until) = self.check_locked_until.filter(|&until| now < until) {
            return (Guess::Locked(Wait { until }), self.clone());
        }
        let Some(live) = self.live.as_ref().filter(|live| now < live.expires_at) else {
            return (Guess::None, self.clone());
        };
        // Both are keyed hashes of our own making, so comparing them leaks nothing about the code.
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

    /// From when on nothing of this matters any more.
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
    use Do::{Ask, Try};
    use Then::{Locked, Nothing, Refused, Right, Sent, Void, Wrong};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// The hour, the half hour and the minute in seconds.
    const H: i64 = 3_600;
    const HALF: i64 = 1_800;
    const MIN: i64 = 60;

    type Story = &'static [(i64, Do, Then)];

    /// What happens at a second of the fixed clock, and what comes of it. Times of refusals are seconds of that clock.
    const STORIES: &[(&str, Purpose, Story)] = &[
        ("a code is right once", SignIn, &[(0, Ask("a"), Sent), (10, Try("a"), Right), (11, Try("a"), Nothing)]),
        ("no code was sent", SignIn, &[(0, Try("a"), Nothing)]),
        (
            "a registration is confirmed in its last second",
            ConfirmRegistration,
            &[(0, Ask("a"), Sent), (299, Try("a"), Right)],
        ),
        ("and not after it", ConfirmRegistration, &[(0, Ask("a"), Sent), (300, Try("a"), Nothing)]),
        ("a sign-in is done within two minutes", SignIn, &[(0, Ask("a"), Sent), (119, Try("a"), Right)]),
        ("and not after them", SignIn, &[(0, Ask("a"), Sent), (120, Try("a"), Nothing)]),
        ("a password is reset within five minutes", ResetPassword, &[(0, Ask("a"), Sent), (299, Try("a"), Right)]),
        ("and not after them", ResetPassword, &[(0, Ask("a"), Sent), (300, Try("a"), Nothing)]),
        (
            "a wrong guess at an expired code counts for nothing",
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
            "two sends are a minute apart, and the newer code alone is good",
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
            "a used code does not shorten the minute",
            SignIn,
            &[(0, Ask("a"), Sent), (5, Try("a"), Right), (6, Ask("b"), Refused(MIN)), (MIN, Ask("b"), Sent)],
        ),
        (
            "the sixth send in an hour waits for an hour after the fifth",
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
            "the fifth code itself is good",
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
            "five sends in more than an hour lock nothing",
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
            "the third wrong guess voids the code and locks checking for half an hour",
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
            "a new code is no way around that lock",
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
    enum Do {
        Ask(&'static str),
        Try(&'static str),
    }

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Then {
        Sent,
        Refused(i64),
        Right,
        Wrong,
        Void(i64),
        Locked(i64),
        Nothing,
    }

    fn happen(codes: &mut Codes, purpose: Purpose, second: i64, what: Do) -> Then {
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
    fn the_stories_go_as_they_are_told() {
        for (title, purpose, story) in STORIES {
            let mut codes = Codes::default();
            for &(second, what, then) in *story {
                assert_eq!(happen(&mut codes, *purpose, second, what), then, "{title}: {what:?} at {second}");
            }
        }
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_the_policy_gives(
            purpose in select(&Purpose::ALL),
            happenings in prop::collection::vec((1i64..2_000, select(&[Ask("a"), Try("b")])), 0..200),
        ) {
            let (mut codes, mut now) = (Codes::default(), 0);
            let (mut sends, mut wrong) = (Vec::<i64>::new(), 0);
            for (pause, what) in happenings {
                now += pause;
                match happen(&mut codes, purpose, now, what) {
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
        fn what_is_forgotten_would_have_changed_nothing(pauses in prop::collection::vec((1i64..600, select(&[Ask("a"), Try("b")])), 1..40)) {
            let (mut codes, mut now) = (Codes::default(), 0);
            for (pause, what) in pauses {
                now += pause;
                happen(&mut codes, SignIn, now, what);
            }
            let later = codes.forgotten_at(at(now));
            prop_assert_eq!(codes.guess("a", later).0, Guess::None);
            let (kept, fresh) = (codes.send(SignIn, "c".into(), later), Codes::default().send(SignIn, "c".into(), later));
            prop_assert_eq!(kept, fresh);
        }
    }
}
