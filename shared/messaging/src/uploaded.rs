//! The messages of S3 about uploads.

use serde::Deserialize;

/// Files that were uploaded to the bucket. The test message that S3 sends when notifications are set up names none.
#[derive(Debug, Clone, Deserialize)]
pub struct Uploaded {
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
}

#[derive(Debug, Clone, Deserialize)]
struct Record {
    s3: S3,
}

#[derive(Debug, Clone, Deserialize)]
struct S3 {
    object: Object,
}

#[derive(Debug, Clone, Deserialize)]
struct Object {
    key: String,
}

impl Uploaded {
    /// Returns the keys of the files. S3 URL-encodes them, which changes nothing, because our keys have no such
    /// characters.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.records.iter().map(|record| record.s3.object.key.as_str())
    }
}
