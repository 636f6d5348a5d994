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
        // The parser accepts more than RFC 3339: a space instead of the `T`, no seconds, an offset of 25 hours.
        let exact: Timestamp = raw.parse().ok().filter(|_| is_rfc3339(raw)).ok_or_else(malformed)?;
        let moment = Timestamp::from_millisecond(exact.as_millisecond()).map_err(|_| malformed())?;
        // The year as it is written, whatever the offset, so that a schema can say the same.
        if !raw.starts_with("20") && !raw.starts_with("21") {
            return Err(Invalid::new("out_of_range", "must be in the years 2000 to 2199"));
        }
        Ok(Self(moment))
    }

    /// Returns the timestamp.
    pub const fn get(self) -> Timestamp {
        self.0
    }
}

/// Whether a text that was parsed as a time has the form of RFC 3339: `2026-11-21T05:39:12.5+01:00`.
fn is_rfc3339(raw: &str) -> bool {
    let (Some(start), Some(rest)) = (raw.get(..19), raw.get(19..)) else { return false };
    let start_fits = start.bytes().zip("0000-00-00T00:00:00".bytes()).all(|(byte, place)| match place {
        b'0' => byte.is_ascii_digit(),
        place => byte.eq_ignore_ascii_case(&place),
    });
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let offset_fits =
        zone.strip_prefix(['+', '-']).and_then(|offset| offset.split_once(':')).is_some_and(|(hours, minutes)| {
            let digits =
                [hours, minutes].iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()));
            digits && hours < "24"
        });
    start_fits && (zone.eq_ignore_ascii_case("z") || offset_fits)
}

const RFC_3339: &str = concat!(
    "^2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)",
    "(\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
);

crate::edge!(Moment, { "format": "date-time", "pattern": RFC_3339, "examples": ["2026-11-21T05:39:12Z"] });

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
