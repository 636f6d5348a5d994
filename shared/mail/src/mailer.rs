//! Handing mail to SES.

use aws_sdk_ses::{
    Client,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, Message},
};

use crate::{
    letters::Letter,
    render::{RenderError, render},
};

/// What SES calls a mail it has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(pub String);

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// SES refuses this mail for good: an address it does not take, a sender it does not know.
    #[error("SES refuses the mail ({code})")]
    Refused {
        /// SES's word for it.
        code: String,
        /// The whole answer.
        source: Box<SdkError<SendEmailError>>,
    },
    /// SES does not take the mail now: too many, out of order, out of reach.
    #[error("SES does not take the mail now")]
    Unavailable(#[source] Box<SdkError<SendEmailError>>),
    /// The letter could not be written.
    #[error(transparent)]
    Unwritten(#[from] RenderError),
    /// The letter could not be put into a request.
    #[error("the mail cannot be put into a request")]
    Unaddressed(#[from] BuildError),
}

impl SendError {
    /// Whether the same mail may leave later. The mail may also have left already, when only the answer was lost.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// Writes letters and hands them to SES.
#[derive(Debug, Clone)]
pub struct Mailer {
    ses: Client,
    from: String,
}

impl Mailer {
    /// Sends in the name of `from`, a verified address: `Souk <hello@example.com>`.
    pub fn new(ses: Client, from: String) -> Self {
        Self { ses, from }
    }

    /// Sends a letter to one address. SES puts the mail together, so no field can become a header.
    ///
    /// # Errors
    /// [`SendError`]; [`SendError::is_retryable`] says whether to try again.
    pub async fn send(&self, to: &str, letter: &impl Letter) -> Result<MessageId, SendError> {
        let mail = render(letter)?;
        let body = Body::builder().text(utf8(mail.text)?).html(utf8(mail.html)?).build();
        let message = Message::builder().subject(utf8(mail.subject)?).body(body).build();
        let sent = self
            .ses
            .send_email()
            .source(&self.from)
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

/// SES answers 4xx for what a mail is and for what we are. Only an address that is none is final; a missing permission,
/// a sender that is not verified or a paused account is for people to mend, and the mail waits among the dead letters
/// (<https://docs.aws.amazon.com/ses/latest/APIReference/CommonErrors.html>).
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

    fn answered(status: u16, error: SendEmailError) -> SendError {
        let status = status.try_into().unwrap();
        refused_or_unavailable(SdkError::service_error(error, HttpResponse::new(status, "".into())))
    }

    fn coded(code: &str) -> SendEmailError {
        SendEmailError::generic(ErrorMetadata::builder().code(code).build())
    }

    #[test]
    fn an_address_that_is_none_is_not_tried_again() {
        let error = answered(400, coded("InvalidParameterValue"));
        assert!(!error.is_retryable());
        assert_eq!(error.to_string(), "SES refuses the mail (InvalidParameterValue)");
    }

    #[test]
    fn a_sender_that_is_not_verified_yet_is_tried_again() {
        let rejected = MessageRejected::builder()
            .meta(ErrorMetadata::builder().code("MessageRejected").message("Email address is not verified.").build())
            .build();
        assert!(answered(400, SendEmailError::MessageRejected(rejected)).is_retryable());
    }

    #[test]
    fn throttling_faults_of_ses_and_mistakes_of_ours_are_tried_again() {
        assert!(answered(403, coded("AccessDenied")).is_retryable());
        assert!(answered(400, coded("Throttling")).is_retryable());
        assert!(answered(503, coded("ServiceUnavailable")).is_retryable());
    }

    #[test]
    fn timeouts_and_lost_connections_are_tried_again() {
        let lost = ConnectorError::io("connection reset".into());
        for error in [SdkError::timeout_error("too slow"), SdkError::dispatch_failure(lost)] {
            assert!(refused_or_unavailable(error).is_retryable());
        }
    }
}
