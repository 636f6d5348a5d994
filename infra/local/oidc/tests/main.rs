//! The provider, as clients and browsers use it.

#![expect(clippy::unwrap_used, reason = "a failed test panics and says where")]

mod authorization;
mod codes;
mod id_tokens;
mod support;
