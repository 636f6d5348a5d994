//! Checks that need no deployed stack: the functions, their events and the API document match.

#![expect(clippy::unwrap_used, reason = "a failed test panics and says where")]

mod api_document;
mod examples;
mod functions;
