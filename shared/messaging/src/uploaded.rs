//! What S3 tells a queue.

use serde::Deserialize;

/// Files that came into the bucket. S3's test message, sent when the connection is made, names none.
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
    /// The keys of the files. S3 escapes them here; ours hold nothing that would be.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.records.iter().map(|record| record.s3.object.key.as_str())
    }
}
