//! Functions that a queue calls.

use std::future::Future;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use jiff::Timestamp;
use lambda_runtime::Error;
use serde::de::DeserializeOwned;
use souk_runtime::{Connect, Function, Kind, MakeHandler, handler, name_of, serve};
use souk_store::{StoreError, WriteError};

/// Why a message was not dealt with. The queue gives it again, and to the dead letters in the end.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    /// A failure, in words for the log. Never put a message's content into it.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
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

/// A function that deals with the messages of one queue, one at a time. The same message may come again, and messages
/// may come in any order.
pub trait Consumer: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// What it needs.
    type Deps: Connect;
    /// What a message of its queue is.
    type Message: DeserializeOwned + Send;

    /// Deals with a message.
    fn handle(
        deps: &Self::Deps,
        message: Self::Message,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Describes a consumer for the list of its service.
pub fn consumer<C: Consumer>() -> Function {
    let type_path = std::any::type_name::<C>();
    Function {
        name: name_of(C::MODULE),
        kind: Kind::Consumer,
        route: None,
        type_path,
        read: read_messages::<C::Message>,
    }
}

/// Reads the messages of an SQS event, and returns what is wrong with the first that cannot be read.
pub(crate) fn read_messages<M: DeserializeOwned>(event: &str) -> Result<(), String> {
    let event: SqsEvent = serde_json::from_str(event).map_err(|error| error.to_string())?;
    for record in &event.records {
        let body = record.body.as_deref().unwrap_or_default();
        serde_json::from_str::<M>(body).map_err(|error| format!("the body {body}: {error}"))?;
    }
    if event.records.is_empty() { Err("it has no messages".to_owned()) } else { Ok(()) }
}

/// Serves a consumer until Lambda ends the process. A message that fails goes back to the queue alone; the others of
/// its batch are done with.
///
/// # Errors
/// Those of starting, and those of the runtime.
pub fn serve_consumer<C: Consumer>() -> Result<(), Error> {
    serve_queue(|start| handler(start, |deps, event| async { Ok(batch::<C>(deps, event).await) }))
}

/// Serves what a queue calls.
pub(crate) fn serve_queue(connect: MakeHandler<SqsEvent, SqsBatchResponse>) -> Result<(), Error> {
    serve(connect)
}

async fn batch<C: Consumer>(deps: &C::Deps, event: SqsEvent) -> SqsBatchResponse {
    let function = name_of(C::MODULE);
    let mut back = Vec::new();
    for record in event.records {
        let (id, message) = read(record);
        let result = match message {
            // Boxed, because the depth of a consumer's futures adds to the runner's, and the compiler has a limit for both.
            Ok(message) => Box::pin(C::handle(deps, message, Timestamp::now())).await,
            Err(failure) => Err(failure),
        };
        match result {
            Ok(()) => tracing::info!(function, message.id = id, "dealt with"),
            Err(failure) => {
                tracing::error!(function, message.id = id, error = %failure, "goes back to the queue");
                back.push(id);
            }
        }
    }
    sent_back(back)
}

/// A message as the queue hands it over: its name there, and what it says.
pub(crate) fn read<M: DeserializeOwned>(record: SqsMessage) -> (String, Result<M, Failure>) {
    let message = serde_json::from_str(record.body.as_deref().unwrap_or_default());
    (record.message_id.unwrap_or_default(), message.map_err(Failure::from))
}

/// The answer that gives the queue these messages back, and is done with the others.
pub(crate) fn sent_back(ids: Vec<String>) -> SqsBatchResponse {
    let failed = ids.into_iter().map(|id| {
        let mut failed = BatchItemFailure::default();
        failed.item_identifier = id;
        failed
    });
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.collect();
    response
}
