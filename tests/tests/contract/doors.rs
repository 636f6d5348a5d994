//! Every function there is, as a test needs it.

use std::{collections::BTreeSet, fs, path::PathBuf};

use aws_lambda_events::{
    apigw::{ApiGatewayV2httpRequest, ApiGatewayWebsocketProxyRequest},
    dynamodb::Event as StreamEvent,
    eventbridge::EventBridgeEvent,
    sqs::SqsEvent,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use souk_live::SocketRoute;
use souk_messaging::{BatchConsumer, Consumer, Deployment, DeploymentRequest, Schedule, StreamReader};
use souk_web::{Incoming, openapi::Operation};

/// Reads an event as a function would, or says what is wrong with it.
type Read = dyn Fn(&str) -> Result<(), String>;

/// A function, and what reading an event of it takes.
pub(crate) struct Door {
    /// The binary's name.
    pub(crate) name: String,
    /// Reads an event as the function would, and says what is wrong with it.
    pub(crate) read: Box<Read>,
}

/// Every door that the wings declare.
pub(crate) fn doors() -> Vec<Door> {
    macro_rules! doors {
        ($read:ident, $name:expr; $($room:ty),+ $(,)?) => {
            [$(Door { name: $name(module_of::<$room>()), read: Box::new($read::<$room>) }),+]
        };
    }
    let mut doors: Vec<Door> = xtask::operations().into_iter().map(endpoint).collect();
    doors.extend(doors!(consumer, dashed;
        media::process_image::Room, orders::apply_stripe_event::Room, live::push_live::Room, mail::send_mail::Room,
        profile::erase_account::Room));
    doors.extend(doors!(consumer, dashed; notifications::notify::Room));
    doors.extend(doors!(consumer, dashed; media::transform_image::Room, media::keep_pictures::Room));
    doors.extend(doors!(schedule, dashed; media::purge_media::Room));
    doors.extend(doors!(stream, dashed; outbox::relay_outbox::Room));
    doors.extend(doors!(consumer, dashed; site::move_category::Room));
    doors.extend(doors!(deployment, dashed; site::seed_site::Room));
    doors.extend(doors!(consumer, dashed; bulk::run_import::Room, bulk::run_export::Room));
    doors.extend(doors!(stream, dashed; catalogue::watch_products::Room));
    doors.extend(doors!(schedule, dashed; orders::release_holds::Room, outbox::sweep_outbox::Room));
    doors.extend(doors!(consumer, dashed; shops::sync_shop::Room));
    doors.extend(doors!(schedule, dashed; shops::purge_shops::Room, domains::check_domains::Room));
    doors.extend(doors!(schedule, dashed; catalogue::purge_products::Room));
    doors.extend(doors!(consumer, dashed; catalogue::count_sales::Room));
    doors.extend(doors!(batches, dashed; search::index_products::Room));
    doors.extend(doors!(schedule, dashed; search::rebuild_index::Room));
    doors.extend(doors!(socket, dashed;
        live::connect_socket::Room, live::disconnect_socket::Room, live::default_socket::Room));
    doors
}

/// The names of all binaries of the wings.
pub(crate) fn binaries() -> BTreeSet<String> {
    let wings = fs::read_dir(workspace().join("functions")).unwrap().map(|wing| wing.unwrap().path());
    let doors = wings.flat_map(|wing| fs::read_dir(wing.join("src/bin")).unwrap());
    doors.map(|door| door.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

pub(crate) fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn module_of<R>() -> &'static str {
    let path = std::any::type_name::<R>();
    path.strip_suffix("::Room").unwrap_or(path)
}

fn dashed(module: &'static str) -> String {
    souk_runtime::name_of(module).replace('_', "-")
}

fn endpoint(operation: Operation) -> Door {
    let room = operation.room();
    let route = room.route.unwrap_or_default();
    let read = move |event: &str| {
        let event: ApiGatewayV2httpRequest = serde_json::from_str(event).map_err(|error| error.to_string())?;
        if event.route_key.as_deref() != Some(&route) {
            return Err(format!("it is for {:?} and not for {route}", event.route_key));
        }
        operation.read(&incoming(event)).map_err(|problem| format!("{problem:?}"))
    };
    Door { name: room.name.replace('_', "-"), read: Box::new(read) }
}

fn incoming(event: ApiGatewayV2httpRequest) -> Incoming {
    let parameter = |(name, value): (String, String)| (name, Value::from(value));
    let query = event.query_string_parameters.iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
    Incoming {
        method: event.request_context.http.method.to_string(),
        headers: event.headers,
        path: event.path_parameters.into_iter().map(parameter).collect(),
        query: query.collect::<Map<_, _>>(),
        repeated: Vec::new(),
        body: event.body.unwrap_or_default().into_bytes(),
        request_id: event.request_context.request_id.unwrap_or_default(),
        address: event.request_context.http.source_ip.unwrap_or_default(),
        from_allowed_origin: false,
    }
}

fn consumer<C: Consumer>(event: &str) -> Result<(), String> {
    messages::<C::Message>(event)
}

fn batches<C: BatchConsumer>(event: &str) -> Result<(), String> {
    messages::<C::Message>(event)
}

fn messages<M: DeserializeOwned>(event: &str) -> Result<(), String> {
    let event: SqsEvent = serde_json::from_str(event).map_err(|error| error.to_string())?;
    for record in &event.records {
        let body = record.body.as_deref().unwrap_or_default();
        serde_json::from_str::<M>(body).map_err(|error| format!("the body {body}: {error}"))?;
    }
    if event.records.is_empty() { Err("it has no messages".to_owned()) } else { Ok(()) }
}

fn stream<S: StreamReader>(event: &str) -> Result<(), String> {
    let event: StreamEvent = serde_json::from_str(event).map_err(|error| error.to_string())?;
    // What was removed has nothing to be read.
    let written = event.records.into_iter().filter(|record| record.event_name != "REMOVE");
    let items = written.map(|record| {
        serde_dynamo::from_item::<_, S::Item>(record.change.new_image).map(drop).map_err(|error| error.to_string())
    });
    let items: Vec<()> = items.collect::<Result<_, _>>()?;
    if items.is_empty() { Err("it has no records".to_owned()) } else { Ok(()) }
}

fn schedule<S: Schedule>(event: &str) -> Result<(), String> {
    let event: EventBridgeEvent<Value> = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let own = event.resources.iter().flatten().any(|arn| arn.ends_with(&dashed(module_of::<S>())));
    if own { Ok(()) } else { Err(format!("its resources are {:?}", event.resources)) }
}

fn deployment<D: Deployment>(event: &str) -> Result<(), String> {
    serde_json::from_str::<DeploymentRequest>(event).map_err(|error| error.to_string())?;
    let asked: Value = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let function = asked["ServiceToken"].as_str().unwrap_or_default();
    let own = function.ends_with(&dashed(D::MODULE));
    if own { Ok(()) } else { Err(format!("it is for {function}")) }
}

fn socket<S: SocketRoute>(event: &str) -> Result<(), String> {
    let event: ApiGatewayWebsocketProxyRequest = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let route = event.request_context.route_key;
    if route.as_deref() == Some(S::ROUTE) {
        Ok(())
    } else {
        Err(format!("it is for {route:?} and not for {}", S::ROUTE))
    }
}
