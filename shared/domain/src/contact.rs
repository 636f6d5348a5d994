//! Names of persons, and how to reach them.

use crate::text::Invalid;

/// A character of an atom of RFC 5322, for a regular expression.
macro_rules! atom {
    () => {
        "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
    };
}

/// A label of a host in any script, for a regular expression.
macro_rules! label {
    () => {
        concat!(
            crate::text::visible!("!-/:-@\\[-`{-~"),
            "(",
            crate::text::visible!("!-,./:-@\\[-`{-~"),
            "{0,61}",
            crate::text::visible!("!-/:-@\\[-`{-~"),
            ")?"
        )
    };
}

crate::text! {
    /// A mail address in the one spelling that is compared: in lower case, with the domain in ASCII (UTS 46), and with
    /// nothing stripped. `Ann+shop@Example.com` and `ann+shop@example.com` are one account; `ann@example.com` is another.
    /// `ann@müller.example` is `ann@xn--mller-kva.example`.
    ///
    /// At most 254 bytes (RFC 5321, 4.5.3.1.3, without the angle brackets). White space at the ends is removed. The quoted
    /// form (`"a b"@example.com`), hosts of one label, and other characters than those of ASCII before the `@` are refused:
    /// SES sends no mail to such addresses
    /// (<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html>).
    Email, { "format": "email", "pattern": EMAIL, "maxLength": 254, "examples": ["ann@example.com"] }, |raw| parse_email(raw)
}

crate::line! {
    /// The name of a person: 1 to 100 characters.
    PersonName, 100, ["Ann Lee"]
}

crate::text! {
    /// A telephone number in E.164: `+`, a country code and at most 15 digits in all. Spaces, dots, hyphens and
    /// parentheses between the digits are removed. A `(0)` is removed too, because it is dialled only within its country,
    /// except where the zero belongs to the number.
    Phone, { "pattern": PHONE, "examples": ["+4930123456"] }, |raw| parse_phone(raw)
}

crate::text! {
    /// An ISO 3166-1 alpha-2 country code in upper case.
    Country, { "enum": COUNTRIES.split(' ').collect::<Vec<_>>(), "examples": ["DE"] }, |raw| parse_country(raw)
}

crate::line! {
    /// The reason of a ban in the admin's words: 1 to 500 characters. The banned person reads it.
    BanReason, 500, ["Sold forged goods"]
}

impl PersonName {
    /// Makes a name from a mail address, for a person whose name is unknown: `ann.lee7+souk@example.com` becomes Ann
    /// Lee. The part after a plus is left out, because anybody who requests mail to an address can choose it.
    pub fn from_address(email: &Email) -> Self {
        let local = email.as_str().split(['@', '+']).next().unwrap_or_default();
        let capitalised = |word: &str| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
        };
        let words: Vec<String> = local.split(|c: char| !c.is_alphabetic()).filter_map(capitalised).collect();
        Self::parse(&words.join(" ")).unwrap_or_else(|_| Self("Shopper".to_owned()))
    }
}

/// Atoms between dots, `@`, and at least two labels of a host. Which labels of other scripts are valid is told apart by the
/// parser alone.
const EMAIL: &str = concat!(
    "^",
    crate::space!(),
    "*",
    atom!(),
    "+(\\.",
    atom!(),
    "+)*@",
    label!(),
    "(\\.",
    label!(),
    ")+",
    crate::space!(),
    "*$"
);

fn parse_email(raw: &str) -> Result<String, Invalid> {
    let malformed = || Invalid::new("malformed", "must be a mail address such as ann@example.com");
    let too_long = || Invalid::new("too_long", "must have at most 254 bytes");
    if raw.len() > 254 {
        return Err(too_long());
    }
    let (local, domain) = raw.trim().rsplit_once('@').ok_or_else(malformed)?;
    if !local.is_ascii() {
        return Err(Invalid::new(
            "unsupported",
            "must have only ASCII characters before the @: no mail can be sent otherwise",
        ));
    }
    let domain = idna::domain_to_ascii(domain).map_err(|_| malformed())?;
    let text = format!("{}@{domain}", local.to_ascii_lowercase());
    if text.len() > 254 {
        return Err(too_long());
    }
    // The quoted form of RFC 5321 ("a b"@example.com) is legal but unused, and can smuggle headers: it is refused.
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let local_ok = (1..=64).contains(&local.len()) && local.split('.').all(|a| !a.is_empty() && a.chars().all(atom));
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
    if local_ok && domain_ok { Ok(text) } else { Err(malformed()) }
}

const PHONE: &str = "^[ .()-]*\\+[ .()-]*[1-9]([ .()-]*[0-9]){6,14}[ .()-]*$";

/// The country codes in which a number keeps its first zero when it is dialled from abroad: Italy with San Marino and the
/// Vatican, the Ivory Coast, and Congo (ITU-T, national numbering plans, <https://www.itu.int/oth/T0202.aspx?parent=T0202>).
const ZERO_STAYS: [&str; 5] = ["39", "378", "379", "225", "242"];

fn parse_phone(raw: &str) -> Result<String, Invalid> {
    let digits_of = |text: &str| text.replace([' ', '.', '-', '(', ')'], "");
    let mut text = raw.replace([' ', '.', '-'], "");
    if let Some((before, after)) = text.split_once("(0)")
        && !digits_of(before).strip_prefix('+').is_some_and(|code| ZERO_STAYS.contains(&code))
    {
        text = format!("{before}{after}");
    }
    let text = digits_of(&text);
    let digits = text.strip_prefix('+').unwrap_or_default();
    let valid =
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    if valid {
        Ok(text)
    } else {
        Err(Invalid::new("malformed", "must be an international (E.164) telephone number such as +4930123456"))
    }
}

fn parse_country(raw: &str) -> Result<String, Invalid> {
    if COUNTRIES.split(' ').any(|code| code == raw) {
        return Ok(raw.to_owned());
    }
    Err(Invalid::new("unknown", "must be an ISO 3166-1 alpha-2 country code in upper case such as DE"))
}

/// The officially assigned codes of ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE \
KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE \
SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE \
VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mail_address_has_one_spelling() {
        for raw in ["Ann+Shop@Example.COM", "  ann+shop@example.com ", "ann+shop@ｅｘａｍｐｌｅ.com"] {
            assert_eq!(Email::parse(raw).unwrap().as_str(), "ann+shop@example.com");
        }
        for raw in
            ["ann@müller.example", "ann@MÜLLER.example", "ann@mu\u{308}ller.example", "ann@xn--mller-kva.example"]
        {
            assert_eq!(Email::parse(raw).unwrap().as_str(), "ann@xn--mller-kva.example");
        }
    }

    #[test]
    fn a_mail_address_that_no_mail_can_be_sent_to_is_refused() {
        for raw in ["jörg@example.com", "ａｎｎ@example.com", "\u{212a}@example.com"] {
            assert_eq!(Email::parse(raw).unwrap_err().code, "unsupported", "{raw}");
        }
    }

    #[test]
    fn a_malformed_mail_address_is_refused() {
        for raw in [
            "",
            "ann",
            "ann@",
            "@example.com",
            "ann@example",
            "a..b@example.com",
            "ann@-a.com",
            "\"a b\"@example.com",
            "ann@example.com\r\nBcc: eve@example.com",
            "a@b.c@",
            "ann @example.com",
        ] {
            assert!(Email::parse(raw).is_err(), "{raw:?}");
        }
        assert_eq!(Email::parse(&format!("{}@example.com", "a".repeat(250))).unwrap_err().code, "too_long");
    }

    #[test]
    fn a_name_is_measured_in_characters() {
        assert!(PersonName::parse(&"é".repeat(100)).is_ok());
        assert_eq!(PersonName::parse(&"é".repeat(101)).unwrap_err().code, "too_long");
        assert_eq!(PersonName::parse(" \t ").unwrap_err().code, "empty");
        assert_eq!(PersonName::parse("Ann\nLee").unwrap_err().code, "control_character");
    }

    #[test]
    fn a_readable_name_is_made_from_a_mail_address() {
        for (address, name) in [
            ("ann.lee@example.com", "Ann Lee"),
            ("ann_lee-smith1987+win.at.evil@example.com", "Ann Lee Smith"),
            ("12345@example.com", "Shopper"),
            ("+@example.com", "Shopper"),
        ] {
            assert_eq!(PersonName::from_address(&Email::parse(address).unwrap()).as_str(), name);
        }
    }

    #[test]
    fn separators_in_a_phone_number_are_removed() {
        assert_eq!(Phone::parse("+49 (30) 12-34.56").unwrap().as_str(), "+4930123456");
        for (raw, phone) in [
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("+49 (0) 30 901820", "+4930901820"),
            ("(+49)(0)30-901820", "+4930901820"),
            ("+39 06 6982", "+39066982"),
            ("+39 (0)6 6982", "+39066982"),
            ("+1 (415) 555-2671", "+14155552671"),
        ] {
            assert_eq!(Phone::parse(raw).unwrap().as_str(), phone, "{raw}");
        }
        for raw in ["0301234567", "+0301234567", "+49", "+4930123456789012", "+49a30123"] {
            assert!(Phone::parse(raw).is_err(), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(raw in ".{0,80}") {
            for parse in [|r: &str| Email::parse(r).map(|e| e.to_string()), |r: &str| PersonName::parse(r).map(|e| e.to_string())] {
                if let Ok(once) = parse(&raw) {
                    prop_assert_eq!(parse(&once), Ok(once));
                }
            }
        }
    }
}
