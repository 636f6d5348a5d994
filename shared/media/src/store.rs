//! The media bucket, with uploads and renditions.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    config::{ProvideCredentials, SharedCredentialsProvider},
    error::{BoxError, SdkError},
    primitives::ByteStream,
    types::{Delete, ObjectIdentifier},
};
use aws_types::SdkConfig;
use jiff::Timestamp;
use souk_runtime::{Connect, Start, StartError};

use crate::upload::{Permission, UploadForm};

mod parts;

pub use parts::{MIN_PART, Part};

/// The key of a rendition is written once, so caches may keep it for a year, the longest time that HTTP recommends.
pub const RENDITION_CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// The bucket could not do what was requested.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The object does not exist.
    #[error("the object {key} does not exist")]
    Missing {
        /// The requested key.
        key: String,
    },
    /// The object is larger than the caller accepts.
    #[error("the object has {bytes} bytes, more than {max_bytes}")]
    TooBig {
        /// The size in bytes.
        bytes: u64,
        /// The largest size that the caller accepts.
        max_bytes: u64,
    },
    /// The prefix does not end with a slash: `a/1` would include `a/10`, and an empty prefix the whole bucket.
    #[error("a prefix to delete must end with a slash")]
    OpenPrefix,
    /// The process has no credentials or no region to sign with.
    #[error("the URL or form cannot be signed: {0}")]
    Unsigned(String),
    /// S3 refused the request, or could not be reached.
    #[error("S3 failed to {action}")]
    S3 {
        /// The requested action.
        action: &'static str,
        /// The reason, as S3 stated it.
        source: BoxError,
    },
}

/// The media bucket.
#[derive(Debug, Clone)]
pub struct MediaStore {
    s3: Client,
    /// The client does not expose its credentials, and signing a form needs them.
    credentials: Option<SharedCredentialsProvider>,
    region: Option<String>,
    bucket: String,
    /// The URL that a form is sent to. It ends with a slash or with the bucket's name.
    upload_url: String,
}

impl Connect for MediaStore {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self::new(start.aws(), start.setting::<String>("MEDIA_BUCKET")?))
    }
}

impl MediaStore {
    /// Connects to the bucket named `bucket`.
    ///
    /// With its own endpoint in `config` (`AWS_ENDPOINT_URL`), buckets are addressed by path, because a local cloud has
    /// no DNS name for each bucket.
    pub fn new(config: &SdkConfig, bucket: impl Into<String>) -> Self {
        let bucket = bucket.into();
        let region = config.region().map(ToString::to_string);
        let upload_url = match (config.endpoint_url(), &region) {
            (Some(endpoint), _) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            (None, Some(region)) => format!("https://{bucket}.s3.{region}.amazonaws.com/"),
            (None, None) => format!("https://{bucket}.s3.amazonaws.com/"),
        };
        let s3_config = aws_sdk_s3::config::Builder::from(config).force_path_style(config.endpoint_url().is_some());
        Self {
            s3: Client::from_conf(s3_config.build()),
            credentials: config.credentials_provider(),
            region,
            bucket,
            upload_url,
        }
    }

    /// Signs a form that uploads one object to `key`: of exactly this content type, of 1 to `max_bytes` bytes, valid
    /// for `valid_for`. The form can be used several times; the last upload wins.
    ///
    /// Does not call S3. A form that is signed with temporary credentials expires with them, even before `valid_for`.
    ///
    /// # Errors
    /// [`StorageError::Unsigned`] without credentials or region.
    pub async fn presign_upload(
        &self,
        key: &str,
        content_type: &str,
        max_bytes: u64,
        valid_for: Duration,
    ) -> Result<UploadForm, StorageError> {
        let unsigned = |reason: &str| StorageError::Unsigned(reason.to_owned());
        let provider = self.credentials.as_ref().ok_or_else(|| unsigned("no credentials are configured"))?;
        let region = self.region.as_deref().ok_or_else(|| unsigned("no region is configured"))?;
        let credentials =
            provider.provide_credentials().await.map_err(|error| StorageError::Unsigned(error.to_string()))?;

        let now = Timestamp::now();
        let expires_at = now.checked_add(valid_for).map_err(|error| StorageError::Unsigned(error.to_string()))?;
        let permission = Permission { bucket: &self.bucket, region, key, content_type, max_bytes, expires_at };
        Ok(UploadForm { url: self.upload_url.clone(), fields: permission.sign(&credentials, now), expires_at })
    }

    /// Returns the content at `key`, if it has at most `max_bytes`.
    ///
    /// # Errors
    /// [`StorageError::Missing`], [`StorageError::TooBig`] before anything is read, [`StorageError::S3`].
    pub async fn get(&self, key: &str, max_bytes: u64) -> Result<Vec<u8>, StorageError> {
        self.get_tagged(key, max_bytes).await.map(|(content, _)| content)
    }

    /// Like [`Self::get`], with the entity tag, which changes with the content.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn get_tagged(&self, key: &str, max_bytes: u64) -> Result<(Vec<u8>, String), StorageError> {
        let object = match self.s3.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => object,
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => {
                return Err(StorageError::Missing { key: key.to_owned() });
            }
            Err(error) => return Err(s3_failed("get an object", error)),
        };
        let bytes = object.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(u64::MAX);
        if bytes > max_bytes {
            return Err(StorageError::TooBig { bytes, max_bytes });
        }
        let tag = object.e_tag.unwrap_or_default();
        let content = object.body.collect().await.map_err(|error| s3_failed("get an object", error))?;
        Ok((content.to_vec(), tag))
    }

    /// Stores a rendition at `key`, for caches to keep. The key must be new, or readers see a mixture of old and new.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn put_rendition(&self, key: &str, bytes: Vec<u8>, content_type: &str) -> Result<(), StorageError> {
        self.s3
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .cache_control(RENDITION_CACHE_CONTROL)
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(|error| s3_failed("put a rendition", error))?;
        Ok(())
    }

    /// Deletes the object at `key`. Idempotent: a missing object is not an error.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let deleted = self.s3.delete_object().bucket(&self.bucket).key(key).send().await;
        deleted.map(drop).map_err(|error| s3_failed("delete an object", error))
    }

    /// Deletes every object whose key begins with `prefix`, which must end with a slash. Returns the number of objects.
    /// Idempotent: missing objects are not an error.
    ///
    /// # Errors
    /// [`StorageError::OpenPrefix`], [`StorageError::S3`]; some of the objects may have been deleted.
    pub async fn delete_prefix(&self, prefix: &str) -> Result<usize, StorageError> {
        if !prefix.ends_with('/') {
            return Err(StorageError::OpenPrefix);
        }
        let mut deleted = 0;
        // A page has at most 1000 keys, as many as one request deletes.
        let mut pages = self.s3.list_objects_v2().bucket(&self.bucket).prefix(prefix).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| s3_failed("list objects", error))?;
            let keys: Vec<_> = page
                .contents()
                .iter()
                .filter_map(|object| ObjectIdentifier::builder().key(object.key()?).build().ok())
                .collect();
            if keys.is_empty() {
                continue;
            }
            deleted += keys.len();
            self.delete_all(keys).await?;
        }
        Ok(deleted)
    }

    async fn delete_all(&self, keys: Vec<ObjectIdentifier>) -> Result<(), StorageError> {
        const ACTION: &str = "delete objects";
        // Quiet: the answer lists only errors.
        let request = Delete::builder().set_objects(Some(keys)).quiet(true).build();
        let request = request.map_err(|error| s3_failed(ACTION, error))?;
        let answer = self.s3.delete_objects().bucket(&self.bucket).delete(request).send().await;
        match answer.map_err(|error| s3_failed(ACTION, error))?.errors() {
            [] => Ok(()),
            [first, ..] => Err(s3_failed(ACTION, first.message().unwrap_or("no reason given"))),
        }
    }
}

fn s3_failed(action: &'static str, source: impl Into<BoxError>) -> StorageError {
    StorageError::S3 { action, source: source.into() }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::config::Credentials;
    use aws_sdk_s3::config::{BehaviorVersion, Region};

    use super::*;

    fn config() -> SdkConfig {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    async fn form(config: &SdkConfig) -> Result<UploadForm, StorageError> {
        MediaStore::new(config, "souk-media")
            .presign_upload("uploads/med_1", "image/png", 5_000_000, Duration::from_secs(600))
            .await
    }

    #[tokio::test]
    async fn a_form_is_sent_to_the_host_of_the_bucket() {
        let form = form(&config()).await.unwrap();
        assert_eq!(form.url, "https://souk-media.s3.eu-central-1.amazonaws.com/");
        assert_eq!(form.fields["key"], "uploads/med_1");
        assert_eq!(form.fields["Content-Type"], "image/png");
    }

    #[tokio::test]
    async fn with_a_custom_endpoint_the_bucket_is_in_the_path() {
        let form = form(&config().into_builder().endpoint_url("http://localhost:4566/").build()).await.unwrap();
        assert_eq!(form.url, "http://localhost:4566/souk-media");
    }

    #[tokio::test]
    async fn a_form_does_not_print_its_signature() {
        let form = form(&config()).await.unwrap();
        assert!(!format!("{form:?}").contains(&form.fields["x-amz-signature"]));
    }

    #[tokio::test]
    async fn a_form_cannot_be_signed_without_a_region() {
        let error = form(&config().into_builder().region(None).build()).await.unwrap_err();
        assert!(matches!(error, StorageError::Unsigned(_)));
    }

    #[tokio::test]
    async fn a_prefix_without_a_slash_at_the_end_is_refused() {
        let store = MediaStore::new(&config(), "souk-media");
        for prefix in ["", "media/1"] {
            assert!(matches!(store.delete_prefix(prefix).await, Err(StorageError::OpenPrefix)));
        }
    }
}
