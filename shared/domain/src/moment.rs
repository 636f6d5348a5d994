//! Points in time that clients name.

use jiff::Timestamp;

use crate::Invalid;

/// A point in time between 2000 and 2199, in whole milliseconds: `2026-11-21T05:39:12Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// Parses RFC 3339. Fractions of a millisecond are cut off, because the table does not store them.
    ///
    /// # Errors
    /// `malformed`; `out_of_range` before 2000 and after 2199.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::new("malformed", "must be a time such as 2026-11-21T05:39:12Z");
        let exact: Timestamp = raw.parse().map_err(|_| malformed())?;
        let moment = Timestamp::from_millisecond(exact.as_millisecond()).map_err(|_| malformed())?;
        // 2000-01-01 to 2200-01-01, in seconds since 1970.
        if !(946_684_800..7_258_118_400).contains(&moment.as_second()) {
            return Err(Invalid::new("out_of_range", "must be in the years 2000 to 2199"));
        }
        Ok(Self(moment))
    }

    /// Returns the timestamp.
    pub const fn get(self) -> Timestamp {
        self.0
    }
}

crate::edge!(Moment, { "format": "date-time", "examples": ["2026-11-21T05:39:12Z"] });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_whole_milliseconds_and_is_between_2000_and_2199() {
        let read = |raw| Moment::parse(raw).map(|moment| moment.get().to_string());
        assert_eq!(read("2026-11-21T05:39:12.2345678Z").unwrap(), "2026-11-21T05:39:12.234Z");
        assert_eq!(read("2026-11-21T06:39:12+01:00").unwrap(), "2026-11-21T05:39:12Z");
        for raw in ["2026-11-21", "tomorrow", "", "1999-12-31T23:59:59Z", "2200-01-01T00:00:00Z"] {
            assert!(read(raw).is_err(), "{raw}");
        }
    }
}
