//! Mail: what Souk writes, and how it leaves.
//!
//! A letter is a typed struct ([`Code`], [`AccountNotice`], [`OrderConfirmation`], ...) with an HTML and a text template
//! in `templates/`, compiled in. [`render`] makes a [`Rendered`] mail of one; [`Mailer`] renders and
//! hands it to SES.
//!
//! What every letter keeps to:
//!
//! - A subject holds no secret: phones show it on their lock screens. A code stands in the body only, not even in the
//!   line of preview that follows the subject.
//! - Text that came from outside is escaped in HTML and kept to one line everywhere, so that it can add neither a header
//!   nor a paragraph. See [`Letter`] for what may follow a greeting.
//! - A mail loads nothing: no pictures, no fonts, no counters.

mod letters;
mod mailer;
mod notices;
mod plain;
mod render;

pub use letters::{AddressTaken, Code, Letter, LowStock, NewOrder, OrderConfirmation, OrderLine};
pub use mailer::{Mailer, MessageId, SendError};
pub use notices::{AccountDeleted, AccountNotice};
pub use render::{RenderError, Rendered, render};
