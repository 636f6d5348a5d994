//! The settings, the AWS configuration and the secrets of a process.

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

use crate::aws_http;

/// The reason why a function could not start. Lambda then tries again with a new process.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An environment variable that the template should set is missing or malformed.
    #[error("the variable {0} is missing or malformed")]
    Setting(&'static str),
    /// A secret could not be read or has an unexpected format.
    #[error("the secret {name} could not be read: {reason}")]
    Secret {
        /// The environment variable that holds the ARN of the secret.
        name: &'static str,
        /// The cause.
        reason: String,
    },
    /// A read or write of the table failed.
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

/// A dependency of a function, made once per process.
pub trait Connect: Sized + Send + Sync + 'static {
    /// Makes the dependency.
    ///
    /// # Errors
    /// Those of [`StartError`].
    fn connect(start: &Start) -> impl Future<Output = Result<Self, StartError>> + Send;
}

impl Start {
    /// Reads the environment that Lambda sets.
    ///
    /// The SDK's own loader is not used, because it also looks for credentials where a function never has any (STS,
    /// instance metadata, profiles). The SDK sets no timeout for an operation as a whole. Without the timeouts here a
    /// request could hang until Lambda ends the function.
    ///
    /// # Errors
    /// [`StartError::Setting`] if a variable is missing that Lambda always sets.
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
        let connector = aws_http::connector(&region).map_err(|error| StartError::Client(error.to_string()))?;
        let mut aws = SdkConfig::builder()
            .http_client(aws_http::client(connector.clone()))
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(3));
        aws.set_endpoint_url(optional("AWS_ENDPOINT_URL")?);
        Ok(Self { aws: aws.build(), connector })
    }

    /// Returns the configuration that AWS clients are built from.
    pub fn aws(&self) -> &SdkConfig {
        &self.aws
    }

    /// Sends a body to a pre-signed address of AWS.
    ///
    /// # Errors
    /// The address is malformed, no answer comes within 8 seconds, or the answer is no success.
    pub async fn put(&self, url: &str, body: String) -> Result<(), lambda_runtime::Error> {
        aws_http::put(&self.connector, url, body).await
    }

    /// Reads an environment variable that the template sets.
    ///
    /// # Errors
    /// [`StartError::Setting`] if it is missing, empty or malformed.
    pub fn setting<T: FromStr>(&self, name: &'static str) -> Result<T, StartError> {
        setting(name)
    }

    /// Reads an environment variable. Returns `None` if it is missing or empty.
    ///
    /// # Errors
    /// [`StartError::Setting`] if it is malformed.
    pub fn optional<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, StartError> {
        optional(name)
    }

    /// Reads a text from Secrets Manager. The variable `name` holds its ARN, and the function needs the permission for
    /// that ARN.
    ///
    /// # Errors
    /// [`StartError::Secret`].
    pub async fn secret(&self, name: &'static str) -> Result<SecretString, StartError> {
        let failed = |reason: String| StartError::Secret { name, reason };
        let arn: String = self.setting(name)?;
        let client = aws_sdk_secretsmanager::Client::new(&self.aws);
        let output = client.get_secret_value().secret_id(arn).send().await;
        let output = output.map_err(|error| failed(error.into_service_error().to_string()))?;
        output.secret_string.map(SecretString::from).ok_or_else(|| failed("it has no text".to_owned()))
    }

    /// Reads a JSON object from Secrets Manager.
    ///
    /// # Errors
    /// [`StartError::Secret`].
    pub async fn secret_json<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, StartError> {
        let text = self.secret(name).await?;
        serde_json::from_str(secrecy::ExposeSecret::expose_secret(&text))
            .map_err(|_| StartError::Secret { name, reason: "it is not the expected JSON object".to_owned() })
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

/// The one currency of the marketplace.
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

/// Starts logging at the level of `AWS_LAMBDA_LOG_LEVEL`, as JSON if `AWS_LAMBDA_LOG_FORMAT` is `JSON`.
pub(crate) fn init_logging() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_target(false);
    // A test that starts two functions initialises twice. The first subscriber stays.
    let _already_set = match env::var("AWS_LAMBDA_LOG_FORMAT").as_deref() {
        Ok("JSON") => subscriber.json().flatten_event(true).with_current_span(false).try_init(),
        _ => subscriber.with_ansi(false).without_time().try_init(),
    };
}
