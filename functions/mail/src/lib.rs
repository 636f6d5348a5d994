//! Mail: what happened, as letters.

pub mod send_mail;
