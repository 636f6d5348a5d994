//! Socket routes: functions that the WebSocket API calls.

use std::future::Future;

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use jiff::Timestamp;
use lambda_runtime::Error;
use serde_json::{Value, json};
use souk_runtime::{Connect, Function, Kind, MakeHandler, handler, name_of, serve};
use souk_store::WriteError;

/// A request of a socket: its opening, its end or a message.
#[derive(Debug, Clone)]
pub struct Request {
    /// API Gateway's id of the connection.
    pub connection: String,
    /// The ticket in the query, when the socket is opened.
    pub ticket: Option<String>,
    /// The text of a message.
    pub body: Option<String>,
}

/// The reason why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The ticket is missing or invalid: 401.
    NotSignedIn,
    /// An internal error: 500. The reason is logged.
    Failed(String),
}

impl Refusal {
    /// Makes an internal error from a failed write, whatever rule was broken.
    pub fn from_write<R: std::fmt::Debug>(error: WriteError<R>) -> Self {
        match error {
            WriteError::Refused(rules) => Self::Failed(format!("a condition did not hold: {:?}", rules.0)),
            WriteError::Store(error) => error.into(),
        }
    }
}

impl<E: std::error::Error> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Failed(error.to_string())
    }
}

/// A route of the WebSocket API.
pub trait SocketRoute: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// `$connect`, `$disconnect` or `$default`.
    const ROUTE: &'static str;
    /// The dependencies.
    type Deps: Connect;

    /// Handles a request.
    fn handle(deps: &Self::Deps, request: Request, now: Timestamp) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// Describes a socket route for the list of its service.
pub fn function<S: SocketRoute>() -> Function {
    Function::new::<S>(S::MODULE, Kind::Socket, Some(S::ROUTE.to_owned()), read::<S>)
}

/// Reads an event of the WebSocket API, and checks that it is for this route.
fn read<S: SocketRoute>(event: &str) -> Result<(), String> {
    let event: ApiGatewayWebsocketProxyRequest = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let route = event.request_context.route_key;
    if route.as_deref() == Some(S::ROUTE) {
        Ok(())
    } else {
        Err(format!("it is for {route:?} and not for {}", S::ROUTE))
    }
}

/// Serves a socket route until Lambda ends the process.
///
/// # Errors
/// Those of starting, and those of the Lambda runtime.
pub fn serve_socket<S: SocketRoute>() -> Result<(), Error> {
    serve_any(|start| handler(start, |deps, event| async { Ok(answer::<S>(deps, event).await) }))
}

fn serve_any(connect: MakeHandler<ApiGatewayWebsocketProxyRequest, Value>) -> Result<(), Error> {
    serve(connect)
}

async fn answer<S: SocketRoute>(deps: &S::Deps, event: ApiGatewayWebsocketProxyRequest) -> Value {
    let function = name_of(S::MODULE);
    // A client can name any route in a message, `$disconnect` as well. Only API Gateway itself opens and ends sockets.
    let expected = match S::ROUTE {
        "$connect" => "CONNECT",
        "$disconnect" => "DISCONNECT",
        _ => "MESSAGE",
    };
    if event.request_context.event_type.as_deref() != Some(expected) {
        tracing::info!(function, "a message that names another route was ignored");
        return json!({ "statusCode": 200 });
    }
    let request = Request {
        connection: event.request_context.connection_id.unwrap_or_default(),
        ticket: event.query_string_parameters.first("ticket").map(str::to_owned),
        body: event.body,
    };
    let status = match S::handle(deps, request, Timestamp::now()).await {
        Ok(()) => 200,
        Err(Refusal::NotSignedIn) => 401,
        Err(Refusal::Failed(reason)) => {
            tracing::error!(function, error = reason, "the socket route failed");
            500
        }
    };
    tracing::info!(function, status, "answered");
    json!({ "statusCode": status })
}
