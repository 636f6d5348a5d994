//! The mail that was sent.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{PATIENCE, Result, Stack, await_until};

/// Everybody's mailbox: the local cloud keeps what the mail service was given.
#[derive(Debug, Clone)]
pub struct Mailbox {
    http: reqwest::Client,
    url: String,
}

/// A letter.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Letter {
    /// Who gets it.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its text version.
    pub body_text: String,
    /// Its HTML version.
    pub body_html: String,
}

#[derive(Deserialize)]
struct Sent {
    messages: BTreeMap<String, Vec<Letter>>,
}

impl Mailbox {
    /// The mailbox of a stack.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn of(stack: &Stack) -> Result<Self> {
        Ok(Self { http: reqwest::Client::builder().build()?, url: stack.mail.clone() })
    }

    /// The letters to an address so far, oldest first.
    ///
    /// # Errors
    /// When the mail cannot be read.
    pub async fn letters_to(&self, address: &str) -> Result<Vec<Letter>> {
        let sent: Sent = self.http.get(&self.url).send().await?.error_for_status()?.json().await?;
        let mine = sent.messages.into_values().flatten().filter(|letter| letter.to.iter().any(|to| to == address));
        Ok(mine.collect())
    }

    /// Waits for a letter whose subject contains `subject`.
    ///
    /// # Errors
    /// When none comes.
    pub async fn await_letter(&self, address: &str, subject: &str) -> Result<Letter> {
        await_until(PATIENCE, &format!("a letter to {address} about {subject:?}"), async || {
            let letters = self.letters_to(address).await?;
            Ok(letters.into_iter().rev().find(|letter| letter.subject.contains(subject)))
        })
        .await
    }

    /// Waits for a letter with a code and reads the code.
    ///
    /// # Errors
    /// When none comes.
    pub async fn await_code(&self, address: &str) -> Result<String> {
        await_until(PATIENCE, &format!("a code for {address}"), async || {
            Ok(self.letters_to(address).await?.iter().rev().find_map(Letter::code))
        })
        .await
    }
}

impl Letter {
    /// The six digits that stand on a line of their own.
    pub fn code(&self) -> Option<String> {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        self.body_text.lines().map(str::trim).find(is_code).map(str::to_owned)
    }
}
