//! From a letter to a mail.

use crate::{letters::Letter, plain};

/// A template failed. Nothing a letter holds can cause it.
#[derive(Debug, thiserror::Error)]
#[error("a mail template failed")]
pub struct RenderError(#[from] askama::Error);

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// A complete document.
    pub html: String,
    /// Wrapped to 72 characters.
    pub text: String,
}

/// Renders both versions of a letter.
///
/// # Errors
/// [`RenderError`], which only a broken template causes.
pub fn render(letter: &impl Letter) -> Result<Rendered, RenderError> {
    Ok(Rendered { subject: letter.subject(), html: letter.html()?, text: plain::wrap(&letter.text()?) })
}
