//! Tickets: a right to open one socket, once.

use aws_lc_rs::{digest, rand};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use souk_domain::Principal;
use souk_store::sockets::Ticket;

/// How long a ticket is good.
pub const LIFETIME: SignedDuration = SignedDuration::from_secs(30);

/// The machine has no entropy.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no random bytes could be drawn")]
pub struct NoEntropy;

/// Draws a ticket: what the client gets, and what the table remembers of it.
///
/// # Errors
/// [`NoEntropy`].
pub fn draw(principal: Principal, now: Timestamp) -> Result<(String, Ticket), NoEntropy> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| NoEntropy)?;
    let text = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let ticket = Ticket { hash: hash(&text), principal, expires_at: now + LIFETIME };
    Ok((text, ticket))
}

/// What the table knows a ticket by. 256 random bits need no key to be safe from guessing.
pub fn hash(ticket: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, ticket.as_bytes()))
}
