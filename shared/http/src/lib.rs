//! The HTTP client for every service outside: AWS, Stripe and the OpenID provider.
//!
//! All of them are reached by HTTP/1.1 over rustls. [`connect`] builds the connections from the root certificates that
//! a service is trusted under ([`roots`]). [`Client`] sends one request with a time limit and a size limit and returns
//! the whole answer. The AWS SDK has time limits of its own, so it uses the connections directly.

mod client;
pub mod roots;

use std::{sync::Arc, time::Duration};

use http_body::Body;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, crypto::aws_lc_rs};

pub use client::{Client, Limits, Unreachable};
pub use rustls::{Error as TlsError, RootCertStore};

/// Connections that send requests with a body of type `B`.
pub type Connections<B> = legacy::Client<HttpsConnector<HttpConnector>, B>;

/// Whether a connection is kept open for the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAlive {
    /// The connection is kept. If the server closed it while Lambda froze the process, the caller retries.
    Reuse,
    /// Each request opens a connection of its own.
    Close,
}

/// Prepares connections to servers whose certificates one of the `roots` signed. Opens none yet. An `http` address is
/// reached without TLS.
///
/// # Errors
/// [`TlsError`] if the TLS library does not support its own default protocol versions.
pub fn connect<B>(
    roots: RootCertStore,
    connect_timeout: Duration,
    keep_alive: KeepAlive,
) -> Result<Connections<B>, TlsError>
where
    B: Body + Send,
    B::Data: Send,
{
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(connect_timeout));
    let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    match keep_alive {
        KeepAlive::Reuse => builder.pool_timer(TokioTimer::new()),
        KeepAlive::Close => builder.pool_max_idle_per_host(0),
    };
    Ok(builder.build(https))
}
