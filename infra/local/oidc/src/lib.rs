//! A local OpenID provider in Google's place: discovery, keys, a page to choose who signs in, codes and ID tokens.
//!
//! It refuses what Google refuses, and more: PKCE is required, and a redirect URI must equal a registered one. On
//! request it issues ID tokens with every flaw that a relying party must detect. `make local` starts it as a process,
//! and tests start it in their own process. No function links it. It does not have user info, refresh tokens,
//! remembered consent, and sign-out.

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

/// A running provider. Dropping it stops it.
#[derive(Debug)]
pub struct LocalOidc {
    address: SocketAddr,
    tasks: JoinSet<()>,
}

impl LocalOidc {
    /// Generates keys and starts the server on 127.0.0.1.
    ///
    /// # Errors
    /// Fails if the port is in use, or if no key can be generated.
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

    /// Returns the base URL, which is also the issuer: `http://localhost:4510`.
    pub fn url(&self) -> String {
        issuer(self.address)
    }

    /// Runs until the server fails.
    pub async fn serve(mut self) {
        self.tasks.join_next().await;
    }
}

/// The host is a name and not an IP address: browsers keep `Secure` cookies for `localhost` without HTTPS, and the API
/// uses it too.
fn issuer(address: SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}
