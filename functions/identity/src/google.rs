//! The shared parts of a sign-in with Google: the provider, the addresses in the storefront that the browser returns
//! to, and the sealed cookie that the browser keeps in between.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::Invalid;
use souk_oidc::{Attempt, OidcError, Provider};
use souk_runtime::{Sealer, Start, StartError};
use souk_store::{Conflict, StoreError};
use souk_web::{Code, Problem};

/// The cookie that binds Google's answer to the browser that started the sign-in.
pub(crate) const COOKIE: &str = "__Host-souk-google";
/// How long a sign-in at Google may take.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// The purpose that the cookie is sealed for.
const PURPOSE: &str = "google-sign-in";

/// The connection to Google, if the deployment is registered there, and the address of the storefront.
#[derive(Debug)]
pub(crate) struct Google {
    pub(crate) provider: Option<Provider>,
    storefront: String,
}

impl Google {
    pub(crate) fn of(start: &Start) -> Result<Self, StartError> {
        let provider = match start.optional("GOOGLE_CLIENT_ID")? {
            Some(client_id) => {
                let (issuer, redirect_uri) = (start.setting("GOOGLE_ISSUER")?, start.setting("GOOGLE_REDIRECT_URI")?);
                let provider = Provider::new(issuer, client_id, redirect_uri);
                Some(provider.map_err(|error| StartError::Client(error.to_string()))?)
            }
            None => None,
        };
        let storefront = start.setting::<String>("STOREFRONT_URL")?.trim_end_matches('/').to_owned();
        Ok(Self { provider, storefront })
    }

    /// Returns the storefront address that the browser continues to after a successful sign-in.
    pub(crate) fn success_url(&self, path: &ReturnPath) -> String {
        format!("{}{}", self.storefront, path.0)
    }

    /// Returns the storefront address that shows why the sign-in failed.
    pub(crate) fn failure_url(&self, Refused(reason): Refused) -> String {
        format!("{}/login?error={reason}", self.storefront)
    }
}

/// A path in the storefront, from its root, with an optional query and fragment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ReturnPath(String);

impl ReturnPath {
    /// Parses a path.
    /// # Errors
    /// `malformed` if the text is no path, or if a browser may take it for the address of another host. `too_long`
    /// beyond 1,000 characters.
    pub(crate) fn parse(raw: &str) -> Result<Self, Invalid> {
        let within = raw.starts_with('/') && !raw.starts_with("//") && !raw.contains('\\');
        if !within || !raw.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Invalid::new("malformed", "must be a path with a single / in front, percent-encoded: /cart"));
        }
        if raw.len() > 1_000 {
            return Err(Invalid::new("too_long", "must have at most 1000 characters"));
        }
        Ok(Self(raw.to_owned()))
    }

    pub(crate) fn root() -> Self {
        Self("/".to_owned())
    }
}

souk_domain::edge!(ReturnPath, { "pattern": "^/([!-.0-\\[\\]-~][!-\\[\\]-~]*)?$", "maxLength": 1000, "examples": ["/cart"] });

/// A sign-in that was started and not finished. The browser keeps it in a sealed cookie while the shopper is at Google.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) attempt: Attempt,
    pub(crate) return_to: ReturnPath,
    /// In seconds since 1970. The browser may ignore the age of a cookie, so the server checks this time itself.
    pub(crate) expires_at: i64,
}

impl Pending {
    pub(crate) fn seal(&self, sealer: &Sealer) -> Result<String, Problem> {
        Ok(sealer.seal(PURPOSE, self)?)
    }

    /// Opens a cookie. Returns `None` if the cookie is forged or expired, or if it does not match the state that came
    /// back.
    pub(crate) fn open(sealer: &Sealer, cookie: &str, state: &str, now: Timestamp) -> Option<Self> {
        let pending: Self = sealer.open(PURPOSE, cookie).ok()?;
        (now.as_second() < pending.expires_at && pending.attempt.state == state).then_some(pending)
    }
}

/// Why a sign-in failed: a stable word for the storefront.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) &'static str);

impl Refused {
    /// The shopper refused at Google.
    pub(crate) const DENIED: Self = Self("access_denied");
    /// This browser did not start this sign-in, or the sign-in expired.
    pub(crate) const LOST: Self = Self("attempt_lost");
    /// The Google account is not linked yet, and Google has not verified its mail address.
    pub(crate) const UNVERIFIED: Self = Self("email_not_verified");
    /// Google's answer is invalid.
    pub(crate) const FAILED: Self = Self("sign_in_failed");
}

impl From<OidcError> for Refused {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::CodeRefused(_) | OidcError::NotBelieved(_) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "sign-in with Google failed");
                Self::FAILED
            }
            OidcError::Unreachable(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "Google did not answer");
                Self(Code::Unavailable.as_str())
            }
            OidcError::Misconfigured(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "sign-in with Google is misconfigured");
                Self(Code::Internal.as_str())
            }
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem.code().as_str())
    }
}

impl From<Conflict> for Refused {
    fn from(conflict: Conflict) -> Self {
        Problem::from(conflict).into()
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_a_path_in_the_storefront() {
        for path in ["/", "/cart", "/p/mug?colour=blue&size=M#reviews", "/caf%C3%A9", "/a//b", "/@ann"] {
            assert!(ReturnPath::parse(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn refuses_what_may_lead_to_another_host() {
        for path in [
            "",
            "cart",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "@evil.example",
            ".evil.example",
            "/cart\r\nset-cookie: a=b",
            "/\tcart",
            "/a b",
            "/café",
        ] {
            assert_eq!(ReturnPath::parse(path).unwrap_err().code, "malformed", "{path:?}");
        }
        assert_eq!(ReturnPath::parse(&format!("/{}", "a".repeat(1_000))).unwrap_err().code, "too_long");
    }
}
