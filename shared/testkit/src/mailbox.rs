//! The mail that was sent.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{PATIENCE, Result, Stack, await_until};

/// The mail to all addresses. The local cloud keeps what SES would have sent.
#[derive(Debug, Clone)]
pub struct Mailbox {
    http: reqwest::Client,
    url: String,
}

/// A mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mail {
    /// The recipients.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The text version.
    pub body_text: String,
    /// The HTML version.
    pub body_html: String,
}

#[derive(Deserialize)]
struct Sent {
    messages: BTreeMap<String, Vec<Mail>>,
}

impl Mailbox {
    /// Returns the mailbox of a stack.
    ///
    /// # Errors
    /// Fails if the HTTP client cannot be built.
    pub fn of(stack: &Stack) -> Result<Self> {
        Ok(Self { http: reqwest::Client::builder().build()?, url: stack.mail.clone() })
    }

    /// Reads the mails to an address, oldest first.
    ///
    /// # Errors
    /// Fails if the mail cannot be read.
    pub async fn mails_to(&self, address: &str) -> Result<Vec<Mail>> {
        let sent: Sent = self.http.get(&self.url).send().await?.error_for_status()?.json().await?;
        let mine = sent.messages.into_values().flatten().filter(|mail| mail.to.iter().any(|to| to == address));
        Ok(mine.collect())
    }

    /// Waits for a mail whose subject contains `subject`.
    ///
    /// # Errors
    /// Fails if none arrives in time.
    pub async fn await_mail(&self, address: &str, subject: &str) -> Result<Mail> {
        await_until(PATIENCE, &format!("a mail to {address} about {subject:?}"), async || {
            let mails = self.mails_to(address).await?;
            Ok(mails.into_iter().rev().find(|mail| mail.subject.contains(subject)))
        })
        .await
    }

    /// Waits for a mail that links to an order.
    ///
    /// # Errors
    /// Fails if none arrives in time.
    pub async fn await_order_mail(&self, address: &str, order: &str) -> Result<Mail> {
        await_until(PATIENCE, &format!("a mail to {address} about the order {order}"), async || {
            Ok(self.mails_to(address).await?.into_iter().find(|mail| mail.body_text.contains(order)))
        })
        .await
    }

    /// Waits for a mail with a code and returns the code.
    ///
    /// # Errors
    /// Fails if none arrives in time.
    pub async fn await_code(&self, address: &str) -> Result<String> {
        await_until(PATIENCE, &format!("a code for {address}"), async || {
            Ok(self.mails_to(address).await?.iter().rev().find_map(Mail::code))
        })
        .await
    }
}

impl Mail {
    /// Returns the code: six digits on a line of their own.
    pub fn code(&self) -> Option<String> {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        self.body_text.lines().map(str::trim).find(is_code).map(str::to_owned)
    }
}
