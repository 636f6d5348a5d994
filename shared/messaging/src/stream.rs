//! Functions that the table's stream calls.

use std::future::Future;

use aws_lambda_events::{
    dynamodb::Event as StreamEvent,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use souk_runtime::{Connect, Start, init_logging};

use crate::Failure;

/// A function that reads new items off the table's stream. The event source's filter decides which items come.
pub trait StreamReader: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// What it needs.
    type Deps: Connect;
    /// What the filter lets through.
    type Item: DeserializeOwned + Send;

    /// Deals with a new item. It may come again.
    fn handle(deps: &Self::Deps, item: Self::Item, now: Timestamp) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Serves a stream reader until Lambda ends the process. The stream goes on behind the first item that fails only when
/// that one is dealt with or given up, so a batch ends there.
///
/// # Errors
/// Those of starting, and those of the runtime.
pub async fn serve_stream<S: StreamReader>() -> Result<(), Error> {
    init_logging();
    let deps = S::Deps::connect(&Start::load()?).await?;
    let deps = &deps;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<StreamEvent>| async move {
        Ok::<_, Error>(batch::<S>(deps, event.payload).await)
    }))
    .await
}

async fn batch<S: StreamReader>(deps: &S::Deps, event: StreamEvent) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    let function = souk_runtime::name_of(S::MODULE);
    for record in event.records {
        let result = match serde_dynamo::from_item(record.change.new_image) {
            Ok(item) => S::handle(deps, item, Timestamp::now()).await,
            Err(error) => Err(Failure::new(format!("an unexpected item: {error}"))),
        };
        if let Err(failure) = result {
            tracing::error!(function, error = %failure, "the stream waits here");
            let mut failed = DynamoDbBatchItemFailure::default();
            failed.item_identifier = record.change.sequence_number;
            response.batch_item_failures.push(failed);
            return response;
        }
    }
    response
}
