//! The start of every function: its settings, its AWS clients, its secrets and its name.
//!
//! [`Start::load`] reads the environment and builds one AWS configuration. Each type that implements [`Connect`] makes
//! its clients from it. Nothing else runs before the first request, because it would make every cold start slower.

mod aws_http;
mod function;
mod sealing;
mod secret;
mod serve;
mod start;

pub use function::{Function, Kind, binary_of, camel_case, name_of};
pub use lambda_runtime::Error;
pub use sealing::{Forged, Sealer};
pub use secret::{draw_secret, random, sha256};
pub use serve::{Handler, MakeHandler, handler, serve};
pub use start::{Connect, Start, StartError};
