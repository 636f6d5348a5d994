//! What sellers do with files of products.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;

use crate::{Client, Failed, Result, UploadForm, await_until};

/// An import or an export.
#[derive(Debug, Clone, Deserialize)]
pub struct Job {
    /// Names it.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// The rows of the file.
    pub rows: u32,
    /// Rows that became products.
    pub created: Option<u32>,
    /// Rows that did not.
    pub refused: Option<u32>,
    /// Why it was given up.
    pub failure: Option<JobFailure>,
    /// Where an exported file is.
    pub url: Option<String>,
    /// Some of the rows that did not become products.
    refused_rows: RefusedRows,
}

/// Why a job was given up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct JobFailure {
    /// For programs.
    pub code: String,
}

#[derive(Debug, Clone, Deserialize)]
struct RefusedRows {
    items: Vec<RefusedRow>,
    next: Option<String>,
}

/// A row that did not become a product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RefusedRow {
    /// The header is 1.
    pub row: u32,
    /// What is wrong with it.
    pub errors: Vec<RowError>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RowError {
    /// Where.
    pub column: Option<String>,
    /// Which of the cell's entries.
    pub entry: Option<u32>,
    /// For programs.
    pub code: String,
}

#[derive(Deserialize)]
struct Started {
    id: String,
    upload: Form,
}

#[derive(Deserialize)]
struct Form {
    url: String,
    fields: BTreeMap<String, String>,
}

/// How long a job of some hundred products may take while all tests run at once.
const PATIENCE: Duration = Duration::from_secs(150);

impl Client {
    /// Asks for a form to send products with. It is named like the import.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn start_import(&self) -> Result<UploadForm> {
        let Started { id, upload: Form { url, fields } } = self.ask("start_import")?.send().await?.read()?;
        Ok(UploadForm { id, url, fields })
    }

    /// Imports a file and waits until that is over.
    ///
    /// # Errors
    /// When it is refused as a whole, or never over.
    pub async fn import(&self, csv: &str) -> Result<Job> {
        let form = self.start_import().await?;
        self.send_file(&form, csv.as_bytes().to_vec()).await?;
        self.await_job(&form.id).await
    }

    /// Exports the shop's products and reads the file.
    ///
    /// # Errors
    /// When that is refused, fails or is never over.
    pub async fn export(&self) -> Result<String> {
        let started = self.ask("start_export")?.send().await?.succeeded()?;
        let job = self.await_job(started.body["id"].as_str().unwrap_or_default()).await?;
        let url = job.url.ok_or_else(|| Failed::new(format!("{} is {} and has no file", job.id, job.state)))?;
        Ok(self.http.get(url).send().await?.error_for_status()?.text().await?)
    }

    /// A job.
    ///
    /// # Errors
    /// When there is none.
    pub async fn job(&self, id: &str) -> Result<Job> {
        self.ask("get_job")?.path("job", id).send().await?.read()
    }

    /// Waits until a job is over.
    ///
    /// # Errors
    /// When it never is.
    pub async fn await_job(&self, id: &str) -> Result<Job> {
        await_until(PATIENCE, &format!("the job {id} to be over"), async || {
            Ok(Some(self.job(id).await?).filter(|job| matches!(job.state.as_str(), "done" | "failed")))
        })
        .await
    }

    /// All rows that an import refused, a few at a time.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn refused_rows(&self, job: &str) -> Result<Vec<RefusedRow>> {
        let mut rows = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let request = self.ask("get_job")?.path("job", job).query("limit", 3);
            let request = if let Some(cursor) = &next { request.query("cursor", cursor) } else { request };
            let page: Job = request.send().await?.read()?;
            rows.extend(page.refused_rows.items);
            next = page.refused_rows.next;
            if next.is_none() {
                return Ok(rows);
            }
        }
    }
}
