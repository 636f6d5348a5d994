//! What every function starts with: its settings, its AWS clients, its secrets and its name.
//!
//! A function's first milliseconds are spent here, and only here: [`Start::load`] reads the environment and builds one
//! AWS configuration; whatever implements [`Connect`] makes its clients from that; nothing else may happen before the
//! first request.

mod function;
mod http;
mod sealing;
mod secret;
mod serve;
mod start;

pub use function::{Function, Kind, name_of};
pub use lambda_runtime::Error;
pub use sealing::{Forged, Sealer};
pub use secret::{draw_secret, random, sha256};
pub use serve::{Handler, MakeHandler, handler, serve};
pub use start::{Connect, Start, StartError};
