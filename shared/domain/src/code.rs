//! Six-digit codes: when one may be sent, and what a guess is worth.
//!
//! The state below is one small value per mail address and purpose. Every transition is pure; the store writes the new
//! state only if nobody else wrote in between, so the limits hold against parallel senders and guessers too.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp};
use serde::{Deserialize, Serialize};

/// How long a code may be used.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
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
    /// Remembers the sending of a new code, which replaces an older one.
    ///
    /// # Errors
    /// [`Wait`] during the cooldown, while sending is locked, and while checking is locked: a fresh code must not be a
    /// way around the guess lock.
    pub fn send(&self, hash: CodeHash, now: Timestamp) -> Result<Self, Wait> {
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
            live: Some(Live { hash, wrong_guesses: 0, expires_at: now + LIFETIME }),
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
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn sent(hash: &str) -> Codes {
        Codes::default().send(hash.into(), at(0)).unwrap()
    }

    #[test]
    fn a_code_is_right_once() {
        let (guess, after) = sent("a").guess("a", at(10));
        assert_eq!(guess, Guess::Right);
        assert_eq!(after.guess("a", at(11)).0, Guess::None);
    }

    #[test]
    fn a_code_lives_five_minutes() {
        assert_eq!(sent("a").guess("a", at(299)).0, Guess::Right);
        assert_eq!(sent("a").guess("a", at(300)).0, Guess::None);
    }

    #[test]
    fn the_third_wrong_guess_voids_the_code_and_locks_checking_for_half_an_hour() {
        let mut codes = sent("a");
        for expected in [Guess::Wrong, Guess::Wrong, Guess::Void(Wait { until: at(1_800) })] {
            let (guess, after) = codes.guess("b", at(0));
            assert_eq!(guess, expected);
            codes = after;
        }
        assert_eq!(codes.guess("a", at(1)).0, Guess::Locked(Wait { until: at(1_800) }));
        assert_eq!(codes.send("c".into(), at(120)), Err(Wait { until: at(1_800) }));
        let codes = codes.send("c".into(), at(1_800)).unwrap();
        assert_eq!(codes.guess("c", at(1_801)).0, Guess::Right);
    }

    #[test]
    fn two_sends_are_a_minute_apart() {
        assert_eq!(sent("a").send("b".into(), at(59)), Err(Wait { until: at(60) }));
        let codes = sent("a").send("b".into(), at(60)).unwrap();
        assert_eq!(codes.guess("a", at(61)).0, Guess::Wrong, "a newer code replaces the older one");
    }

    #[test]
    fn the_sixth_send_in_an_hour_waits_an_hour() {
        let mut codes = Codes::default();
        for n in 0..5 {
            codes = codes.send("a".into(), at(n * 60)).unwrap();
        }
        assert_eq!(codes.send("a".into(), at(300)), Err(Wait { until: at(240 + 3_600) }));
        assert!(codes.send("a".into(), at(240 + 3_600)).is_ok());
    }
}
