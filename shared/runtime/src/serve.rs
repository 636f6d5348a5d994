//! Runs a function: takes events from Lambda and returns answers until Lambda ends the process.

use std::future::Future;

use futures::future::{BoxFuture, FutureExt};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Connect, Start, start::init_logging};

/// Answers an invocation: its event and what Lambda says about the call.
pub type Handler<I, O> = Box<dyn Fn(LambdaEvent<I>) -> BoxFuture<'static, Result<O, Error>> + Send + Sync>;

/// Makes the handler of a function, once per process.
pub type MakeHandler<I, O> = fn(Start) -> BoxFuture<'static, Result<Handler<I, O>, Error>>;

/// Serves a function until Lambda ends the process.
///
/// Each kind of event has one caller, in the crate of that kind, and the caller is not generic. The code between Lambda
/// and a function is therefore compiled once for each kind. In each of the binaries it would be most of the time to
/// build one.
///
/// # Errors
/// Those of starting, and those of the Lambda runtime.
pub fn serve<I, O>(connect: impl FnOnce(Start) -> BoxFuture<'static, Result<Handler<I, O>, Error>>) -> Result<(), Error>
where
    I: DeserializeOwned + Send + 'static,
    O: Serialize + Send + 'static,
{
    init_logging();
    block_on(async {
        let handle = connect(Start::load()?).await?;
        lambda_runtime::run(service_fn(handle)).await
    })
}

/// Connects the dependencies of a function once and keeps them until the process ends. Returns a handler that passes
/// them to `answer` with each event.
pub fn handler<D, I, O, F>(
    start: Start,
    answer: impl Fn(&'static D, I) -> F + Send + Sync + 'static,
) -> BoxFuture<'static, Result<Handler<I, O>, Error>>
where
    D: Connect,
    F: Future<Output = Result<O, Error>> + Send + 'static,
{
    Box::pin(async move {
        let deps: &'static D = Box::leak(Box::new(D::connect(&start).await?));
        Ok(Box::new(move |event: LambdaEvent<I>| answer(deps, event.payload).boxed()) as Handler<I, O>)
    })
}

/// Runs the main future of a function on one thread, since Lambda gives a process one request at a time.
fn block_on<F>(main: F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(main)
}
