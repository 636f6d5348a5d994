//! `$default` - answers a message of a client. The only message is `{"type":"ping"}`. It keeps a socket open, which API
//! Gateway closes after 10 idle minutes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_live::{Pusher, Refusal, Request, SocketRoute};
use souk_web::JsonSchema;

/// Answers a ping.
#[derive(Debug)]
pub struct DefaultSocket;

/// A message of a client.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum ClientMessage {
    Ping,
}

/// The answer to a ping.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Pong {}

/// What was said cannot be understood.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NotUnderstood {
    /// Why.
    code: Misunderstanding,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Misunderstanding {
    UnknownMessage,
}

/// What a socket answers, beside the frames that are pushed over it.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Answer {
    Pong(Pong),
    Problem(NotUnderstood),
}

impl SocketRoute for DefaultSocket {
    const MODULE: &'static str = module_path!();
    const ROUTE: &'static str = "$default";

    type Deps = Pusher;

    async fn handle(pusher: &Pusher, request: Request, _: Timestamp) -> Result<(), Refusal> {
        let answer = match serde_json::from_str(request.body.as_deref().unwrap_or_default()) {
            Ok(ClientMessage::Ping) => Answer::Pong(Pong {}),
            Err(_) => Answer::Problem(NotUnderstood { code: Misunderstanding::UnknownMessage }),
        };
        pusher.send(&request.connection, serde_json::to_vec(&answer)?).await?;
        Ok(())
    }
}
