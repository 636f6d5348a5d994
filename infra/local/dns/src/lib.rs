//! A DNS server on the developer's machine: it knows the records that it was told, and nothing else.
//!
//! `PUT /_local/records/{name}` with `{"txt": [..], "cname": "..", "broken": false}` tells it, `DELETE` lets it forget,
//! `GET /_local/records` shows all. A name that it was told nothing of does not exist; a broken one is answered with a
//! failure. It is started by `make local` and, in process, by tests; no function links it.

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

/// What the DNS says of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Records {
    /// Its texts.
    pub txt: Vec<String>,
    /// What it is another name of.
    pub cname: Option<String>,
    /// Whether asking for it fails.
    pub broken: bool,
}

/// The records by name, in lower case and without a dot at the end.
#[derive(Debug, Clone, Default)]
struct Zone(Arc<Mutex<BTreeMap<String, Records>>>);

impl Zone {
    fn names(&self) -> MutexGuard<'_, BTreeMap<String, Records>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server; dropping it ends it.
#[derive(Debug)]
pub struct LocalDns {
    address: SocketAddr,
    zone: Zone,
    tasks: JoinSet<()>,
}

impl LocalDns {
    /// Starts serving on 127.0.0.1, both protocols on one port; 0 for any.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(port: u16) -> io::Result<Self> {
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = http.local_addr()?;
        let udp = UdpSocket::bind(address).await?;
        let zone = Zone::default();
        let app = Router::new()
            .route("/_local/records", get(all))
            .route("/_local/records/{name}", put(set).delete(forget))
            .with_state(zone.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // axum's server ends only with this task.
            let _ = axum::serve(http, app).await;
        });
        tasks.spawn(serve_udp(udp, zone.clone()));
        Ok(Self { address, zone, tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells it what there is to say of a name.
    pub fn set(&self, name: &str, records: Records) {
        self.zone.names().insert(name.to_ascii_lowercase(), records);
    }

    /// Returns only if the server fails.
    pub async fn serve(mut self) {
        self.tasks.join_next().await;
    }
}

async fn serve_udp(socket: UdpSocket, zone: Zone) {
    let mut buffer = [0; 4_096];
    loop {
        let Ok((length, asker)) = socket.recv_from(&mut buffer).await else { return };
        if let Some(answer) = answer::to(buffer.get(..length).unwrap_or_default(), &zone) {
            // An asker that is gone asks for nothing more.
            let _ = socket.send_to(&answer, asker).await;
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

async fn forget(State(zone): State<Zone>, Path(name): Path<String>) -> StatusCode {
    zone.names().remove(&name.to_ascii_lowercase());
    StatusCode::NO_CONTENT
}
