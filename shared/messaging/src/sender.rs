//! Many messages to one queue.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use serde::Serialize;
use souk_runtime::{Start, StartError};

use crate::Failure;

/// Sends messages to one queue, for who is called again when that fails, as a stream reader is. Functions write events instead.
#[derive(Debug)]
pub struct Sender {
    sqs: Client,
    queue: String,
}

/// How many messages one request takes.
const AT_ONCE: usize = 10;

impl Sender {
    /// For the queue whose URL is in a variable.
    ///
    /// # Errors
    /// [`StartError::Setting`] when it is missing.
    pub fn to(start: &Start, variable: &'static str) -> Result<Self, StartError> {
        Ok(Self { sqs: Client::new(start.aws()), queue: start.setting(variable)? })
    }

    /// Sends messages. One request for up to ten.
    ///
    /// # Errors
    /// A [`Failure`] when the queue did not take all of them. It may have taken some.
    pub async fn send<M: Serialize>(&self, messages: &[M]) -> Result<(), Failure> {
        for messages in messages.chunks(AT_ONCE) {
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
    Failure::new(format!("the queue did not take a message: {reason}"))
}
