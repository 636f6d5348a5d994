//! A client's side of a socket.

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message},
};

use crate::{Client, Failed, Result};

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    /// Requests a ticket and returns the URL that opens a socket once.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn socket_ticket(&self) -> Result<String> {
        let answer = self.ask("create_socket_ticket")?.send().await?.succeeded()?;
        let url = answer.body["url"].as_str();
        url.map(str::to_owned).ok_or_else(|| Failed::new(format!("a ticket without a URL\n{answer}")))
    }

    /// Opens a socket with a new ticket.
    ///
    /// # Errors
    /// Fails if the ticket or the socket is refused.
    pub async fn open_socket(&self) -> Result<Socket> {
        Socket::open(&self.socket_ticket().await?).await
    }
}

impl Socket {
    /// Opens a socket at a URL.
    ///
    /// # Errors
    /// Fails if the socket is refused.
    pub async fn open(url: &str) -> Result<Self> {
        match connect_async(url).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(Error::Http(response)) => {
                Err(Failed::new(format!("the socket was refused with {}", response.status())))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// Fails if the socket is closed.
    pub async fn send(&mut self, frame: &Value) -> Result {
        Ok(self.stream.send(Message::text(frame.to_string())).await?)
    }

    /// Waits for a frame of a type and returns it. Drops frames of other types.
    ///
    /// # Errors
    /// Fails if no such frame arrives in time or the socket closes.
    pub async fn await_frame(&mut self, kind: &str, limit: Duration) -> Result<Value> {
        let begun = Instant::now();
        let mut others = Vec::new();
        while let Some(left) = limit.checked_sub(begun.elapsed()) {
            let Ok(next) = timeout(left, self.stream.next()).await else { break };
            match next {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text)?;
                    if frame["type"] == kind {
                        return Ok(frame);
                    }
                    others.push(text.to_string());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(Failed::new("the socket was closed by the server")),
            }
        }
        Err(Failed::new(format!("no frame of type {kind} came within {limit:?}; other frames: {others:?}")))
    }

    /// Waits until the server closes the socket. Drops all frames.
    ///
    /// # Errors
    /// Fails if the socket stays open.
    pub async fn await_close(mut self, limit: Duration) -> Result {
        let end = async { while let Some(Ok(_)) = self.stream.next().await {} };
        timeout(limit, end).await.map_err(|_| Failed::new(format!("the socket was still open after {limit:?}")))
    }

    /// Closes the socket.
    ///
    /// # Errors
    /// Fails if closing fails.
    pub async fn close(mut self) -> Result {
        Ok(self.stream.close(None).await?)
    }
}
