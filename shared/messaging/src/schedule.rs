//! Functions that the clock calls.

use std::future::Future;

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use souk_runtime::{Connect, Start, init_logging};

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
pub async fn serve_schedule<S: Schedule>() -> Result<(), Error> {
    init_logging();
    let deps = S::Deps::connect(&Start::load()?).await?;
    let deps = &deps;
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| async move {
        // Boxed, as in a `Consumer`.
        let done = Box::pin(S::run(deps, Timestamp::now())).await?;
        tracing::info!(function = souk_runtime::name_of(S::MODULE), done, "ran");
        Ok::<_, Error>(())
    }))
    .await
}
