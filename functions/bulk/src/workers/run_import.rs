//! Queue `imports` - creates products from the rows of an uploaded file.
//!
//! S3 sends the first message when the file is uploaded; this function sends the next ones. A row becomes a product in
//! one transaction, or it is refused with its errors. The product's id is derived from the job and the row, so a
//! repeated message finds the product and does not create it again. The progress of the job and the refused rows are
//! written together every 50 rows.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use souk_domain::{JobId, SellerId, ShopId};
use souk_listing::Draft;
use souk_media::StorageError;
use souk_messaging::{Consumer, Event, Failure, Message, Uploaded};
use souk_store_catalogue::CatalogueExt as _;
use souk_store_jobs::{
    JobsExt as _,
    jobs::{self, Import, Job, RefusedRow, State, Task},
};
use souk_web::{Code, FieldError, FieldErrors};

use crate::{
    columns::RowError,
    deps::{BuilderFiles, MAX_BYTES, import_key, import_of},
    sheet::{InvalidFile, Row, Sheet},
};

/// Runs an import.
#[derive(Debug)]
pub struct RunImport;

/// The highest number of rows in a file.
const MAX_ROWS: u32 = 10_000;
/// How many rows are processed between two writes of the job. That many refused rows fit into one transaction.
const BATCH_ROWS: usize = 50;
/// How many batches one message processes: a small function does them in a fraction of its timeout.
const BATCHES_PER_MESSAGE: usize = 10;
/// How many errors of a row are kept.
const MAX_ERRORS: usize = 20;

/// A message of the queue.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum ImportMessage {
    /// Continue with the remaining rows.
    Continue(Message),
    /// A file was uploaded.
    Uploaded(Uploaded),
}

impl Consumer for RunImport {
    const MODULE: &'static str = module_path!();

    type Deps = BuilderFiles;
    type Message = ImportMessage;

    async fn handle(deps: &BuilderFiles, message: ImportMessage, now: Timestamp) -> Result<(), Failure> {
        match message {
            ImportMessage::Continue(Message { event: Event::ImportGoesOn { shop, job }, .. }) => {
                deps.continue_import(shop, job, now).await
            }
            ImportMessage::Continue(_) => Ok(()),
            ImportMessage::Uploaded(uploaded) => {
                for key in uploaded.keys() {
                    let (shop, job) = import_of(key).map_err(|error| Failure::new(error.to_string()))?;
                    deps.continue_import(shop, job, now).await?;
                }
                Ok(())
            }
        }
    }
}

/// Why an import cannot continue.
enum Stop {
    /// The job has failed.
    Fail(InvalidFile),
    /// The message has to be retried.
    Retry(Failure),
}

impl From<InvalidFile> for Stop {
    fn from(invalid: InvalidFile) -> Self {
        Self::Fail(invalid)
    }
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Retry(error.into())
    }
}

fn failed_state(InvalidFile { reason, detail }: InvalidFile, now: Timestamp) -> State {
    State::Failed { at: now, reason: reason.to_owned(), detail }
}

impl BuilderFiles {
    async fn continue_import(&self, shop: ShopId, id: JobId, now: Timestamp) -> Result<(), Failure> {
        let jobs = self.builder.store.jobs();
        let Some(mut job) = jobs.of(shop, id, now).await? else { return Ok(()) };
        match self.import_batches(&mut job, now).await {
            Ok(()) => Ok(()),
            Err(Stop::Retry(failure)) => Err(failure),
            Err(Stop::Fail(invalid)) => {
                job.state = failed_state(invalid, now);
                Ok(jobs.save(&mut job, &[], None).await?)
            }
        }
    }

    async fn import_batches(&self, job: &mut Job, now: Timestamp) -> Result<(), Stop> {
        let (false, Task::Import(mut import)) = (job.is_over(), job.task.clone()) else { return Ok(()) };
        let file = self.read(job, &mut import).await?;
        let last = import.last;
        let mut rows = Sheet::open(&file, self.builder.currency)?.skip_while(|row| row.number <= last);
        for batch in 1..=BATCHES_PER_MESSAGE {
            let rows: Vec<Row> = rows.by_ref().take(BATCH_ROWS).collect();
            let is_last_batch = rows.len() < BATCH_ROWS;
            let mut refused = Vec::new();
            let created = self.create_products(job, rows, &mut import, &mut refused, now).await;
            job.state = match created {
                Ok(()) if is_last_batch || import.created + import.refused == import.rows => State::Done { at: now },
                Ok(()) => State::Running,
                Err(Stop::Fail(invalid)) => failed_state(invalid, now),
                Err(retry) => return Err(retry),
            };
            job.task = Task::Import(import.clone());
            let next = Event::ImportGoesOn { shop: job.shop, job: job.id }.record(now)?;
            let next = Some(&next).filter(|_| batch == BATCHES_PER_MESSAGE && !job.is_over());
            self.builder.store.jobs().save(job, &refused, next).await?;
            if job.is_over() {
                break;
            }
        }
        Ok(())
    }

    /// Reads the file, and counts its rows the first time. The form is valid for an hour, so another file may replace
    /// the first one meanwhile. Rows of two files are never mixed.
    async fn read(&self, job: &Job, import: &mut Import) -> Result<Vec<u8>, Stop> {
        let (file, tag) = match self.files.get_tagged(&import_key(job.shop, job.id), MAX_BYTES).await {
            Ok(file) => file,
            Err(StorageError::Missing { .. }) => {
                return Err(InvalidFile::new(
                    "file_missing",
                    "The file does not exist any more. Start another import.",
                )
                .into());
            }
            Err(error) => return Err(Failure::new(error.to_string()).into()),
        };
        match &import.file {
            Some(first) if *first == tag => {}
            Some(_) => {
                return Err(InvalidFile::new(
                    "file_changed",
                    "The file was replaced while it was imported. Start another import.",
                )
                .into());
            }
            None => {
                let rows = u32::try_from(Sheet::open(&file, self.builder.currency)?.count()).unwrap_or(u32::MAX);
                if rows > MAX_ROWS {
                    let detail = format!("The file has more than {MAX_ROWS} rows. Split it into several files.");
                    return Err(InvalidFile::new("too_many_rows", detail).into());
                }
                (import.rows, import.file) = (rows, Some(tag));
            }
        }
        Ok(file)
    }

    /// Creates products from rows, and counts created and refused rows.
    async fn create_products(
        &self,
        job: &Job,
        rows: Vec<Row>,
        import: &mut Import,
        refused: &mut Vec<RefusedRow>,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let ids: Vec<_> = rows.iter().map(|row| job.id.product_of_row(row.number)).collect();
        let existing = self.builder.store.products().which_are_there(&ids).await?;
        for (row, id) in rows.into_iter().zip(ids) {
            let number = row.number;
            let errors = if existing.contains(&id) { Vec::new() } else { self.create_product(job, row, now).await? };
            import.last = number;
            if errors.is_empty() {
                import.created += 1;
                continue;
            }
            import.refused += 1;
            let errors = errors.into_iter().take(MAX_ERRORS).map(|error| jobs::Flaw {
                column: error.column.map(str::to_owned),
                entry: error.entry,
                code: error.code,
                detail: error.detail,
            });
            let created_at = job.created_at;
            refused.push(RefusedRow { job: job.id, row: number, flaws: errors.collect(), created_at });
        }
        Ok(())
    }

    /// Creates a product from a row. Returns the errors of the row if it is refused.
    async fn create_product(&self, job: &Job, row: Row, now: Timestamp) -> Result<Vec<RowError>, Stop> {
        let id = job.id.product_of_row(row.number);
        let draft = match read_draft(row) {
            Ok(draft) => draft,
            Err(errors) => return Ok(errors),
        };
        let problem = match self.builder.create(SellerId::from(job.shop), id, &draft, now, |_| Ok(None)).await {
            Ok(_) => return Ok(Vec::new()),
            Err(problem) => problem,
        };
        match problem.code() {
            Code::InvalidInput | Code::SlugTaken => Ok(row_errors(problem.errors()).collect()),
            Code::NoShop | Code::ShopDeleted => {
                Err(InvalidFile::new("no_shop", "The shop is closed. Products can only be imported into an open shop.")
                    .into())
            }
            code => Err(Failure::new(format!("the product of a row could not be created: {}", code.as_str())).into()),
        }
    }
}

/// Parses the row into a draft, or returns all errors of its fields.
fn read_draft(row: Row) -> Result<Draft, Vec<RowError>> {
    let Row { body, mut errors, .. } = row;
    if errors.iter().any(|error| error.column.is_none()) {
        // The cells cannot be assigned to columns.
        return Err(errors);
    }
    match deserr::deserialize::<Draft, Value, FieldErrors>(body) {
        Ok(draft) if errors.is_empty() => return Ok(draft),
        Ok(_) => {}
        Err(field_errors) => {
            // A cell that could not be read is missing in the body. That error would say less than the first one.
            let unreadable: Vec<_> = errors.iter().map(|error| error.column).collect();
            errors.extend(row_errors(&field_errors.0).filter(|error| !unreadable.contains(&error.column)));
        }
    }
    errors.sort_by_key(RowError::column_index);
    Err(errors)
}

fn row_errors(errors: &[FieldError]) -> impl Iterator<Item = RowError> {
    errors.iter().map(|error| RowError::from_pointer(&error.pointer, &error.code, &error.detail))
}

#[cfg(test)]
mod tests {
    use souk_domain::Currency;

    use super::*;

    /// Returns the columns, entries and codes of the errors of the only row of a file.
    fn errors(header: &str, row: &str) -> Vec<(Option<&'static str>, Option<u32>, String)> {
        let file = format!("{header}\n{row}\n");
        let row = Sheet::open(file.as_bytes(), Currency::EUR).ok().unwrap().next().unwrap();
        let errors = read_draft(row).map(|_| Vec::new()).unwrap_or_else(|errors| errors);
        errors.into_iter().map(|error| (error.column, error.entry, error.code)).collect()
    }

    const HEADER: &str = "title,price,category,variants,tags,video_url";

    #[test]
    fn a_row_with_the_right_number_of_cells_is_read() {
        assert_eq!(errors(HEADER, "Mug,12.99,home-kitchen,25;Blue,gift;clay,https://example.com/mug"), []);
        assert_eq!(errors(HEADER, "Mug,12.99,home-kitchen,25,,"), []);
        assert_eq!(errors(HEADER, "Mug,12.99,25"), [(None, None, "wrong_number_of_cells".to_owned())]);
    }

    #[test]
    fn each_error_of_a_row_is_reported_once() {
        let found = errors(HEADER, ",12.999,No Slug,many;Blue,gift;gift,ftp://example.com");
        assert_eq!(
            found,
            [
                (Some("title"), None, "missing".to_owned()),
                (Some("price"), None, "malformed".to_owned()),
                (Some("category"), None, "malformed".to_owned()),
                (Some("variants"), Some(1), "malformed".to_owned()),
                (Some("video_url"), None, "malformed".to_owned()),
                (Some("tags"), None, "duplicate".to_owned()),
            ]
        );
    }

    #[test]
    fn a_message_is_an_upload_event_of_s3_or_a_continuation() {
        let uploaded = r#"{"Records":[{"s3":{"object":{"key":"imports/shop_1/job_2"}}}]}"#;
        assert!(matches!(serde_json::from_str(uploaded).unwrap(), ImportMessage::Uploaded(_)));
        let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"souk"}"#;
        assert!(
            matches!(serde_json::from_str(test).unwrap(), ImportMessage::Uploaded(uploaded) if uploaded.keys().count() == 0)
        );
        let event = Event::ImportGoesOn {
            shop: ShopId::parse(&format!("shop_{:032x}", 1)).unwrap(),
            job: JobId::parse(&format!("job_{:032x}", 2)).unwrap(),
        };
        let record = event.record(Timestamp::UNIX_EPOCH).unwrap();
        let message = serde_json::to_string(&Message::of(&record).unwrap()).unwrap();
        assert!(matches!(serde_json::from_str(&message).unwrap(), ImportMessage::Continue(_)));
    }
}
