//! Sends messages to one queue.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use serde::Serialize;
use souk_runtime::{Start, StartError};

use crate::Failure;

/// Sends messages to one queue, for workers that are retried if sending fails, such as stream readers. Other functions
/// write events into the outbox instead.
#[derive(Debug)]
pub struct Sender {
    sqs: Client,
    queue: String,
}

/// Largest number of messages in one request to SQS.
const BATCH_SIZE: usize = 10;

impl Sender {
    /// Makes a sender for the queue whose URL is in an environment variable.
    ///
    /// # Errors
    /// [`StartError::Setting`] if the variable is missing.
    pub fn to(start: &Start, variable: &'static str) -> Result<Self, StartError> {
        Ok(Self { sqs: Client::new(start.aws()), queue: start.setting(variable)? })
    }

    /// Sends messages, up to ten in each request.
    ///
    /// # Errors
    /// A [`Failure`] if the queue did not accept all of them. It may have accepted some.
    pub async fn send<M: Serialize>(&self, messages: &[M]) -> Result<(), Failure> {
        for messages in messages.chunks(BATCH_SIZE) {
            let mut request = self.sqs.send_message_batch().queue_url(&self.queue);
            for (n, message) in messages.iter().enumerate() {
                let entry = SendMessageBatchRequestEntry::builder().id(n.to_string());
                let entry = entry.message_body(serde_json::to_string(message)?).build();
                request = request.entries(entry.map_err(|error| Failure::new(error.to_string()))?);
            }
            let answer = request.send().await;
            let answer = answer.map_err(|error| refused(&error.into_service_error().to_string()))?;
            if let [first, ..] = answer.failed() {
                return Err(refused(first.message().unwrap_or(&first.code)));
            }
        }
        Ok(())
    }
}

fn refused(reason: &str) -> Failure {
    Failure::new(format!("the queue did not accept a message: {reason}"))
}
