//! Consumers: workers that a queue calls.

use std::future::Future;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use jiff::Timestamp;
use lambda_runtime::Error;
use serde::de::DeserializeOwned;
use souk_runtime::{Connect, Function, Kind, MakeHandler, handler, name_of, serve};
use souk_store::{Conflict, StoreError, WriteError};

/// The reason why a message was not handled. The queue delivers it again and finally moves it to the dead letters.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    /// Makes a failure with a reason for the log. The reason must not contain any content of the message.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<Conflict> for Failure {
    fn from(conflict: Conflict) -> Self {
        Self(conflict.to_string())
    }
}

impl<R: std::fmt::Debug> From<WriteError<R>> for Failure {
    fn from(error: WriteError<R>) -> Self {
        match error {
            WriteError::Refused(rules) => Self(format!("a condition did not hold: {:?}", rules.0)),
            WriteError::Store(error) => error.into(),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("malformed JSON: {:?} at {}:{}", error.classify(), error.line(), error.column()))
    }
}

/// A consumer that handles the messages of one queue one at a time. The same message may be delivered again, and
/// messages may be delivered in any order.
pub trait Consumer: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// The dependencies.
    type Deps: Connect;
    /// The type of the messages in its queue.
    type Message: DeserializeOwned + Send;

    /// Handles a message.
    fn handle(
        deps: &Self::Deps,
        message: Self::Message,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Describes a consumer for the list of its service.
pub fn consumer<C: Consumer>() -> Function {
    Function::new::<C>(C::MODULE, Kind::Consumer, None, read_messages::<C::Message>)
}

/// Reads the messages of an SQS event. Fails with the reason for the first that cannot be read.
pub(crate) fn read_messages<M: DeserializeOwned>(event: &str) -> Result<(), String> {
    let event: SqsEvent = serde_json::from_str(event).map_err(|error| error.to_string())?;
    for record in &event.records {
        let body = record.body.as_deref().unwrap_or_default();
        serde_json::from_str::<M>(body).map_err(|error| format!("the body {body}: {error}"))?;
    }
    if event.records.is_empty() { Err("it has no messages".to_owned()) } else { Ok(()) }
}

/// Serves a consumer until Lambda ends the process. A message that fails returns to the queue alone. The others of its
/// batch are deleted.
///
/// # Errors
/// Those of starting, and those of the Lambda runtime.
pub fn serve_consumer<C: Consumer>() -> Result<(), Error> {
    serve_queue(|start| handler(start, |deps, event| async { Ok(batch::<C>(deps, event).await) }))
}

/// Serves a consumer of any type. Not generic, so it is compiled once, in this crate.
pub(crate) fn serve_queue(connect: MakeHandler<SqsEvent, SqsBatchResponse>) -> Result<(), Error> {
    serve(connect)
}

async fn batch<C: Consumer>(deps: &C::Deps, event: SqsEvent) -> SqsBatchResponse {
    let function = name_of(C::MODULE);
    let mut failed = Vec::new();
    for record in event.records {
        let (id, message) = read(record);
        let result = match message {
            // Boxed, because the nesting of futures in the consumer adds to that of the Lambda runtime, and the
            // compiler limits the sum.
            Ok(message) => Box::pin(C::handle(deps, message, Timestamp::now())).await,
            Err(failure) => Err(failure),
        };
        match result {
            Ok(()) => tracing::info!(function, message.id = id, "message handled"),
            Err(failure) => {
                tracing::error!(function, message.id = id, error = %failure, "message failed and returns to the queue");
                failed.push(id);
            }
        }
    }
    batch_failures(failed)
}

/// Returns the id of an SQS message, and its body as the consumer reads it.
pub(crate) fn read<M: DeserializeOwned>(record: SqsMessage) -> (String, Result<M, Failure>) {
    let message = serde_json::from_str(record.body.as_deref().unwrap_or_default());
    (record.message_id.unwrap_or_default(), message.map_err(Failure::from))
}

/// Makes the answer that returns these messages to the queue and deletes the others.
pub(crate) fn batch_failures(ids: Vec<String>) -> SqsBatchResponse {
    let failures = ids.into_iter().map(|id| {
        let mut failed = BatchItemFailure::default();
        failed.item_identifier = id;
        failed
    });
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures.collect();
    response
}
