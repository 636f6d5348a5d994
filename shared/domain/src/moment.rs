//! Moments that people name.

use jiff::Timestamp;

use crate::Invalid;

/// A moment within this age, in whole milliseconds: `2026-11-21T05:39:12Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// Reads RFC 3339. What is finer than a millisecond is left off, as the table leaves it off.
    ///
    /// # Errors
    /// `malformed`; `out_of_range` for what lies before 2000 or after 2199.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::new("malformed", "must be a time such as 2026-11-21T05:39:12Z");
        let exact: Timestamp = raw.parse().map_err(|_| malformed())?;
        let moment = Timestamp::from_millisecond(exact.as_millisecond()).map_err(|_| malformed())?;
        // 2000-01-01 to 2200-01-01, in seconds since 1970.
        if !(946_684_800..7_258_118_400).contains(&moment.as_second()) {
            return Err(Invalid::new("out_of_range", "must lie between 2000 and 2199"));
        }
        Ok(Self(moment))
    }

    /// The moment.
    pub const fn get(self) -> Timestamp {
        self.0
    }
}

crate::edge!(Moment, { "format": "date-time", "examples": ["2026-11-21T05:39:12Z"] });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_whole_milliseconds_of_this_age() {
        let read = |raw| Moment::parse(raw).map(|moment| moment.get().to_string());
        assert_eq!(read("2026-11-21T05:39:12.2345678Z").unwrap(), "2026-11-21T05:39:12.234Z");
        assert_eq!(read("2026-11-21T06:39:12+01:00").unwrap(), "2026-11-21T05:39:12Z");
        for raw in ["2026-11-21", "tomorrow", "", "1999-12-31T23:59:59Z", "2200-01-01T00:00:00Z"] {
            assert!(read(raw).is_err(), "{raw}");
        }
    }
}
