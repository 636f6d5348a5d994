//! The details that a shop shows about itself.

use deserr::{DeserializeError, ValuePointerRef};
use serde::{Deserialize, Serialize};

use crate::{
    Country, WebUrl,
    address::{City, Region, StreetLine, Zip, require_zip},
    text::Invalid,
};

/// The postal address that a shop shows on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(
    deny_unknown_fields,
    where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>,
    validate = Self::with_zip -> __Deserr_E
)]
pub struct ShopAddress {
    /// Street and house number.
    pub street: StreetLine,
    /// What else is needed to find the place, such as floor or apartment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub street2: Option<StreetLine>,
    /// City, town or village.
    pub city: City,
    /// State or province, if the country has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub state: Option<Region>,
    /// The postal code, if the country has them. Required in the countries that cannot deliver without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub zip: Option<Zip>,
    /// The country.
    pub country: Country,
}

impl ShopAddress {
    fn with_zip<E: DeserializeError>(self, location: ValuePointerRef<'_>) -> Result<Self, E> {
        require_zip(self.zip.as_ref(), &self.country, location).map(|()| self)
    }
}

/// The shop's pages on social networks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
#[serde(default)]
pub struct SocialLinks {
    /// On Facebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub facebook: Option<WebUrl>,
    /// On Instagram.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub instagram: Option<WebUrl>,
    /// On Pinterest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub pinterest: Option<WebUrl>,
    /// On `TikTok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub tiktok: Option<WebUrl>,
    /// On X.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub x: Option<WebUrl>,
    /// On `YouTube`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub youtube: Option<WebUrl>,
}

crate::text! {
    /// A time of day, local to the shop: `00:00` to `24:00`. `24:00` can only be the end of opening hours.
    TimeOfDay, { "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "examples": ["09:30"] }, |raw| parse_time(raw)
}

fn parse_time(raw: &str) -> Result<String, Invalid> {
    let malformed = || Invalid::new("malformed", "must be a time of day from 00:00 to 24:00, such as 09:30");
    let (hours, minutes) = raw.split_once(':').ok_or_else(malformed)?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u8>().ok()).flatten()
    };
    match (number(hours), number(minutes)) {
        (Some(0..=23), Some(0..=59)) | (Some(24), Some(0)) => Ok(raw.to_owned()),
        _ => Err(malformed()),
    }
}

/// Opening hours without a break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
pub struct Hours {
    /// When the shop opens.
    pub opens: TimeOfDay,
    /// When the shop closes, later on the same day.
    pub closes: TimeOfDay,
}

/// The opening hours of one day of the week: at most 3, in order and without overlap. Closed if empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(try_from(Vec<Hours>) = Day::parse -> Invalid, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct Day(#[schemars(length(max = 3))] Vec<Hours>);

impl Day {
    /// Checks the hours of a day.
    ///
    /// # Errors
    /// `wrong_length`, or `out_of_order` if some close before they open, or overlap.
    pub fn parse(hours: Vec<Hours>) -> Result<Self, Invalid> {
        if hours.len() > 3 {
            return Err(Invalid::new("wrong_length", "must have at most 3 elements"));
        }
        // The texts have two digits each, so they sort as the times do.
        let times: Vec<&TimeOfDay> = hours.iter().flat_map(|hours| [&hours.opens, &hours.closes]).collect();
        if times.windows(2).all(|pair| pair[0] < pair[1]) {
            return Ok(Self(hours));
        }
        Err(Invalid::new("out_of_order", "each must close after it opens, and open after the previous one closes"))
    }
}

/// The opening hours of a shop, in its local time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(deny_unknown_fields, where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>)]
#[serde(default)]
pub struct OpeningHours {
    /// On Mondays.
    #[deserr(default)]
    pub monday: Day,
    /// On Tuesdays.
    #[deserr(default)]
    pub tuesday: Day,
    /// On Wednesdays.
    #[deserr(default)]
    pub wednesday: Day,
    /// On Thursdays.
    #[deserr(default)]
    pub thursday: Day,
    /// On Fridays.
    #[deserr(default)]
    pub friday: Day,
    /// On Saturdays.
    #[deserr(default)]
    pub saturday: Day,
    /// On Sundays.
    #[deserr(default)]
    pub sunday: Day,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(times: &[(&str, &str)]) -> Vec<Hours> {
        let time = |raw: &str| TimeOfDay::parse(raw).unwrap();
        times.iter().map(|(opens, closes)| Hours { opens: time(opens), closes: time(closes) }).collect()
    }

    #[test]
    fn a_time_of_day_has_two_digits_for_hours_and_two_for_minutes() {
        for raw in ["00:00", "09:30", "23:59", "24:00"] {
            assert_eq!(TimeOfDay::parse(raw).unwrap().as_str(), raw);
        }
        for raw in ["", "9:30", "0930", "24:01", "25:00", "12:60", "-1:00", "+1:00", "12:3", "12:30:00", "１２:00"] {
            assert_eq!(TimeOfDay::parse(raw).unwrap_err().code, "malformed", "{raw}");
        }
    }

    #[test]
    fn the_hours_of_a_day_are_in_order_and_do_not_overlap() {
        for day in [&[][..], &[("00:00", "24:00")], &[("09:00", "12:30"), ("14:00", "18:00"), ("19:00", "23:00")]] {
            assert!(Day::parse(hours(day)).is_ok(), "{day:?}");
        }
        for day in [
            &[("09:00", "09:00")][..],
            &[("18:00", "09:00")],
            &[("09:00", "12:00"), ("11:00", "13:00")],
            &[("14:00", "18:00"), ("09:00", "12:00")],
            &[("09:00", "12:00"), ("12:00", "18:00")],
        ] {
            assert_eq!(Day::parse(hours(day)).unwrap_err().code, "out_of_order", "{day:?}");
        }
        let four = [("01:00", "02:00"), ("03:00", "04:00"), ("05:00", "06:00"), ("07:00", "08:00")];
        assert_eq!(Day::parse(hours(&four)).unwrap_err().code, "wrong_length");
    }

    #[test]
    fn opening_hours_survive_writing_and_reading() {
        let week =
            OpeningHours { monday: Day::parse(hours(&[("09:00", "18:00")])).unwrap(), ..OpeningHours::default() };
        let text = serde_json::to_value(&week).unwrap();
        assert_eq!(text["monday"], serde_json::json!([{ "opens": "09:00", "closes": "18:00" }]));
        assert_eq!(serde_json::from_value::<OpeningHours>(text).unwrap(), week);
    }
}
