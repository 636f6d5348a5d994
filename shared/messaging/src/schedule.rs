//! Functions that the clock calls.

use std::future::Future;

use jiff::Timestamp;
use lambda_runtime::Error;
use serde_json::Value;
use souk_runtime::{Connect, Connecting, answering, serve};

use crate::Failure;

/// A function that runs every so often. Two runs may overlap.
pub trait Schedule: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// What it needs.
    type Deps: Connect;

    /// Does what is due, and says how much that was.
    fn run(deps: &Self::Deps, now: Timestamp) -> impl Future<Output = Result<usize, Failure>> + Send;
}

/// Serves a schedule until Lambda ends the process.
///
/// # Errors
/// Those of starting, and those of the runtime.
pub fn serve_schedule<S: Schedule>() -> Result<(), Error> {
    serve_clock(|start| answering(start, |deps, _| run::<S>(deps)))
}

fn serve_clock(connect: Connecting<Value, ()>) -> Result<(), Error> {
    serve(connect)
}

async fn run<S: Schedule>(deps: &S::Deps) -> Result<(), Error> {
    let done = S::run(deps, Timestamp::now()).await?;
    tracing::info!(function = souk_runtime::name_of(S::MODULE), done, "ran");
    Ok(())
}
