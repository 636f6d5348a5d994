//! Functions that a queue calls, and that deal with many messages in one go.

use std::future::Future;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use lambda_runtime::Error;
use serde::de::DeserializeOwned;
use souk_runtime::{Connect, Function, Kind, handler, name_of};

use crate::{
    Failure,
    consumer::{read, read_messages, sent_back, serve_queue},
};

/// A function that deals with all messages of a batch at once, because many cost hardly more than one. The same message
/// may come again, and messages may come in any order.
pub trait BatchConsumer: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// What it needs.
    type Deps: Connect;
    /// What a message of its queue is.
    type Message: DeserializeOwned + Send;

    /// Deals with the messages of a batch: with all of them or, when it fails, with none.
    fn handle(
        deps: &Self::Deps,
        messages: Vec<Self::Message>,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Describes a consumer of batches for the list of its service.
pub fn batch_consumer<C: BatchConsumer>() -> Function {
    let type_path = std::any::type_name::<C>();
    Function {
        name: name_of(C::MODULE),
        kind: Kind::Consumer,
        route: None,
        type_path,
        read: read_messages::<C::Message>,
    }
}

/// Serves a consumer of batches until Lambda ends the process. A message that cannot be read goes back to the queue alone,
/// and the others of its batch together.
///
/// # Errors
/// Those of starting, and those of the runtime.
pub fn serve_batches<C: BatchConsumer>() -> Result<(), Error> {
    serve_queue(|start| handler(start, |deps, event| async { Ok(batch::<C>(deps, event).await) }))
}

async fn batch<C: BatchConsumer>(deps: &C::Deps, event: SqsEvent) -> SqsBatchResponse {
    let function = name_of(C::MODULE);
    let (mut ids, mut messages, mut back) = (Vec::new(), Vec::new(), Vec::new());
    for record in event.records {
        match read(record) {
            (id, Ok(message)) => {
                ids.push(id);
                messages.push(message);
            }
            (id, Err(failure)) => {
                tracing::error!(function, message.id = id, error = %failure, "goes back to the queue");
                back.push(id);
            }
        }
    }
    let count = messages.len();
    if count > 0 {
        // Boxed, as in a `Consumer`.
        match Box::pin(C::handle(deps, messages, Timestamp::now())).await {
            Ok(()) => tracing::info!(function, messages = count, "dealt with"),
            Err(failure) => {
                tracing::error!(function, messages = count, error = %failure, "go back to the queue");
                back.append(&mut ids);
            }
        }
    }
    sent_back(back)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Takes batches of numbers that have no 13 in them.
    struct Function;

    impl BatchConsumer for Function {
        const MODULE: &'static str = "search::function";

        type Deps = ();
        type Message = u8;

        async fn handle((): &(), messages: Vec<u8>, _: Timestamp) -> Result<(), Failure> {
            if messages.contains(&13) { Err(Failure::new("a 13")) } else { Ok(()) }
        }
    }

    async fn back_of(bodies: &[&str]) -> Vec<String> {
        let records: Vec<_> =
            bodies.iter().enumerate().map(|(n, body)| json!({ "messageId": n.to_string(), "body": body })).collect();
        let event: SqsEvent = serde_json::from_value(json!({ "Records": records })).unwrap();
        let response = batch::<Function>(&(), event).await;
        response.batch_item_failures.into_iter().map(|failed| failed.item_identifier).collect()
    }

    #[tokio::test]
    async fn a_batch_that_fails_goes_back_whole_and_what_cannot_be_read_alone() {
        assert!(back_of(&["1", "2"]).await.is_empty());
        assert_eq!(back_of(&["1", "?", "2"]).await, ["1"]);
        assert_eq!(back_of(&["1", "?", "13"]).await, ["1", "0", "2"]);
    }
}
