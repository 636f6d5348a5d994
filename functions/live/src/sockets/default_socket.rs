//! `$default` - a client says something. All there is to say so far is `{"type":"ping"}`, which keeps a socket open
//! past API Gateway's ten idle minutes.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use souk_live::{Pusher, Refusal, Request, SocketRoute};

/// Answers pings.
#[derive(Debug)]
pub struct DefaultSocket;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Said {
    Ping,
}

impl SocketRoute for DefaultSocket {
    const MODULE: &'static str = module_path!();
    const ROUTE: &'static str = "$default";

    type Deps = Pusher;

    async fn handle(pusher: &Pusher, request: Request, _: Timestamp) -> Result<(), Refusal> {
        let answer = match serde_json::from_str(request.body.as_deref().unwrap_or_default()) {
            Ok(Said::Ping) => json!({ "type": "pong" }),
            Err(_) => json!({ "type": "problem", "code": "unknown_message" }),
        };
        pusher.send(&request.connection, answer.to_string().into_bytes()).await?;
        Ok(())
    }
}
