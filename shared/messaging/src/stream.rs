//! Stream readers: workers that the table's stream calls.

use std::future::Future;

use aws_lambda_events::{
    dynamodb::{Event as StreamEvent, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use jiff::Timestamp;
use lambda_runtime::Error;
use serde::de::DeserializeOwned;
use souk_runtime::{Connect, Function, Kind, MakeHandler, handler, name_of, serve};
use souk_store::keys::Key;

use crate::Failure;

/// A change of an item.
#[derive(Debug)]
pub enum Change<I> {
    /// The item was created.
    Created(I),
    /// The item was changed. This is its new state.
    Modified(I),
    /// The item was deleted.
    Removed,
}

/// A worker that reads changes of items from the table's stream. The filter of the event source selects the items.
pub trait StreamReader: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// The dependencies.
    type Deps: Connect;
    /// The type of the items that the filter selects.
    type Item: DeserializeOwned + Send;

    /// Receives the keys of all changed items of a batch before the items are read. The batch may be delivered again.
    fn announce(deps: &Self::Deps, items: &[Key]) -> impl Future<Output = Result<(), Failure>> + Send {
        let _ = (deps, items);
        std::future::ready(Ok(()))
    }

    /// Handles the changes of a batch. The stream delivers again from the change that failed on.
    fn handle(
        deps: &Self::Deps,
        changes: Vec<Change<Self::Item>>,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), FailedAt>> + Send;
}

/// The first change of a batch that failed.
#[derive(Debug)]
pub struct FailedAt {
    /// Its position in the batch.
    pub position: usize,
    /// Why it failed.
    pub failure: Failure,
}

/// Handles changes in their order until one fails.
///
/// # Errors
/// That of the first change that fails.
pub async fn one_by_one<I, F>(changes: Vec<Change<I>>, handle: impl Fn(Change<I>) -> F) -> Result<(), FailedAt>
where
    F: Future<Output = Result<(), Failure>>,
{
    for (position, change) in changes.into_iter().enumerate() {
        handle(change).await.map_err(|failure| FailedAt { position, failure })?;
    }
    Ok(())
}

/// Describes a stream reader for the list of its service.
pub fn stream_reader<S: StreamReader>() -> Function {
    Function::new::<S>(S::MODULE, Kind::Stream, None, read::<S::Item>)
}

/// Reads the new images of a stream event. A deleted item has none.
fn read<I: DeserializeOwned>(event: &str) -> Result<(), String> {
    let event: StreamEvent = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let written: Vec<_> = event.records.into_iter().filter(|record| record.event_name != "REMOVE").collect();
    if written.is_empty() {
        return Err("it has no records of written items".to_owned());
    }
    written.into_iter().try_for_each(|record| {
        serde_dynamo::from_item::<_, I>(record.change.new_image).map(drop).map_err(|error| error.to_string())
    })
}

/// Serves a stream reader until Lambda ends the process. A batch ends at the first item that fails. The stream delivers
/// from that item on again, until it succeeds or the retries are used up.
///
/// # Errors
/// Those of starting, and those of the Lambda runtime.
pub fn serve_stream<S: StreamReader>() -> Result<(), Error> {
    serve_any(|start| handler(start, |deps, event| async { Ok(batch::<S>(deps, event).await) }))
}

fn serve_any(connect: MakeHandler<StreamEvent, DynamoDbEventResponse>) -> Result<(), Error> {
    serve(connect)
}

async fn batch<S: StreamReader>(deps: &S::Deps, event: StreamEvent) -> DynamoDbEventResponse {
    let numbers = event.records.iter().map(|record| record.change.sequence_number.clone()).collect::<Vec<_>>();
    let keys: Result<Vec<Key>, _> =
        event.records.iter().map(|record| serde_dynamo::from_item(record.change.keys.clone())).collect();
    let announced = match keys {
        Ok(keys) => S::announce(deps, &keys).await,
        Err(error) => Err(unexpected(&error)),
    };
    if let Err(failure) = announced {
        return failed_at::<S>(&numbers, &FailedAt { position: 0, failure });
    }
    let mut changes = Vec::with_capacity(event.records.len());
    let mut unreadable = None;
    for (position, record) in event.records.into_iter().enumerate() {
        match change_of(record) {
            Ok(change) => changes.push(change),
            Err(failure) => {
                unreadable = Some(FailedAt { position, failure });
                break;
            }
        }
    }
    let handled = S::handle(deps, changes, Timestamp::now()).await;
    match handled.err().or(unreadable) {
        Some(failed) => failed_at::<S>(&numbers, &failed),
        None => DynamoDbEventResponse::default(),
    }
}

fn change_of<I: DeserializeOwned>(record: EventRecord) -> Result<Change<I>, Failure> {
    let item = || serde_dynamo::from_item(record.change.new_image).map_err(|error| unexpected(&error));
    match record.event_name.as_str() {
        "INSERT" => item().map(Change::Created),
        "REMOVE" => Ok(Change::Removed),
        _ => item().map(Change::Modified),
    }
}

fn unexpected(error: &serde_dynamo::Error) -> Failure {
    Failure::new(format!("an unexpected item: {error}"))
}

/// Makes the answer that lets the stream deliver from a change on again. `numbers` are the sequence numbers of the batch.
fn failed_at<S: StreamReader>(numbers: &[Option<String>], failed_at: &FailedAt) -> DynamoDbEventResponse {
    let failure = &failed_at.failure;
    tracing::error!(function = name_of(S::MODULE), error = %failure, "a change failed and the stream delivers it again");
    let at = numbers.get(failed_at.position).cloned().flatten();
    let mut failed = DynamoDbBatchItemFailure::default();
    failed.item_identifier = at;
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures.push(failed);
    response
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    /// Fails for a batch that contains the key `refused`, and for an item with the name `bad`.
    struct Function;

    #[derive(Deserialize)]
    struct Item {
        name: String,
    }

    impl StreamReader for Function {
        const MODULE: &'static str = "catalogue::function";

        type Deps = ();
        type Item = Item;

        async fn announce((): &(), items: &[Key]) -> Result<(), Failure> {
            if items.iter().any(|key| key.pk == "refused") { Err(Failure::new("refused")) } else { Ok(()) }
        }

        async fn handle((): &(), changes: Vec<Change<Item>>, _: Timestamp) -> Result<(), FailedAt> {
            one_by_one(changes, async |change| match change {
                Change::Created(item) | Change::Modified(item) if item.name == "bad" => Err(Failure::new("bad")),
                _ => Ok(()),
            })
            .await
        }
    }

    fn record(n: usize, event: &str, pk: &str, image: Option<Value>) -> Value {
        let mut change = json!({
            "Keys": { "pk": { "S": pk }, "sk": { "S": "ITEM" } },
            "ApproximateCreationDateTime": 1_790_000_000,
            "SequenceNumber": n.to_string(),
            "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE",
        });
        if let Some(image) = image {
            change["NewImage"] = image;
        }
        json!({ "eventID": "0", "eventName": event, "awsRegion": "eu-central-1", "dynamodb": change })
    }

    /// The place at which the stream waits, if it does.
    async fn stops_at(records: &[(&str, &str, Option<&str>)]) -> Option<String> {
        let records = records
            .iter()
            .enumerate()
            .map(|(n, (event, pk, name))| record(n, event, pk, name.map(|name| json!({ "name": { "S": name } }))));
        let event = json!({ "Records": records.collect::<Vec<_>>() });
        let response = batch::<Function>(&(), serde_json::from_value(event).unwrap()).await;
        assert!(response.batch_item_failures.len() <= 1);
        response.batch_item_failures.into_iter().next().and_then(|failed| failed.item_identifier)
    }

    #[tokio::test]
    async fn a_batch_ends_at_the_first_item_that_fails() {
        let good = ("INSERT", "x", Some("good"));
        assert_eq!(stops_at(&[good, ("REMOVE", "x", None), ("MODIFY", "x", Some("good"))]).await, None);
        assert_eq!(stops_at(&[good, ("MODIFY", "x", Some("bad")), good]).await.as_deref(), Some("1"));
        // The item cannot be read.
        assert_eq!(stops_at(&[good, good, ("INSERT", "x", None)]).await.as_deref(), Some("2"));
    }

    #[tokio::test]
    async fn a_batch_whose_announcement_fails_is_delivered_again_from_the_start() {
        let records = [("INSERT", "x", Some("bad")), ("REMOVE", "refused", None)];
        assert_eq!(stops_at(&records).await.as_deref(), Some("0"));
    }
}
