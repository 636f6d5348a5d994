//! An OpenID provider on the developer's machine, in Google's place: discovery, keys, a page to choose who one is,
//! codes and ID tokens.
//!
//! It refuses what Google refuses, and more: PKCE is not optional, and a redirect address must be registered to the
//! letter. It can be ordered to spoil an ID token in every way that a relying party must notice. It is started by
//! `make local` and, in process, by tests; no function links it. Not there: user info, refresh tokens, consent that is
//! remembered, signing out.

mod app;
mod authorize;
mod id_token;
mod local;
mod params;
mod person;
mod settings;
mod signing;
mod state;
mod token;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    app::{App, router},
    state::State,
};

pub use person::Person;
pub use settings::Settings;
pub use signing::SigningKey;

/// A running provider; dropping it ends it.
#[derive(Debug)]
pub struct LocalOidc {
    address: SocketAddr,
    tasks: JoinSet<()>,
}

impl LocalOidc {
    /// Makes keys and starts serving on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken, or no key can be made.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
        let address = listener.local_addr()?;
        let key = || SigningKey::generate().map_err(io::Error::other);
        let state = State::new(key()?, key()?);
        let app = Arc::new(App::new(settings, issuer(address), state));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // axum's server ends only with this task.
            let _ = axum::serve(listener, router(app)).await;
        });
        Ok(Self { address, tasks })
    }

    /// Where it listens, which is also what it calls itself as an issuer: `http://localhost:4510`.
    pub fn url(&self) -> String {
        issuer(self.address)
    }

    /// Returns only if the server fails.
    pub async fn serve(mut self) {
        self.tasks.join_next().await;
    }
}

/// By name and not by number: browsers keep `Secure` cookies for `localhost` without HTTPS, and the API is there too.
fn issuer(address: SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}
