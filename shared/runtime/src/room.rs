//! What each function says of itself, for the route table, the API document and the tests.

use serde::Serialize;

/// A function of ours.
#[derive(Debug, Clone, Serialize)]
pub struct Room {
    /// The module's name, and in other spellings everything's: `create_shop`.
    pub name: &'static str,
    /// What calls it.
    pub kind: Kind,
    /// `POST /v1/shops`, for endpoints; `$connect` and the like for sockets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
}

/// What calls a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The HTTP API.
    Endpoint,
    /// The WebSocket API.
    Socket,
    /// A queue.
    Consumer,
    /// The table's stream.
    Stream,
    /// The clock.
    Schedule,
    /// A deployment, once its resources are there.
    Deployment,
}

/// The last segment of a module path: a room is named by its module.
pub fn name_of(module_path: &'static str) -> &'static str {
    module_path.rsplit("::").next().unwrap_or(module_path)
}
