//! From a fresh process to connected clients.

use std::{env, future::Future, str::FromStr, time::Duration};

use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_types::SdkConfig;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use souk_domain::Currency;
use souk_store::{Store, StoreError, Table};
use tracing::Level;

use crate::http;

/// Why a function could not start. Lambda tries again with a new process.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The template does not set this variable, or sets it to something that cannot be read.
    #[error("the variable {0} is missing or malformed")]
    Setting(&'static str),
    /// A secret could not be read or has another shape.
    #[error("the secret {name} could not be read: {reason}")]
    Secret {
        /// The variable that names the secret.
        name: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// The table could not be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A client could not be built.
    #[error("a client could not be built: {0}")]
    Client(String),
}

/// The settings and the AWS configuration of this process.
#[derive(Debug, Clone)]
pub struct Start {
    aws: SdkConfig,
    connector: SharedHttpConnector,
}

/// Something that a function needs, made once per process.
pub trait Connect: Sized + Send + Sync + 'static {
    /// Makes it.
    ///
    /// # Errors
    /// Those of [`StartError`].
    fn connect(start: &Start) -> impl Future<Output = Result<Self, StartError>> + Send;
}

impl Start {
    /// Reads the environment, as Lambda sets it.
    ///
    /// By hand, because the SDK's own loader also brings the ways to find credentials that a function never uses (STS,
    /// instance metadata, profiles): 1 MB. And the SDK has no timeout of its own for an operation as a whole: without these
    /// a request would hang until Lambda ends it.
    ///
    /// # Errors
    /// [`StartError::Setting`] for a variable that Lambda always sets.
    pub fn load() -> Result<Self, StartError> {
        let region: String = setting("AWS_REGION")?;
        let credentials = Credentials::new(
            setting::<String>("AWS_ACCESS_KEY_ID")?,
            setting::<String>("AWS_SECRET_ACCESS_KEY")?,
            optional("AWS_SESSION_TOKEN")?,
            None,
            "environment",
        );
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(3))
            .operation_timeout(Duration::from_secs(8))
            .build();
        let connector = http::connector(&region).map_err(|error| StartError::Client(error.to_string()))?;
        let mut aws = SdkConfig::builder()
            .http_client(http::client(connector.clone()))
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(3));
        aws.set_endpoint_url(optional("AWS_ENDPOINT_URL")?);
        Ok(Self { aws: aws.build(), connector })
    }

    /// The configuration to build AWS clients from.
    pub fn aws(&self) -> &SdkConfig {
        &self.aws
    }

    /// Sends a body to an address of AWS's that is signed already.
    ///
    /// # Errors
    /// When it is no address, when nobody answers, and when the answer is no success.
    pub async fn put(&self, url: &str, body: String) -> Result<(), lambda_runtime::Error> {
        http::put(&self.connector, url, body).await
    }

    /// A variable that the template sets.
    ///
    /// # Errors
    /// [`StartError::Setting`] when it is missing, empty or malformed.
    pub fn setting<T: FromStr>(&self, name: &'static str) -> Result<T, StartError> {
        setting(name)
    }

    /// A variable that may be missing or empty.
    ///
    /// # Errors
    /// [`StartError::Setting`] when it is malformed.
    pub fn optional<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, StartError> {
        optional(name)
    }

    /// A text from Secrets Manager, whose ARN is in a variable. What reads it needs the permission for just that ARN.
    ///
    /// # Errors
    /// [`StartError::Secret`].
    pub async fn secret(&self, name: &'static str) -> Result<SecretString, StartError> {
        let failed = |reason: String| StartError::Secret { name, reason };
        let arn: String = self.setting(name)?;
        let client = aws_sdk_secretsmanager::Client::new(&self.aws);
        let output = client.get_secret_value().secret_id(arn).send().await;
        let output = output.map_err(|error| failed(error.into_service_error().to_string()))?;
        output.secret_string.map(SecretString::from).ok_or_else(|| failed("it holds no text".to_owned()))
    }

    /// A JSON object from Secrets Manager.
    ///
    /// # Errors
    /// [`StartError::Secret`].
    pub async fn secret_json<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, StartError> {
        let text = self.secret(name).await?;
        serde_json::from_str(secrecy::ExposeSecret::expose_secret(&text))
            .map_err(|_| StartError::Secret { name, reason: "it is not the JSON object expected".to_owned() })
    }
}

impl Connect for () {
    async fn connect(_: &Start) -> Result<Self, StartError> {
        Ok(())
    }
}

impl Connect for Store {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let name: String = start.setting("TABLE")?;
        Ok(Self::new(Table::new(aws_sdk_dynamodb::Client::new(start.aws()), name)))
    }
}

/// The one currency that the marketplace runs in.
impl Connect for Currency {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        start.setting("CURRENCY")
    }
}

fn setting<T: FromStr>(name: &'static str) -> Result<T, StartError> {
    optional(name)?.ok_or(StartError::Setting(name))
}

fn optional<T: FromStr>(name: &'static str) -> Result<Option<T>, StartError> {
    match env::var(name) {
        Ok(text) if !text.is_empty() => text.parse().map(Some).map_err(|_| StartError::Setting(name)),
        _ => Ok(None),
    }
}

/// Logs as JSON where Lambda asks for it (`AWS_LAMBDA_LOG_FORMAT`), at the level it asks for (`AWS_LAMBDA_LOG_LEVEL`).
pub(crate) fn init_logging() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_target(false);
    // A second initialisation, as in a test that starts two functions, keeps the first.
    let _already_set = match env::var("AWS_LAMBDA_LOG_FORMAT").as_deref() {
        Ok("JSON") => subscriber.json().flatten_event(true).with_current_span(false).try_init(),
        _ => subscriber.with_ansi(false).without_time().try_init(),
    };
}
