//! The bucket, and the little that is asked of it.

use std::{future::Future, ops::Range, time::Duration};

use aws_sdk_s3::{
    Client,
    config::timeout::TimeoutConfig,
    error::{BoxError, ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
    types::{Delete, ObjectIdentifier},
};
use aws_types::SdkConfig;
use bytes::Bytes;
use jiff::Timestamp;

/// Why the bucket did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object.
    #[error("there is no object {0}")]
    Missing(String),
    /// S3 refused, or could not be reached.
    #[error("S3 failed to {action}: {reason}")]
    S3 {
        /// What was asked.
        action: &'static str,
        /// What it said.
        reason: String,
    },
}

/// What came of asking for an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// It is not there.
    Missing,
    /// It still has the tag that was named.
    Same,
    /// It is this.
    Found {
        /// All of it.
        content: Bytes,
        /// What tells it from what was or will be there.
        tag: String,
    },
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// When it was put there.
    pub at: Timestamp,
}

/// The few things that are asked of a bucket.
pub trait Objects: Send + Sync + 'static {
    /// The object at `key`, unless it has the tag `but`.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    fn get(&self, key: &str, but: Option<&str>) -> impl Future<Output = Result<Fetched, StorageError>> + Send;

    /// A part of the object at `key`.
    ///
    /// # Errors
    /// [`StorageError::Missing`], [`StorageError::S3`].
    fn part(&self, key: &str, range: Range<u64>) -> impl Future<Output = Result<Bytes, StorageError>> + Send;

    /// Puts an object at `key`, whatever was there.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    fn put(&self, key: &str, content: Bytes) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Puts an object at `key` in place of the one with this tag, or where none was. Answers whether it did.
    ///
    /// # Errors
    /// [`StorageError::S3`]; it may be there all the same then.
    fn replace(
        &self,
        key: &str,
        tag: Option<&str>,
        content: Bytes,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;

    /// All objects whose keys begin with `prefix`.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    fn list(&self, prefix: &str) -> impl Future<Output = Result<Vec<Listed>, StorageError>> + Send;

    /// Deletes these objects. One that is not there is no error.
    ///
    /// # Errors
    /// [`StorageError::S3`]; some of them may be gone then.
    fn delete(&self, keys: Vec<String>) -> impl Future<Output = Result<(), StorageError>> + Send;
}

/// A bucket of S3.
#[derive(Debug, Clone)]
pub struct Bucket {
    s3: Client,
    name: String,
}

impl Bucket {
    /// The bucket called `name`.
    ///
    /// With an endpoint of its own in `config` (`AWS_ENDPOINT_URL`), buckets are addressed by path: a local cloud has no
    /// DNS name for each.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        // A whole index has some 20 MB, which takes longer than a request to the table may. Who answers a request sets a
        // deadline of their own.
        let patience = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(30))
            .operation_timeout(Duration::from_secs(60));
        let s3 = aws_sdk_s3::config::Builder::from(config)
            .force_path_style(config.endpoint_url().is_some())
            .timeout_config(patience.build());
        Self { s3: Client::from_conf(s3.build()), name: name.into() }
    }
}

/// How many objects one request deletes.
const AT_ONCE: usize = 1_000;

impl Objects for Bucket {
    async fn get(&self, key: &str, but: Option<&str>) -> Result<Fetched, StorageError> {
        const ACTION: &str = "get an object";
        let request = self.s3.get_object().bucket(&self.name).key(key).set_if_none_match(but.map(str::to_owned));
        let object = match request.send().await {
            Ok(object) => object,
            Err(SdkError::ServiceError(error)) if error.raw().status().as_u16() == 304 => return Ok(Fetched::Same),
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => return Ok(Fetched::Missing),
            Err(error) => return Err(failed(ACTION, error)),
        };
        let tag = object.e_tag.unwrap_or_default();
        let content = object.body.collect().await.map_err(|error| failed(ACTION, error))?.into_bytes();
        Ok(Fetched::Found { content, tag })
    }

    async fn part(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        const ACTION: &str = "get a part of an object";
        let bytes = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        let object = match self.s3.get_object().bucket(&self.name).key(key).range(bytes).send().await {
            Ok(object) => object,
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => {
                return Err(StorageError::Missing(key.to_owned()));
            }
            Err(error) => return Err(failed(ACTION, error)),
        };
        Ok(object.body.collect().await.map_err(|error| failed(ACTION, error))?.into_bytes())
    }

    async fn put(&self, key: &str, content: Bytes) -> Result<(), StorageError> {
        let put = self.s3.put_object().bucket(&self.name).key(key).body(ByteStream::from(content)).send().await;
        put.map(drop).map_err(|error| failed("put an object", error))
    }

    async fn replace(&self, key: &str, tag: Option<&str>, content: Bytes) -> Result<bool, StorageError> {
        let request = self.s3.put_object().bucket(&self.name).key(key).body(ByteStream::from(content));
        let request = match tag {
            Some(tag) => request.if_match(tag),
            None => request.if_none_match("*"),
        };
        match request.send().await {
            Ok(_) => Ok(true),
            // The second is said when two come at once, the third when what was to be replaced is gone.
            Err(error) => match error.code() {
                Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey") => Ok(false),
                _ => Err(failed("replace an object", error)),
            },
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StorageError> {
        let mut found = Vec::new();
        let mut from = None;
        loop {
            let request = self.s3.list_objects_v2().bucket(&self.name).prefix(prefix).set_continuation_token(from);
            let page = request.send().await.map_err(|error| failed("list objects", error))?;
            found.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| {
                let at = Timestamp::from_second(object.last_modified?.secs()).ok()?;
                Some(Listed { key: object.key?, at })
            }));
            from = page.next_continuation_token;
            if from.is_none() {
                return Ok(found);
            }
        }
    }

    async fn delete(&self, keys: Vec<String>) -> Result<(), StorageError> {
        const ACTION: &str = "delete objects";
        for keys in keys.chunks(AT_ONCE) {
            let keys = keys.iter().filter_map(|key| ObjectIdentifier::builder().key(key).build().ok()).collect();
            // Quiet: the answer lists only what went wrong.
            let request = Delete::builder().set_objects(Some(keys)).quiet(true).build();
            let request = request.map_err(|error| failed(ACTION, error))?;
            let answer = self.s3.delete_objects().bucket(&self.name).delete(request).send().await;
            match answer.map_err(|error| failed(ACTION, error))?.errors() {
                [] => {}
                [first, ..] => return Err(failed(ACTION, first.message().unwrap_or("no reason given"))),
            }
        }
        Ok(())
    }
}

fn failed(action: &'static str, error: impl Into<BoxError>) -> StorageError {
    let error = error.into();
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        reason = format!("{reason}: {cause}");
        source = cause.source();
    }
    StorageError::S3 { action, reason }
}
