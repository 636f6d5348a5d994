//! What both halves of a sign-in with Google have in common: the provider, the ways back to the storefront, and what the
//! browser keeps in between.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::Invalid;
use souk_oidc::{Attempt, OidcError, Provider};
use souk_runtime::{Sealer, Start, StartError};
use souk_store::StoreError;
use souk_web::{Code, Problem};

/// The cookie that ties the way back to the way out.
pub(crate) const COOKIE: &str = "__Host-souk-google";
/// How long somebody may take at Google.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// The purpose that the cookie is sealed for.
const PURPOSE: &str = "google-sign-in";

/// Google, if the deployment is registered there, and the shop's front end.
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

    /// Where somebody who is signed in goes on.
    pub(crate) fn onward(&self, path: &ReturnPath) -> String {
        format!("{}{}", self.storefront, path.0)
    }

    /// Where somebody who is not signed in learns why.
    pub(crate) fn refused(&self, Refused(why): Refused) -> String {
        format!("{}/login?error={why}", self.storefront)
    }
}

/// A place in the shop's front end: a path from its root, with query and fragment if need be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ReturnPath(String);

impl ReturnPath {
    /// Reads it.
    ///
    /// # Errors
    /// `malformed`, `too_long`. What browsers may take for the address of another host is malformed.
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

souk_domain::edge!(ReturnPath, { "pattern": "^/([^/\\\\].*)?$", "maxLength": 1000, "examples": ["/cart"] });

/// What the browser keeps while somebody is at Google.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) attempt: Attempt,
    pub(crate) return_to: ReturnPath,
    /// In seconds since 1970. A cookie's age is the browser's business, this is ours.
    pub(crate) expires_at: i64,
}

impl Pending {
    pub(crate) fn seal(&self, sealer: &Sealer) -> Result<String, Problem> {
        Ok(sealer.seal(PURPOSE, self)?)
    }

    /// What a cookie says, if it is ours, in time, and belongs to the state that came back.
    pub(crate) fn open(sealer: &Sealer, cookie: &str, state: &str, now: Timestamp) -> Option<Self> {
        let pending: Self = sealer.open(PURPOSE, cookie).ok()?;
        (now.as_second() < pending.expires_at && pending.attempt.state == state).then_some(pending)
    }
}

/// Why nobody was signed in, in a word for the front end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) &'static str);

impl Refused {
    /// The shopper said no at Google.
    pub(crate) const DENIED: Self = Self("access_denied");
    /// This browser did not begin this sign-in, or took too long over it.
    pub(crate) const LOST: Self = Self("attempt_lost");
    /// The account at Google is new here, and Google does not vouch for its mail address.
    pub(crate) const UNVERIFIED: Self = Self("email_not_verified");
    /// What came back from Google does not hold.
    pub(crate) const FAILED: Self = Self("sign_in_failed");
}

impl From<OidcError> for Refused {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::CodeRefused(_) | OidcError::NotBelieved(_) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a sign-in with Google failed");
                Self::FAILED
            }
            OidcError::Unreachable(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "Google did not serve");
                Self(Code::Unavailable.as_str())
            }
            OidcError::Misconfigured(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "sign-in with Google is not set up");
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

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_within_the_shop_is_a_place_to_return_to() {
        for path in ["/", "/cart", "/p/mug?colour=blue&size=M#reviews", "/caf%C3%A9", "/a//b", "/@ann"] {
            assert!(ReturnPath::parse(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn what_leads_elsewhere_is_not() {
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
