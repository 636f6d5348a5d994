//! Files of any size: uploaded in parts (an S3 multipart upload), and downloaded by a signed URL.

use std::time::Duration;

use aws_sdk_s3::{
    error::{ProvideErrorMetadata, SdkError},
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};

use super::{MediaStore, StorageError, s3_failed};

/// The smallest part that S3 accepts, in bytes. The last part may be smaller.
pub const MIN_PART: usize = 5 * 1_024 * 1_024;

/// An uploaded part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The entity tag from S3.
    pub tag: String,
    /// The CRC-32 from S3, in Base64.
    pub checksum: Option<String>,
}

impl MediaStore {
    /// Begins a multipart upload to `key`, and returns its id. An upload that is never finished is no object; the
    /// bucket deletes its parts after a day.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn begin_file(&self, key: &str, content_type: &str) -> Result<String, StorageError> {
        const ACTION: &str = "begin a multipart upload";
        let created =
            self.s3.create_multipart_upload().bucket(&self.bucket).key(key).content_type(content_type).send().await;
        let created = created.map_err(|error| s3_failed(ACTION, error))?;
        created.upload_id.ok_or_else(|| s3_failed(ACTION, "the answer has no upload id"))
    }

    /// Uploads a part. Parts are numbered from 1 without gaps. A repeated part replaces the first one.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn put_part(&self, key: &str, upload: &str, number: i32, bytes: Vec<u8>) -> Result<Part, StorageError> {
        let request = self.s3.upload_part().bucket(&self.bucket).key(key).upload_id(upload).part_number(number);
        let stored = request.body(ByteStream::from(bytes)).send().await;
        let stored = stored.map_err(|error| s3_failed("upload a part", error))?;
        Ok(Part { tag: stored.e_tag.unwrap_or_default(), checksum: stored.checksum_crc32 })
    }

    /// Finishes a multipart upload: its parts become an object, in their order. Idempotent: a finished upload is not an
    /// error.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn finish_file(
        &self,
        key: &str,
        upload: &str,
        parts: impl IntoIterator<Item = Part>,
    ) -> Result<(), StorageError> {
        let parts = (1..).zip(parts).map(|(number, part)| {
            CompletedPart::builder().part_number(number).e_tag(part.tag).set_checksum_crc32(part.checksum).build()
        });
        let completed = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let request = self.s3.complete_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload);
        match request.multipart_upload(completed).send().await {
            Ok(_) => Ok(()),
            // S3 forgets the upload's id some time after it was finished.
            Err(error) if error.code() == Some("NoSuchUpload") => self.check_exists(key).await,
            Err(error) => Err(s3_failed("finish a multipart upload", error)),
        }
    }

    async fn check_exists(&self, key: &str) -> Result<(), StorageError> {
        match self.s3.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_not_found() => {
                Err(StorageError::Missing { key: key.to_owned() })
            }
            Err(error) => Err(s3_failed("get the head of an object", error)),
        }
    }

    /// Signs a URL that anybody can download the object at `key` from for `valid_for`, as a file with the name `name`.
    /// Does not call S3. A URL that is signed with temporary credentials expires with them, even before `valid_for`.
    ///
    /// # Errors
    /// [`StorageError::Unsigned`].
    pub async fn presign_download(&self, key: &str, name: &str, valid_for: Duration) -> Result<String, StorageError> {
        let unsigned = |reason: String| StorageError::Unsigned(reason);
        let until = PresigningConfig::expires_in(valid_for).map_err(|error| unsigned(error.to_string()))?;
        let request = self.s3.get_object().bucket(&self.bucket).key(key);
        let request = request.response_content_disposition(format!("attachment; filename=\"{name}\""));
        let signed = request.presigned(until).await.map_err(|error| unsigned(error.to_string()))?;
        Ok(signed.uri().to_owned())
    }
}
