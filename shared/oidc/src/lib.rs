//! Signing in at an OpenID provider: the relying party's half of the authorization code flow with PKCE.
//!
//! [`Provider::begin`] gives the address to send a browser to and what to remember of the attempt; [`Provider::finish`]
//! changes the code that comes back for an [`Identity`]. What the provider publishes about itself is fetched when it is
//! first needed and kept in the process. An ID token is believed only if everything about it is right ([`Flaw`]).

mod error;
mod id_token;
mod keys;
mod provider;
mod transport;

pub use error::{Flaw, OidcError};
pub use id_token::Identity;
pub use provider::{Attempt, Begun, Provider};
