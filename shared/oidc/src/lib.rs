//! Sign-in with an OpenID provider: the relying party's part of the authorization code flow with PKCE.
//!
//! [`Provider::begin`] returns the address to send the browser to and the state of the attempt. [`Provider::finish`]
//! exchanges the code that comes back for an [`Identity`]. The provider's configuration and keys are fetched when they
//! are first needed and cached in the process. [`Flaw`] lists the reasons why an ID token is refused.

mod error;
mod id_token;
mod keys;
mod provider;
mod transport;

pub use error::{Flaw, OidcError};
pub use id_token::Identity;
pub use provider::{Attempt, Begun, Provider};
