//! `$default` - answers a message of a client. The only message is `{"type":"ping"}`. It keeps a socket open, which API
//! Gateway closes after 10 idle minutes.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use souk_live::{Pusher, Refusal, Request, SocketRoute};

/// Answers a ping.
#[derive(Debug)]
pub struct DefaultSocket;

/// A message of a client.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum ClientMessage {
    Ping,
}

impl SocketRoute for DefaultSocket {
    const MODULE: &'static str = module_path!();
    const ROUTE: &'static str = "$default";

    type Deps = Pusher;

    async fn handle(pusher: &Pusher, request: Request, _: Timestamp) -> Result<(), Refusal> {
        let answer = match serde_json::from_str(request.body.as_deref().unwrap_or_default()) {
            Ok(ClientMessage::Ping) => json!({ "type": "pong" }),
            Err(_) => json!({ "type": "problem", "code": "unknown_message" }),
        };
        pusher.send(&request.connection, answer.to_string().into_bytes()).await?;
        Ok(())
    }
}
