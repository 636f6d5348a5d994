//! A local DNS server that answers with the records that were set.
//!
//! `PUT /_local/records/{name}` with `{"txt": [..], "cname": "..", "broken": false}` sets the records of a name,
//! `DELETE` removes them, and `GET /_local/records` returns all. A name without records does not exist. A broken name
//! is answered with SERVFAIL. `make local` starts the server as a process, and tests start it in their own process. No
//! function links it.

mod answer;

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, put},
};
use serde::{Deserialize, Serialize};
use tokio::{
    net::{TcpListener, UdpSocket},
    task::JoinSet,
};

/// The records of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Records {
    /// The TXT records.
    pub txt: Vec<String>,
    /// The CNAME record.
    pub cname: Option<String>,
    /// Whether queries for the name fail.
    pub broken: bool,
}

/// The records by name, in lower case and without a trailing dot.
#[derive(Debug, Clone, Default)]
struct Zone(Arc<Mutex<BTreeMap<String, Records>>>);

impl Zone {
    fn names(&self) -> MutexGuard<'_, BTreeMap<String, Records>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct LocalDns {
    address: SocketAddr,
    zone: Zone,
    tasks: JoinSet<()>,
}

impl LocalDns {
    /// Starts the server on 127.0.0.1. DNS and HTTP use the same port; 0 picks a free one.
    ///
    /// # Errors
    /// Fails if the port is in use.
    pub async fn start(port: u16) -> io::Result<Self> {
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = http.local_addr()?;
        let udp = UdpSocket::bind(address).await?;
        let zone = Zone::default();
        let app = Router::new()
            .route("/_local/records", get(all))
            .route("/_local/records/{name}", put(set).delete(remove))
            .with_state(zone.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // axum's server ends only with this task.
            let _ = axum::serve(http, app).await;
        });
        tasks.spawn(serve_udp(udp, zone.clone()));
        Ok(Self { address, zone, tasks })
    }

    /// Returns the address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets the records of a name.
    pub fn set(&self, name: &str, records: Records) {
        self.zone.names().insert(name.to_ascii_lowercase(), records);
    }

    /// Runs until the server fails.
    pub async fn serve(mut self) {
        self.tasks.join_next().await;
    }
}

async fn serve_udp(socket: UdpSocket, zone: Zone) {
    let mut buffer = [0; 4_096];
    loop {
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else { return };
        if let Some(answer) = answer::answer(buffer.get(..length).unwrap_or_default(), &zone) {
            // A client that does not exist any more needs no answer.
            let _ = socket.send_to(&answer, client).await;
        }
    }
}

async fn all(State(zone): State<Zone>) -> Json<BTreeMap<String, Records>> {
    Json(zone.names().clone())
}

async fn set(State(zone): State<Zone>, Path(name): Path<String>, Json(records): Json<Records>) -> StatusCode {
    zone.names().insert(name.to_ascii_lowercase(), records);
    StatusCode::NO_CONTENT
}

async fn remove(State(zone): State<Zone>, Path(name): Path<String>) -> StatusCode {
    zone.names().remove(&name.to_ascii_lowercase());
    StatusCode::NO_CONTENT
}
