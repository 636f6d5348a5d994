//! Pushes frames to connected clients.

use aws_sdk_apigatewaymanagement::{
    Client,
    config::Builder,
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::{EventId, Principal};
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, StoreError, WriteError};
use souk_store_live::LiveExt as _;

/// The data of a frame, as the API document describes it.
pub trait FrameData: Serialize + JsonSchema + Sync {
    /// The frame's `type`: `order_placed`.
    const KIND: &'static str;
}

/// A message that is pushed over a socket.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "FrameOf{T}")]
pub struct Frame<T> {
    /// The type of the frame, such as `order_placed`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The id of the event, the same in every delivery.
    id: EventId,
    /// When the event happened.
    at: Timestamp,
    /// The data of the frame.
    data: T,
}

impl<T: FrameData> Frame<T> {
    /// Creates the frame about an event.
    pub const fn new(id: EventId, at: Timestamp, data: T) -> Self {
        Self { kind: T::KIND, id, at, data }
    }
}

/// The reason why a frame was not sent to every open socket.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// A read or write of the table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// API Gateway did not accept the frame.
    #[error("a socket could not be written to: {0}")]
    Gateway(String),
    /// The frame does not serialise.
    #[error("the frame does not serialise")]
    Frame(#[from] serde_json::Error),
}

/// Sends frames to sockets.
#[derive(Debug)]
pub struct Pusher {
    client: Client,
    store: Store,
}

impl Pusher {
    /// Sends a frame to every open socket of a principal and returns the number of sockets that received it. A socket
    /// that no longer exists is deleted from the table.
    ///
    /// # Errors
    /// Those of [`PushError`]. The sockets before the one that failed have received the frame.
    pub async fn push<T: FrameData>(
        &self,
        to: Principal,
        frame: &Frame<T>,
        now: Timestamp,
    ) -> Result<usize, PushError> {
        let bytes = serde_json::to_vec(frame)?;
        let mut reached = 0;
        for socket in self.store.sockets().of(to, now).await? {
            reached += usize::from(self.send(&socket.connection, bytes.clone()).await?);
        }
        Ok(reached)
    }

    /// Closes the sockets that a principal opened at `at` or before. Later sockets stay open, so a retry is safe.
    ///
    /// # Errors
    /// Those of [`PushError`]. The sockets before the one that failed are closed.
    pub async fn close(&self, of: Principal, at: Timestamp, now: Timestamp) -> Result<(), PushError> {
        for socket in self.store.sockets().of(of, now).await?.iter().filter(|socket| socket.opened_at <= at) {
            match self.client.delete_connection().connection_id(&socket.connection).send().await {
                Ok(_) => {}
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(PushError::Gateway(error.into_service_error().to_string())),
            }
            self.delete(&socket.connection).await?;
        }
        Ok(())
    }

    /// Sends bytes over one socket. Returns whether the socket still exists.
    ///
    /// # Errors
    /// Those of [`PushError`].
    pub async fn send(&self, connection: &str, bytes: Vec<u8>) -> Result<bool, PushError> {
        let sent = self.client.post_to_connection().connection_id(connection).data(Blob::new(bytes)).send().await;
        match sent {
            Ok(_) => Ok(true),
            Err(error) if is_gone(&error) => self.delete(connection).await.map(|()| false),
            Err(error) => Err(PushError::Gateway(error.into_service_error().to_string())),
        }
    }

    /// Deletes a closed socket from the table.
    async fn delete(&self, connection: &str) -> Result<(), PushError> {
        match self.store.sockets().closed(connection).await {
            Ok(()) | Err(WriteError::Refused(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    }
}

fn is_gone<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    let status = error.raw_response().map(|response| response.status().as_u16());
    error.code() == Some("GoneException") || status == Some(410)
}

impl Connect for Pusher {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let endpoint: String = start.setting("SOCKET_ENDPOINT")?;
        let config = Builder::from(start.aws()).endpoint_url(endpoint).build();
        Ok(Self { client: Client::from_conf(config), store: Store::connect(start).await? })
    }
}
