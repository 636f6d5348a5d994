//! The errors of the table.

use std::error::Error as _;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why the table could not serve a request. None of these is the caller's fault.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB was throttled, too slow or out of reach, after the SDK's retries. A later retry may succeed.
    #[error("the table is unavailable: {0}")]
    Unavailable(String),
    /// DynamoDB refused a request of ours: a missing permission or a malformed expression.
    #[error("the table refused a request: {0}")]
    Rejected(String),
    /// A value does not fit an item, or an item does not fit the value's type.
    #[error("an item has an unexpected shape")]
    Shape(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl<E> From<SdkError<E>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E>) -> Self {
        let code = error.code().unwrap_or_default();
        let transient = match &error {
            SdkError::ServiceError(_) => matches!(
                code,
                "InternalServerError"
                    | "ProvisionedThroughputExceededException"
                    | "RequestLimitExceeded"
                    | "ServiceUnavailable"
                    | "ThrottlingException"
                    | "TransactionConflictException"
                    | "TransactionInProgressException"
            ),
            _ => true,
        };
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain = format!("{chain}: {cause}");
            source = cause.source();
        }
        if transient { Self::Unavailable(chain) } else { Self::Rejected(chain) }
    }
}
