//! Consumers that handle a batch of messages at once.

use std::future::Future;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use lambda_runtime::Error;
use serde::de::DeserializeOwned;
use souk_runtime::{Connect, Function, Kind, handler, name_of};

use crate::{
    Failure,
    consumer::{batch_failures, read, read_messages, serve_queue},
};

/// A consumer that handles all messages of a batch at once, because many cost hardly more than one. The same message
/// may be delivered again, and messages may be delivered in any order.
pub trait BatchConsumer: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// The dependencies.
    type Deps: Connect;
    /// The type of the messages in its queue.
    type Message: DeserializeOwned + Send;

    /// Handles the messages of a batch. If it fails, all of them are retried.
    fn handle(
        deps: &Self::Deps,
        messages: Vec<Self::Message>,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Describes a consumer of batches for the list of its service.
pub fn batch_consumer<C: BatchConsumer>() -> Function {
    Function::new::<C>(C::MODULE, Kind::Consumer, None, read_messages::<C::Message>)
}

/// Serves a consumer of batches until Lambda ends the process. A message that cannot be read returns to the queue
/// alone. If the consumer fails, all others return together.
///
/// # Errors
/// Those of starting, and those of the Lambda runtime.
pub fn serve_batches<C: BatchConsumer>() -> Result<(), Error> {
    serve_queue(|start| handler(start, |deps, event| async { Ok(batch::<C>(deps, event).await) }))
}

async fn batch<C: BatchConsumer>(deps: &C::Deps, event: SqsEvent) -> SqsBatchResponse {
    let function = name_of(C::MODULE);
    let (mut ids, mut messages, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for record in event.records {
        match read(record) {
            (id, Ok(message)) => {
                ids.push(id);
                messages.push(message);
            }
            (id, Err(failure)) => {
                tracing::error!(function, message.id = id, error = %failure, "message failed and returns to the queue");
                failed.push(id);
            }
        }
    }
    let count = messages.len();
    if count > 0 {
        // Boxed for the same reason as in a `Consumer`.
        match Box::pin(C::handle(deps, messages, Timestamp::now())).await {
            Ok(()) => tracing::info!(function, messages = count, "messages handled"),
            Err(failure) => {
                tracing::error!(function, messages = count, error = %failure, "messages failed and return to the queue");
                failed.append(&mut ids);
            }
        }
    }
    batch_failures(failed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Fails for a batch that contains 13.
    struct Function;

    impl BatchConsumer for Function {
        const MODULE: &'static str = "search::function";

        type Deps = ();
        type Message = u8;

        async fn handle((): &(), messages: Vec<u8>, _: Timestamp) -> Result<(), Failure> {
            if messages.contains(&13) { Err(Failure::new("a 13")) } else { Ok(()) }
        }
    }

    async fn failed_ids(bodies: &[&str]) -> Vec<String> {
        let records: Vec<_> =
            bodies.iter().enumerate().map(|(n, body)| json!({ "messageId": n.to_string(), "body": body })).collect();
        let event: SqsEvent = serde_json::from_value(json!({ "Records": records })).unwrap();
        let response = batch::<Function>(&(), event).await;
        response.batch_item_failures.into_iter().map(|failed| failed.item_identifier).collect()
    }

    #[tokio::test]
    async fn a_failed_batch_returns_as_a_whole_and_an_unreadable_message_alone() {
        assert!(failed_ids(&["1", "2"]).await.is_empty());
        assert_eq!(failed_ids(&["1", "?", "2"]).await, ["1"]);
        assert_eq!(failed_ids(&["1", "?", "13"]).await, ["1", "0", "2"]);
    }
}
