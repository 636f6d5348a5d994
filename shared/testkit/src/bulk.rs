//! Imports and exports of a shop's products.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;

use crate::{Client, Failed, Result, UploadForm, await_until};

/// An import or an export.
#[derive(Debug, Clone, Deserialize)]
pub struct Job {
    /// The id.
    pub id: String,
    /// The state: `waiting`, `running`, `done` or `failed`.
    pub state: String,
    /// How many rows the file has.
    pub rows: u32,
    /// How many rows became products.
    pub created: Option<u32>,
    /// How many rows were refused.
    pub refused: Option<u32>,
    /// Why the job failed.
    pub failure: Option<JobFailure>,
    /// The URL of the exported file.
    pub url: Option<String>,
    /// One page of the refused rows.
    refused_rows: RefusedRows,
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct JobFailure {
    /// The code of the failure.
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
    /// The row's number. The header is row 1.
    pub row: u32,
    /// The errors of the row.
    pub errors: Vec<RowError>,
}

/// An error in a row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RowError {
    /// The name of the column.
    pub column: Option<String>,
    /// The number of the entry within the cell.
    pub entry: Option<u32>,
    /// The code of the error.
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

/// How long a job of several hundred products may take while all tests run at once.
const PATIENCE: Duration = Duration::from_secs(150);

impl Client {
    /// Starts an import and returns the form to upload the file with. The form's id is the import's.
    ///
    /// # Errors
    /// Fails if the import is refused.
    pub async fn start_import(&self) -> Result<UploadForm> {
        let Started { id, upload: Form { url, fields } } = self.ask("start_import")?.send().await?.read()?;
        Ok(UploadForm { id, url, fields })
    }

    /// Imports a file and waits until the job ends.
    ///
    /// # Errors
    /// Fails if the whole file is refused or the job does not end in time.
    pub async fn import(&self, csv: &str) -> Result<Job> {
        let form = self.start_import().await?;
        self.send_file(&form, csv.as_bytes().to_vec()).await?;
        self.await_job(&form.id).await
    }

    /// Exports the shop's products and returns the file.
    ///
    /// # Errors
    /// Fails if the export is refused, fails or does not end in time.
    pub async fn export(&self) -> Result<String> {
        let started = self.ask("start_export")?.send().await?.succeeded()?;
        let job = self.await_job(started.body["id"].as_str().unwrap_or_default()).await?;
        let url = job.url.ok_or_else(|| Failed::new(format!("{} is {} and has no file", job.id, job.state)))?;
        Ok(self.http.get(url).send().await?.error_for_status()?.text().await?)
    }

    /// Reads a job.
    ///
    /// # Errors
    /// Fails if the job does not exist.
    pub async fn job(&self, id: &str) -> Result<Job> {
        self.ask("get_job")?.path("job", id).send().await?.read()
    }

    /// Waits until a job ends.
    ///
    /// # Errors
    /// Fails if the job does not end in time.
    pub async fn await_job(&self, id: &str) -> Result<Job> {
        await_until(PATIENCE, &format!("the job {id} to end"), async || {
            Ok(Some(self.job(id).await?).filter(|job| matches!(job.state.as_str(), "done" | "failed")))
        })
        .await
    }

    /// Reads all rows that an import refused, three per page.
    ///
    /// # Errors
    /// Fails if the job does not exist.
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
