//! Rendering of mails.

use crate::{mails::Mail, plain};

/// A template failed. The fields of a mail cannot cause it.
#[derive(Debug, thiserror::Error)]
#[error("a mail template failed")]
pub struct RenderError(#[from] askama::Error);

/// A mail that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// The subject, on one line.
    pub subject: String,
    /// The HTML version, a complete document.
    pub html: String,
    /// The text version, wrapped to 72 characters.
    pub text: String,
}

/// Renders both versions of a mail.
///
/// # Errors
/// [`RenderError`], which only a broken template causes.
pub fn render(mail: &impl Mail) -> Result<RenderedMail, RenderError> {
    Ok(RenderedMail { subject: mail.subject(), html: mail.html()?, text: plain::wrap(&mail.text()?) })
}
