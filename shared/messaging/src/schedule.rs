//! Schedules: workers that EventBridge Scheduler calls.

use std::future::Future;

use jiff::Timestamp;
use lambda_runtime::Error;
use serde_json::Value;
use souk_runtime::{Connect, Function, Kind, MakeHandler, binary_of, handler, name_of, serve};

use crate::Failure;

/// A worker that runs at regular intervals. Two runs may overlap.
pub trait Schedule: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// The dependencies.
    type Deps: Connect;

    /// Does everything that is due. Returns how many items it processed.
    fn run(deps: &Self::Deps, now: Timestamp) -> impl Future<Output = Result<usize, Failure>> + Send;
}

/// Describes a schedule for the list of its service.
pub fn schedule<S: Schedule>() -> Function {
    Function::new::<S>(S::MODULE, Kind::Schedule, None, read::<S>)
}

/// Checks that an EventBridge event comes from the schedule of this function.
fn read<S: Schedule>(event: &str) -> Result<(), String> {
    let event: Value = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let name = binary_of(name_of(S::MODULE));
    let own = |arn: &Value| arn.as_str().is_some_and(|arn| arn.ends_with(&name));
    let resources = event["resources"].as_array().map(Vec::as_slice).unwrap_or_default();
    if resources.iter().any(own) { Ok(()) } else { Err(format!("its resources are {resources:?}")) }
}

/// Serves a schedule until Lambda ends the process.
///
/// # Errors
/// Those of starting, and those of the Lambda runtime.
pub fn serve_schedule<S: Schedule>() -> Result<(), Error> {
    serve_any(|start| handler(start, |deps, _| run::<S>(deps)))
}

fn serve_any(connect: MakeHandler<Value, ()>) -> Result<(), Error> {
    serve(connect)
}

async fn run<S: Schedule>(deps: &S::Deps) -> Result<(), Error> {
    let done = S::run(deps, Timestamp::now()).await?;
    tracing::info!(function = name_of(S::MODULE), done, "schedule finished");
    Ok(())
}
