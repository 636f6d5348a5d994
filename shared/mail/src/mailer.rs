//! The client that hands mails to SES.

use aws_sdk_ses::{
    Client,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, Message},
};

use crate::{
    mails::Mail,
    render::{RenderError, render},
};

/// The id that SES gives to an accepted mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(pub String);

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// SES refuses this mail permanently, because its address is invalid.
    #[error("SES refuses the mail ({code})")]
    Refused {
        /// The error code of SES.
        code: String,
        /// The error of the SDK.
        source: Box<SdkError<SendEmailError>>,
    },
    /// SES does not accept the mail now, because of throttling, a fault or a lost connection. A retry may succeed.
    #[error("SES does not accept the mail now")]
    Unavailable(#[source] Box<SdkError<SendEmailError>>),
    /// The mail could not be rendered.
    #[error(transparent)]
    Unrenderable(#[from] RenderError),
    /// The request to SES could not be built.
    #[error("the request to SES could not be built")]
    InvalidRequest(#[from] BuildError),
}

impl SendError {
    /// Returns whether a retry may succeed. If only the answer of SES was lost, the mail may have been sent already.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// Renders mails and hands them to SES.
#[derive(Debug, Clone)]
pub struct Mailer {
    ses: Client,
    from: String,
    configuration_set: String,
}

impl Mailer {
    /// Creates a mailer that sends from `from`, a verified address such as `Souk <hello@example.com>`. The configuration
    /// set makes SES drop mails to addresses that bounced or whose owners complained.
    pub fn new(ses: Client, from: String, configuration_set: String) -> Self {
        Self { ses, from, configuration_set }
    }

    /// Sends a mail to one address. SES assembles the message, so no field can become a header.
    ///
    /// # Errors
    /// [`SendError`]. [`SendError::is_retryable`] tells whether a retry may succeed.
    pub async fn send(&self, to: &str, mail: &impl Mail) -> Result<MessageId, SendError> {
        let rendered = render(mail)?;
        let body = Body::builder().text(utf8(rendered.text)?).html(utf8(rendered.html)?).build();
        let message = Message::builder().subject(utf8(rendered.subject)?).body(body).build();
        let sent = self
            .ses
            .send_email()
            .source(&self.from)
            .configuration_set_name(&self.configuration_set)
            .destination(Destination::builder().to_addresses(to).build())
            .message(message)
            .send()
            .await
            .map_err(refused_or_unavailable)?;
        Ok(MessageId(sent.message_id))
    }
}

fn utf8(text: String) -> Result<Content, BuildError> {
    Content::builder().charset("UTF-8").data(text).build()
}

/// Sorts an error of SES. SES answers 4xx for mistakes in a mail and for mistakes in the setup. Only an invalid address
/// is final. A missing permission, an unverified sender or a paused account is repaired by a person, and the mail waits
/// in the dead-letter queue (<https://docs.aws.amazon.com/ses/latest/APIReference/CommonErrors.html>).
fn refused_or_unavailable(error: SdkError<SendEmailError>) -> SendError {
    const FINAL: [&str; 2] = ["InvalidParameterValue", "InvalidParameterCombination"];
    let code = match &error {
        SdkError::ServiceError(answer) => answer.err().code().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    if FINAL.contains(&code.as_str()) {
        SendError::Refused { code, source: Box::new(error) }
    } else {
        SendError::Unavailable(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ses::{
        config::http::HttpResponse,
        error::{ConnectorError, ErrorMetadata},
        types::error::MessageRejected,
    };

    use super::*;

    fn error_for(status: u16, error: SendEmailError) -> SendError {
        let status = status.try_into().unwrap();
        refused_or_unavailable(SdkError::service_error(error, HttpResponse::new(status, "".into())))
    }

    fn with_code(code: &str) -> SendEmailError {
        SendEmailError::generic(ErrorMetadata::builder().code(code).build())
    }

    #[test]
    fn an_invalid_address_is_not_retried() {
        let error = error_for(400, with_code("InvalidParameterValue"));
        assert!(!error.is_retryable());
        assert_eq!(error.to_string(), "SES refuses the mail (InvalidParameterValue)");
    }

    #[test]
    fn an_unverified_sender_is_retried() {
        let rejected = MessageRejected::builder()
            .meta(ErrorMetadata::builder().code("MessageRejected").message("Email address is not verified.").build())
            .build();
        assert!(error_for(400, SendEmailError::MessageRejected(rejected)).is_retryable());
    }

    #[test]
    fn throttling_faults_and_missing_permissions_are_retried() {
        assert!(error_for(403, with_code("AccessDenied")).is_retryable());
        assert!(error_for(400, with_code("Throttling")).is_retryable());
        assert!(error_for(503, with_code("ServiceUnavailable")).is_retryable());
    }

    #[test]
    fn timeouts_and_lost_connections_are_retried() {
        let lost = ConnectorError::io("connection reset".into());
        for error in [SdkError::timeout_error("too slow"), SdkError::dispatch_failure(lost)] {
            assert!(refused_or_unavailable(error).is_retryable());
        }
    }
}
