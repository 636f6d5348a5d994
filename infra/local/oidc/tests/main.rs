//! The provider as a client and a browser see it.

#![expect(clippy::unwrap_used, reason = "a test whose expectation is in vain has failed, and says where")]

mod authorization;
mod codes;
mod id_tokens;
mod support;
