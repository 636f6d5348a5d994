//! Pushes frames to connected clients.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_apigatewaymanagement::{
    Client,
    config::Builder,
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::{EventId, FrameId, Id as _, Principal, SessionId};
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, StoreError, WriteError};
use souk_store_live::{LiveExt as _, sockets::Socket};

/// The data of a frame, as the API document describes it.
pub trait FrameData: Serialize + JsonSchema + Sync {
    /// The frame's `type`: `order_placed`.
    const KIND: &'static str;
}

/// A message that is pushed over a socket.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "FrameOf{T}")]
pub struct Frame<T> {
    #[serde(skip)]
    to: Principal,
    /// The type of the frame, such as `order_placed`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The id of the frame, the same in every delivery. A client drops a frame that it already has.
    id: FrameId,
    /// The id of the event that the frame is about. An event can cause several frames.
    event: EventId,
    /// When the event happened.
    at: Timestamp,
    /// The data of the frame.
    data: T,
}

impl<T: FrameData> Frame<T> {
    /// Creates the frame about an event to a principal. Its id depends on the event, the type and the principal, so that
    /// a repeated delivery has the same id and no other frame has it.
    pub fn new(to: Principal, event: EventId, at: Timestamp, data: T) -> Self {
        let hash = digest(&SHA256, format!("{} {event} {to}", T::KIND).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_ref()[..16]);
        let id = FrameId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid());
        Self { to, kind: T::KIND, id, event, at, data }
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
    /// Sends a frame to every open socket of its principal and returns the number of sockets that received it. A socket
    /// whose session has ended receives nothing. A socket that no longer exists is deleted from the table.
    ///
    /// # Errors
    /// Those of [`PushError`]. The sockets before the one that failed have received the frame.
    pub async fn push<T: FrameData>(&self, frame: &Frame<T>, now: Timestamp) -> Result<usize, PushError> {
        let bytes = serde_json::to_vec(frame)?;
        let mut reached = 0;
        let (sockets, live) = self.sockets_of(frame.to, now).await?;
        for socket in sockets.iter().filter(|socket| live.contains(&socket.session)) {
            reached += usize::from(self.send(&socket.connection, bytes.clone()).await?);
        }
        Ok(reached)
    }

    /// Closes the sockets of a principal whose sessions have ended.
    ///
    /// # Errors
    /// Those of [`PushError`]. The sockets before the one that failed are closed.
    pub async fn close_ended(&self, of: Principal, now: Timestamp) -> Result<(), PushError> {
        let (sockets, live) = self.sockets_of(of, now).await?;
        for socket in sockets.iter().filter(|socket| !live.contains(&socket.session)) {
            match self.client.delete_connection().connection_id(&socket.connection).send().await {
                Ok(_) => {}
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(PushError::Gateway(error.into_service_error().to_string())),
            }
            self.delete(&socket.connection).await?;
        }
        Ok(())
    }

    /// Returns the open sockets of a principal, and which of their sessions are valid.
    async fn sockets_of(&self, of: Principal, now: Timestamp) -> Result<(Vec<Socket>, BTreeSet<SessionId>), PushError> {
        let sockets = self.store.sockets().of(of, now).await?;
        if sockets.is_empty() {
            return Ok((sockets, BTreeSet::new()));
        }
        let sessions = sockets.iter().map(|socket| socket.session).collect();
        let live = self.store.access().live_among(of, &sessions, now).await?;
        Ok((sockets, live))
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
