//! One request and its whole answer, within limits.

use std::{iter::successors, time::Duration};

use http::{Request, Response};
use http_body_util::{BodyExt, Limited};
use tokio::time::timeout;

use crate::{Connections, KeepAlive, RootCertStore, TlsError, connect};

/// The limits of one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest time to open the TCP connection.
    pub connect: Duration,
    /// Longest time from the start of the connection to the last byte of the answer.
    pub total: Duration,
    /// Largest body of an answer, in bytes.
    pub body: usize,
}

/// No complete answer came: the server was not reached, the connection broke, or a limit was exceeded. Whether the
/// server acted on the request is unknown. A server that refuses does answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

/// A client that opens a connection for each request. A connection that was kept may die unnoticed while Lambda freezes
/// the process. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Client {
    connections: Connections<String>,
    limits: Limits,
}

impl Client {
    /// Makes a client. Opens no connection.
    ///
    /// # Errors
    /// Those of [`connect`].
    pub fn new(roots: RootCertStore, limits: Limits) -> Result<Self, TlsError> {
        Ok(Self { connections: connect(roots, limits.connect, KeepAlive::Close)?, limits })
    }

    /// Sends a request once and returns the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn send(&self, request: Request<String>) -> Result<Response<Vec<u8>>, Unreachable> {
        let exchange = async {
            let (parts, body) = self.connections.request(request).await.map_err(|error| lost(&error))?.into_parts();
            let body = Limited::new(body, self.limits.body).collect().await.map_err(|error| lost(&*error))?;
            Ok(Response::from_parts(parts, Vec::from(body.to_bytes())))
        };
        timeout(self.limits.total, exchange).await.map_err(|_| Unreachable("no answer in time".to_owned()))?
    }
}

/// Joins a chain of errors, since the outermost one seldom says more than "client error (Connect)".
fn lost(error: &(dyn std::error::Error + 'static)) -> Unreachable {
    let causes: Vec<String> = successors(Some(error), |error| error.source()).map(ToString::to_string).collect();
    Unreachable(causes.join(": "))
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::roots;

    fn client(total: Duration) -> Client {
        let limits = Limits { connect: Duration::from_secs(1), total, body: 4 };
        Client::new(roots::mozilla(), limits).unwrap()
    }

    /// Answers one request with the text, then closes the connection after the time.
    async fn server(answer: &'static str, closes_after: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 1_024]).await.unwrap() > 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
            tokio::time::sleep(closes_after).await;
        });
        url
    }

    async fn get(client: &Client, url: &str) -> Result<(u16, Vec<u8>), Unreachable> {
        let answer = client.send(Request::get(url).body(String::new()).unwrap()).await?;
        Ok((answer.status().as_u16(), answer.into_body()))
    }

    #[tokio::test]
    async fn a_refusal_is_an_answer() {
        let url = server("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno", Duration::ZERO).await;
        assert_eq!(get(&client(Duration::from_secs(5)), &url).await, Ok((403, b"no".to_vec())));
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_not_read() {
        let url = server("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n12345", Duration::ZERO).await;
        let error = get(&client(Duration::from_secs(5)), &url).await.unwrap_err();
        assert_eq!(error.to_string(), "length limit exceeded");
    }

    #[tokio::test]
    async fn an_answer_that_does_not_end_in_time_is_given_up() {
        let url = server("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n12", Duration::from_secs(60)).await;
        let error = get(&client(Duration::from_millis(50)), &url).await.unwrap_err();
        assert_eq!(error.to_string(), "no answer in time");
    }

    #[tokio::test]
    async fn a_server_that_does_not_listen_is_unreachable_with_the_cause() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let error = get(&client(Duration::from_secs(5)), &url).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
    }
}
