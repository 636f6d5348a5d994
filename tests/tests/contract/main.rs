//! What holds without a deployed stack: the functions, their events and the API document fit together.

#![expect(clippy::unwrap_used, reason = "a test whose expectation is in vain has failed, and says where")]

mod api_document;
mod functions;
