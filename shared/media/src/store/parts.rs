//! Files of any size: stored in parts, each as soon as it is made, and read by a signed address.

use std::time::Duration;

use aws_sdk_s3::{
    error::{ProvideErrorMetadata, SdkError},
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};

use super::{MediaStore, StorageError, s3_failed};

/// The smallest part that S3 takes, in bytes; the last may be smaller.
pub const MIN_PART: usize = 5 * 1_024 * 1_024;

/// A part that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The entity tag that S3 gave it.
    pub tag: String,
    /// The CRC-32 that S3 has of it, in Base64.
    pub checksum: Option<String>,
}

impl MediaStore {
    /// Begins a file of parts at `key`, and gives its name while it has no end. A file that is never finished is no object;
    /// the bucket throws its parts away after a day.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn begin_file(&self, key: &str, content_type: &str) -> Result<String, StorageError> {
        const ACTION: &str = "begin a file";
        let begun =
            self.s3.create_multipart_upload().bucket(&self.bucket).key(key).content_type(content_type).send().await;
        let begun = begun.map_err(|error| s3_failed(ACTION, error))?;
        begun.upload_id.ok_or_else(|| s3_failed(ACTION, "it has no name"))
    }

    /// Stores a part of a file. Parts are counted from 1 without gaps; one that comes again takes the place of the first.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn put_part(&self, key: &str, file: &str, number: i32, bytes: Vec<u8>) -> Result<Part, StorageError> {
        let request = self.s3.upload_part().bucket(&self.bucket).key(key).upload_id(file).part_number(number);
        let stored = request.body(ByteStream::from(bytes)).send().await;
        let stored = stored.map_err(|error| s3_failed("store a part", error))?;
        Ok(Part { tag: stored.e_tag.unwrap_or_default(), checksum: stored.checksum_crc32 })
    }

    /// Makes an object of a file's parts, in their order. Finishing again is no error.
    ///
    /// # Errors
    /// [`StorageError::S3`].
    pub async fn finish_file(
        &self,
        key: &str,
        file: &str,
        parts: impl IntoIterator<Item = Part>,
    ) -> Result<(), StorageError> {
        let parts = (1..).zip(parts).map(|(number, part)| {
            CompletedPart::builder().part_number(number).e_tag(part.tag).set_checksum_crc32(part.checksum).build()
        });
        let whole = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let request = self.s3.complete_multipart_upload().bucket(&self.bucket).key(key).upload_id(file);
        match request.multipart_upload(whole).send().await {
            Ok(_) => Ok(()),
            // S3 forgets the file's name some time after it was finished.
            Err(error) if error.code() == Some("NoSuchUpload") => self.must_be_there(key).await,
            Err(error) => Err(s3_failed("finish a file", error)),
        }
    }

    async fn must_be_there(&self, key: &str) -> Result<(), StorageError> {
        match self.s3.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_not_found() => {
                Err(StorageError::Missing { key: key.to_owned() })
            }
            Err(error) => Err(s3_failed("look at an object", error)),
        }
    }

    /// An address by which anybody can read the object at `key` for the next `valid_for`, to be saved as `name`. No call
    /// to S3. One that is signed with temporary credentials ends with them, whatever `valid_for` says.
    ///
    /// # Errors
    /// [`StorageError::Unsigned`].
    pub async fn presign_download(&self, key: &str, name: &str, valid_for: Duration) -> Result<String, StorageError> {
        let unsigned = |why: String| StorageError::Unsigned(why);
        let until = PresigningConfig::expires_in(valid_for).map_err(|error| unsigned(error.to_string()))?;
        let request = self.s3.get_object().bucket(&self.bucket).key(key);
        let request = request.response_content_disposition(format!("attachment; filename=\"{name}\""));
        let signed = request.presigned(until).await.map_err(|error| unsigned(error.to_string()))?;
        Ok(signed.uri().to_owned())
    }
}
