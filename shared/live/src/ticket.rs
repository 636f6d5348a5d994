//! Tickets: one-time secrets that open a socket.

use aws_lc_rs::error::Unspecified;
use jiff::{SignedDuration, Timestamp};
use souk_domain::{Principal, SessionId};
use souk_runtime::{draw_secret, sha256};
use souk_store_live::sockets::Ticket;

/// How long a ticket is valid.
pub const LIFETIME: SignedDuration = SignedDuration::from_secs(30);

/// Makes a ticket of a session. Returns the text for the client, and the item that stores its hash.
///
/// # Errors
/// [`Unspecified`] if the machine has no entropy.
pub fn draw(principal: Principal, session: SessionId, now: Timestamp) -> Result<(String, Ticket), Unspecified> {
    let text = draw_secret()?;
    let ticket = Ticket { hash: sha256(&text), principal, session, expires_at: now + LIFETIME };
    Ok((text, ticket))
}
