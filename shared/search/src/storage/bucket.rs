//! Access to the S3 bucket of the index.

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

/// The bucket could not do what was requested.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// The object does not exist.
    #[error("the object {0} does not exist")]
    Missing(String),
    /// S3 refused the request, or could not be reached.
    #[error("S3 failed to {action}: {reason}")]
    S3 {
        /// The requested action.
        action: &'static str,
        /// The reason, as S3 stated it.
        reason: String,
    },
}

/// The result of getting an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The object does not exist.
    Missing,
    /// The object still has the given tag.
    Unchanged,
    /// The object was read.
    Found {
        /// The whole content.
        content: Bytes,
        /// The entity tag, which changes with the content.
        tag: String,
    },
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// The key.
    pub key: String,
    /// When it was written.
    pub at: Timestamp,
}

/// The operations on a bucket that the index needs.
pub trait ObjectStorage: Send + Sync + 'static {
    /// Gets the object at `key`, unless it has the tag `unless_tag`.
    ///
    /// # Errors
    /// [`BucketError::S3`].
    fn get(&self, key: &str, unless_tag: Option<&str>) -> impl Future<Output = Result<Fetched, BucketError>> + Send;

    /// Gets a part of the object at `key`.
    ///
    /// # Errors
    /// [`BucketError::Missing`], [`BucketError::S3`].
    fn part(&self, key: &str, range: Range<u64>) -> impl Future<Output = Result<Bytes, BucketError>> + Send;

    /// Writes the object at `key`. Replaces an existing one.
    ///
    /// # Errors
    /// [`BucketError::S3`].
    fn put(&self, key: &str, content: Bytes) -> impl Future<Output = Result<(), BucketError>> + Send;

    /// Writes the object at `key` if the existing one has this tag, or without a tag if there is none. Returns whether
    /// it was written.
    ///
    /// # Errors
    /// [`BucketError::S3`]; the object may have been written.
    fn replace(
        &self,
        key: &str,
        tag: Option<&str>,
        content: Bytes,
    ) -> impl Future<Output = Result<bool, BucketError>> + Send;

    /// Lists all objects whose keys begin with `prefix`.
    ///
    /// # Errors
    /// [`BucketError::S3`].
    fn list(&self, prefix: &str) -> impl Future<Output = Result<Vec<StoredObject>, BucketError>> + Send;

    /// Deletes these objects. Missing objects are ignored.
    ///
    /// # Errors
    /// [`BucketError::S3`]; some of them may have been deleted.
    fn delete(&self, keys: Vec<String>) -> impl Future<Output = Result<(), BucketError>> + Send;
}

/// A bucket of S3.
#[derive(Debug, Clone)]
pub struct Bucket {
    s3: Client,
    name: String,
}

impl Bucket {
    /// Connects to the bucket `name`.
    ///
    /// With its own endpoint in `config` (`AWS_ENDPOINT_URL`), buckets are addressed by path, because a local cloud has
    /// no DNS name for each bucket.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        // A whole index has about 20 MB, which takes longer than a request to the table may take. Callers that answer
        // requests set their own timeouts.
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(30))
            .operation_timeout(Duration::from_secs(60));
        let s3 = aws_sdk_s3::config::Builder::from(config)
            .force_path_style(config.endpoint_url().is_some())
            .timeout_config(timeouts.build());
        Self { s3: Client::from_conf(s3.build()), name: name.into() }
    }
}

/// How many objects one request deletes.
const DELETE_BATCH: usize = 1_000;

impl ObjectStorage for Bucket {
    async fn get(&self, key: &str, unless_tag: Option<&str>) -> Result<Fetched, BucketError> {
        const ACTION: &str = "get an object";
        let request = self.s3.get_object().bucket(&self.name).key(key).set_if_none_match(unless_tag.map(str::to_owned));
        let object = match request.send().await {
            Ok(object) => object,
            Err(SdkError::ServiceError(error)) if error.raw().status().as_u16() == 304 => {
                return Ok(Fetched::Unchanged);
            }
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => return Ok(Fetched::Missing),
            Err(error) => return Err(failed(ACTION, error)),
        };
        let tag = object.e_tag.unwrap_or_default();
        let content = object.body.collect().await.map_err(|error| failed(ACTION, error))?.into_bytes();
        Ok(Fetched::Found { content, tag })
    }

    async fn part(&self, key: &str, range: Range<u64>) -> Result<Bytes, BucketError> {
        const ACTION: &str = "get a part of an object";
        let bytes = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        let object = match self.s3.get_object().bucket(&self.name).key(key).range(bytes).send().await {
            Ok(object) => object,
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => {
                return Err(BucketError::Missing(key.to_owned()));
            }
            Err(error) => return Err(failed(ACTION, error)),
        };
        Ok(object.body.collect().await.map_err(|error| failed(ACTION, error))?.into_bytes())
    }

    async fn put(&self, key: &str, content: Bytes) -> Result<(), BucketError> {
        let put = self.s3.put_object().bucket(&self.name).key(key).body(ByteStream::from(content)).send().await;
        put.map(drop).map_err(|error| failed("put an object", error))
    }

    async fn replace(&self, key: &str, tag: Option<&str>, content: Bytes) -> Result<bool, BucketError> {
        let request = self.s3.put_object().bucket(&self.name).key(key).body(ByteStream::from(content));
        let request = match tag {
            Some(tag) => request.if_match(tag),
            None => request.if_none_match("*"),
        };
        match request.send().await {
            Ok(_) => Ok(true),
            // S3 answers the second code for two writes at once, and the third if the object to replace was deleted.
            Err(error) => match error.code() {
                Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey") => Ok(false),
                _ => Err(failed("replace an object", error)),
            },
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<StoredObject>, BucketError> {
        let mut found = Vec::new();
        let mut from = None;
        loop {
            let request = self.s3.list_objects_v2().bucket(&self.name).prefix(prefix).set_continuation_token(from);
            let page = request.send().await.map_err(|error| failed("list objects", error))?;
            found.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| {
                let at = Timestamp::from_second(object.last_modified?.secs()).ok()?;
                Some(StoredObject { key: object.key?, at })
            }));
            from = page.next_continuation_token;
            if from.is_none() {
                return Ok(found);
            }
        }
    }

    async fn delete(&self, keys: Vec<String>) -> Result<(), BucketError> {
        const ACTION: &str = "delete objects";
        for keys in keys.chunks(DELETE_BATCH) {
            let keys = keys.iter().filter_map(|key| ObjectIdentifier::builder().key(key).build().ok()).collect();
            // Quiet: the answer lists only errors.
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

fn failed(action: &'static str, error: impl Into<BoxError>) -> BucketError {
    let error = error.into();
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        reason = format!("{reason}: {cause}");
        source = cause.source();
    }
    BucketError::S3 { action, reason }
}
