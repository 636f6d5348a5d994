//! The bucket: uploads as they came, renditions as they are served.

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

/// A rendition's key is written once, so a cache may keep it for the longest time HTTP knows: a year.
pub const RENDITION_CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// Why the bucket did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object.
    #[error("there is no object {key}")]
    Missing {
        /// The key asked for.
        key: String,
    },
    /// The object is larger than the caller takes.
    #[error("the object has {bytes} bytes, more than {max_bytes}")]
    TooBig {
        /// Its size.
        bytes: u64,
        /// What the caller takes.
        max_bytes: u64,
    },
    /// Everything under `a/1` would include `a/10`, and everything under nothing the whole bucket.
    #[error("a prefix to delete must end with a slash")]
    OpenPrefix,
    /// The process has no credentials to sign with, or no region.
    #[error("an upload cannot be signed: {0}")]
    Unsigned(String),
    /// S3 refused, or could not be reached.
    #[error("S3 failed to {action}")]
    S3 {
        /// What was asked.
        action: &'static str,
        /// What it said.
        source: BoxError,
    },
}

/// The media bucket.
#[derive(Debug, Clone)]
pub struct MediaStore {
    s3: Client,
    /// The client keeps its credentials to itself; a form needs them too.
    credentials: Option<SharedCredentialsProvider>,
    region: Option<String>,
    bucket: String,
    /// Where a form is sent; ends with a slash or the bucket's name.
    upload_url: String,
}

impl Connect for MediaStore {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self::new(start.aws(), start.setting::<String>("MEDIA_BUCKET")?))
    }
}

impl MediaStore {
    /// The bucket named `bucket`.
    ///
    /// With an endpoint of its own in `config` (`AWS_ENDPOINT_URL`), buckets are addressed by path: a local cloud has no
    /// DNS name for each.
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

    /// A form that puts one object at `key`: of exactly this type, of 1 to `max_bytes` bytes, for the next `valid_for`.
    /// Whoever has it may use it more than once; the last content stays.
    ///
    /// No call to S3. A form signed with temporary credentials ends with them, whatever `valid_for` says.
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
        let unsigned = |why: &str| StorageError::Unsigned(why.to_owned());
        let provider = self.credentials.as_ref().ok_or_else(|| unsigned("no credentials are configured"))?;
        let region = self.region.as_deref().ok_or_else(|| unsigned("no region is configured"))?;
        let credentials =
            provider.provide_credentials().await.map_err(|error| StorageError::Unsigned(error.to_string()))?;

        let now = Timestamp::now();
        let expires_at = now.checked_add(valid_for).map_err(|error| StorageError::Unsigned(error.to_string()))?;
        let permission = Permission { bucket: &self.bucket, region, key, content_type, max_bytes, expires_at };
        Ok(UploadForm { url: self.upload_url.clone(), fields: permission.sign(&credentials, now), expires_at })
    }

    /// The content at `key`, if it has at most `max_bytes`.
    ///
    /// # Errors
    /// [`StorageError::Missing`], [`StorageError::TooBig`] before anything is read, [`StorageError::S3`].
    pub async fn get(&self, key: &str, max_bytes: u64) -> Result<Vec<u8>, StorageError> {
        self.get_tagged(key, max_bytes).await.map(|(content, _)| content)
    }

    /// The same, with the entity tag that tells it from what was or will be there.
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

    /// Stores what is served from now on at `key`, for caches to keep. The key must be new, or readers see a mixture.
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

    /// Deletes the object at `key`. Deleting what is not there is no error, so it can be done again.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let deleted = self.s3.delete_object().bucket(&self.bucket).key(key).send().await;
        deleted.map(drop).map_err(|error| s3_failed("delete an object", error))
    }

    /// Deletes every object whose key begins with `prefix`, which must end with a slash, and says how many there were.
    /// Deleting what is not there is no error, so it can be done again.
    ///
    /// # Errors
    /// [`StorageError::OpenPrefix`], [`StorageError::S3`]; part of the objects may be gone then.
    pub async fn delete_prefix(&self, prefix: &str) -> Result<usize, StorageError> {
        if !prefix.ends_with('/') {
            return Err(StorageError::OpenPrefix);
        }
        let mut deleted = 0;
        // A page holds at most 1000 keys, as many as one request deletes.
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
        // Quiet: the answer lists only what went wrong.
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
    async fn a_form_goes_to_the_buckets_own_host() {
        let form = form(&config()).await.unwrap();
        assert_eq!(form.url, "https://souk-media.s3.eu-central-1.amazonaws.com/");
        assert_eq!(form.fields["key"], "uploads/med_1");
        assert_eq!(form.fields["Content-Type"], "image/png");
    }

    #[tokio::test]
    async fn with_an_endpoint_of_its_own_the_bucket_is_in_the_path() {
        let form = form(&config().into_builder().endpoint_url("http://localhost:4566/").build()).await.unwrap();
        assert_eq!(form.url, "http://localhost:4566/souk-media");
    }

    #[tokio::test]
    async fn a_form_does_not_show_its_signature_in_logs() {
        let form = form(&config()).await.unwrap();
        assert!(!format!("{form:?}").contains(&form.fields["x-amz-signature"]));
    }

    #[tokio::test]
    async fn without_a_region_there_is_no_form() {
        let error = form(&config().into_builder().region(None).build()).await.unwrap_err();
        assert!(matches!(error, StorageError::Unsigned(_)));
    }

    #[tokio::test]
    async fn a_prefix_without_its_slash_is_not_deleted() {
        let store = MediaStore::new(&config(), "souk-media");
        for prefix in ["", "media/1"] {
            assert!(matches!(store.delete_prefix(prefix).await, Err(StorageError::OpenPrefix)));
        }
    }
}
