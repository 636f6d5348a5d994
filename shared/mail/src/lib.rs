//! Mail: the texts of all mails, and the client that hands them to SES.
//!
//! A mail is a typed struct ([`MailedCode`], [`AccountNotice`], [`OrderConfirmation`], ...) with an HTML and a text
//! template in `templates/`, which are compiled in. [`render`] turns it into a [`RenderedMail`]. [`Mailer`] renders a
//! mail and hands it to SES.
//!
//! Rules for every mail:
//!
//! - A subject holds no secret, because phones show it on their lock screens. A one-time code is only in the body, and
//!   not in the preview line that follows the subject.
//! - Text from outside is escaped in HTML and kept on one line everywhere, so that it can add neither a header nor a
//!   paragraph. See [`Mail`] for the name in a greeting.
//! - A mail loads nothing: no pictures, no fonts, no tracking pixels.

mod cancellations;
mod mailer;
mod mails;
mod notices;
mod plain;
mod render;
mod shipments;

pub use cancellations::{CancellationNotice, Cancelled};
pub use mailer::{Mailer, MessageId, SendError};
pub use mails::{AddressTaken, LowStock, Mail, MailedCode, NewOrder, OrderConfirmation, OrderLine, Shipping};
pub use notices::{AccountDeleted, AccountNotice};
pub use render::{RenderError, RenderedMail, render};
pub use shipments::{ShipmentNews, ShipmentNotice, ShippedLine};
