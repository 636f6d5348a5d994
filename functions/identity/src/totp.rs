//! The one-time codes of authenticator apps: TOTP (RFC 6238) over HOTP (RFC 4226).

use aws_lc_rs::hmac;
use souk_domain::totp::{Secret, TotpCode};

/// Returns the code that an app shows in a time step. It uses SHA-1, because many apps support nothing else. The
/// collisions that break SHA-1 do not break HMAC-SHA-1.
pub(crate) fn code_at(secret: &Secret, step: u64) -> TotpCode {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.expose());
    let mut mac = [0; 20];
    mac.copy_from_slice(hmac::sign(&key, &step.to_be_bytes()).as_ref());
    TotpCode::truncate(&mac)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use souk_domain::totp::STEP;

    use super::*;

    fn secret() -> Secret {
        Secret::from_bytes(*b"12345678901234567890")
    }

    #[test]
    fn returns_the_codes_of_rfc_4226_appendix_d() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(code_at(&secret(), step).to_string(), code);
        }
    }

    #[test]
    fn returns_the_codes_of_rfc_6238_appendix_b() {
        // The RFC lists eight digits. A code of six digits is the last six of them.
        let codes = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (second, code) in codes {
            let now = Timestamp::from_second(second).unwrap();
            let step = TotpCode::parse(code).unwrap().step(now, |step| code_at(&secret(), step));
            assert_eq!(step, u64::try_from(second / STEP).ok(), "{code}");
        }
    }
}
