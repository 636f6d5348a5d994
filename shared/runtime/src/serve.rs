//! From events to answers, until Lambda ends the process.

use std::future::Future;

use futures::future::{BoxFuture, FutureExt};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Connect, Start, start::init_logging};

/// What answers the events of a function.
pub type Answering<I, O> = Box<dyn Fn(I) -> BoxFuture<'static, Result<O, Error>> + Send + Sync>;

/// What makes it, once per process.
pub type Connecting<I, O> = fn(Start) -> BoxFuture<'static, Result<Answering<I, O>, Error>>;

/// Serves a function until Lambda ends the process.
///
/// For each kind of event there is one caller, in the crate of that kind, which is no generic function. So what is between
/// Lambda and a function is compiled once for the kind; in each of the binaries it would be most of what they take to build.
///
/// # Errors
/// Those of starting, and those of the runtime.
pub fn serve<I, O>(
    connect: impl FnOnce(Start) -> BoxFuture<'static, Result<Answering<I, O>, Error>>,
) -> Result<(), Error>
where
    I: DeserializeOwned + Send + 'static,
    O: Serialize + Send + 'static,
{
    init_logging();
    block_on(async {
        let answer = connect(Start::load()?).await?;
        lambda_runtime::run(service_fn(|event: LambdaEvent<I>| answer(event.payload))).await
    })
}

/// Connects what a function needs, for as long as the process lives, and answers with it.
pub fn answering<D, I, O, F>(
    start: Start,
    answer: impl Fn(&'static D, I) -> F + Send + Sync + 'static,
) -> BoxFuture<'static, Result<Answering<I, O>, Error>>
where
    D: Connect,
    F: Future<Output = Result<O, Error>> + Send + 'static,
{
    Box::pin(async move {
        let deps: &'static D = Box::leak(Box::new(D::connect(&start).await?));
        Ok(Box::new(move |event| answer(deps, event).boxed()) as Answering<I, O>)
    })
}

/// Runs a function's main future. One thread: Lambda gives a process one request at a time.
fn block_on<F>(main: F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(main)
}
