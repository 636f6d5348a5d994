//! An open socket.

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message},
};

use crate::{Client, Failed, Result};

/// A client's end of a socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    /// Asks for a ticket: the address to open a socket at, once.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn socket_ticket(&self) -> Result<String> {
        let answer = self.ask("create_socket_ticket")?.send().await?.succeeded()?;
        let url = answer.body["url"].as_str();
        url.map(str::to_owned).ok_or_else(|| Failed::new(format!("a ticket without an address\n{answer}")))
    }

    /// Opens a socket with a fresh ticket.
    ///
    /// # Errors
    /// When either is refused.
    pub async fn open_socket(&self) -> Result<Socket> {
        Socket::open(&self.socket_ticket().await?).await
    }
}

impl Socket {
    /// Opens a socket at an address.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn open(url: &str) -> Result<Self> {
        match connect_async(url).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(Error::Http(response)) => {
                Err(Failed::new(format!("the socket was refused with {}", response.status())))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Says something.
    ///
    /// # Errors
    /// When the socket is closed.
    pub async fn say(&mut self, frame: &Value) -> Result {
        Ok(self.stream.send(Message::text(frame.to_string())).await?)
    }

    /// Waits for a frame of this type and gives it; frames of other types before it are dropped.
    ///
    /// # Errors
    /// When none comes in time, or the socket closes.
    pub async fn await_frame(&mut self, kind: &str, patience: Duration) -> Result<Value> {
        let begun = Instant::now();
        let mut seen = Vec::new();
        while let Some(left) = patience.checked_sub(begun.elapsed()) {
            let Ok(next) = timeout(left, self.stream.next()).await else { break };
            match next {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text)?;
                    if frame["type"] == kind {
                        return Ok(frame);
                    }
                    seen.push(text.to_string());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(Failed::new("the socket was closed by the other side")),
            }
        }
        Err(Failed::new(format!("no frame of type {kind} came within {patience:?}; what came: {seen:?}")))
    }

    /// Waits until the other side closes it; frames before that are dropped.
    ///
    /// # Errors
    /// When it stays open.
    pub async fn await_end(mut self, patience: Duration) -> Result {
        let end = async { while let Some(Ok(_)) = self.stream.next().await {} };
        timeout(patience, end).await.map_err(|_| Failed::new(format!("the socket was still open after {patience:?}")))
    }

    /// Closes it.
    ///
    /// # Errors
    /// When that fails.
    pub async fn close(mut self) -> Result {
        Ok(self.stream.close(None).await?)
    }
}
