//! Queue `imports`, fed by S3 when the file is there and then by itself - makes products of a file's rows.
//!
//! A row becomes a product in one transaction, or it does not and is named with what is wrong. Which product a row becomes
//! follows from the job and the row, so a row that was done before is found and not done again. How far the job is, and
//! the rows that were refused, are written together every 50 rows.

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
    columns::Flaw,
    deps::{BuilderFiles, MAX_BYTES, import_key, import_of},
    sheet::{Row, Sheet, Unreadable},
};

/// Imports.
#[derive(Debug)]
pub struct RunImport;

/// The most rows that a file may have.
const MAX_ROWS: u32 = 10_000;
/// How many rows are done between two writes of the job: so many refused ones fit into a transaction.
const SLICE: usize = 50;
/// How many of these a message takes on: what a small machine does in a fraction of the function's time.
const SLICES: usize = 10;
/// How many things that are wrong with a row are kept.
const MAX_FLAWS: usize = 20;

/// What the queue brings.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Cue {
    /// There are rows left.
    GoOn(Message),
    /// A file is there.
    Uploaded(Uploaded),
}

impl Consumer for RunImport {
    const MODULE: &'static str = module_path!();

    type Deps = BuilderFiles;
    type Message = Cue;

    async fn handle(workshop: &BuilderFiles, cue: Cue, now: Timestamp) -> Result<(), Failure> {
        match cue {
            Cue::GoOn(Message { event: Event::ImportGoesOn { shop, job }, .. }) => workshop.go_on(shop, job, now).await,
            Cue::GoOn(_) => Ok(()),
            Cue::Uploaded(uploaded) => {
                for key in uploaded.keys() {
                    let (shop, job) = import_of(key).map_err(|error| Failure::new(error.to_string()))?;
                    workshop.go_on(shop, job, now).await?;
                }
                Ok(())
            }
        }
    }
}

/// Why an import cannot go on.
enum Stop {
    /// For good.
    Fail(Unreadable),
    /// For now.
    Retry(Failure),
}

impl From<Unreadable> for Stop {
    fn from(unreadable: Unreadable) -> Self {
        Self::Fail(unreadable)
    }
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Retry(error.into())
    }
}

fn given_up(Unreadable { reason, detail }: Unreadable, now: Timestamp) -> State {
    State::Failed { at: now, reason: reason.to_owned(), detail }
}

impl BuilderFiles {
    async fn go_on(&self, shop: ShopId, id: JobId, now: Timestamp) -> Result<(), Failure> {
        let jobs = self.builder.store.jobs();
        let Some(mut job) = jobs.of(shop, id, now).await? else { return Ok(()) };
        match self.slices(&mut job, now).await {
            Ok(()) => Ok(()),
            Err(Stop::Retry(failure)) => Err(failure),
            Err(Stop::Fail(unreadable)) => {
                job.state = given_up(unreadable, now);
                Ok(jobs.save(&mut job, &[], None).await?)
            }
        }
    }

    async fn slices(&self, job: &mut Job, now: Timestamp) -> Result<(), Stop> {
        let (false, Task::Import(mut import)) = (job.is_over(), job.task.clone()) else { return Ok(()) };
        let file = self.read(job, &mut import).await?;
        let last = import.last;
        let mut rows = Sheet::open(&file, self.builder.currency)?.skip_while(|row| row.number <= last);
        for slice in 1..=SLICES {
            let rows: Vec<Row> = rows.by_ref().take(SLICE).collect();
            let at_the_end = rows.len() < SLICE;
            let mut refused = Vec::new();
            let made = self.make(job, rows, &mut import, &mut refused, now).await;
            job.state = match made {
                Ok(()) if at_the_end || import.created + import.refused == import.rows => State::Done { at: now },
                Ok(()) => State::Running,
                Err(Stop::Fail(unreadable)) => given_up(unreadable, now),
                Err(retry) => return Err(retry),
            };
            job.task = Task::Import(import.clone());
            let next = Event::ImportGoesOn { shop: job.shop, job: job.id }.record(now)?;
            let next = Some(&next).filter(|_| slice == SLICES && !job.is_over());
            self.builder.store.jobs().save(job, &refused, next).await?;
            if job.is_over() {
                break;
            }
        }
        Ok(())
    }

    /// Reads the file, and the first time counts its rows. Whoever has the form may send another file within its hour; but
    /// rows of two files are not mixed.
    async fn read(&self, job: &Job, import: &mut Import) -> Result<Vec<u8>, Stop> {
        let (file, tag) = match self.files.get_tagged(&import_key(job.shop, job.id), MAX_BYTES).await {
            Ok(file) => file,
            Err(StorageError::Missing { .. }) => {
                return Err(Unreadable::new("file_missing", "The file is no longer there.").into());
            }
            Err(error) => return Err(Failure::new(error.to_string()).into()),
        };
        match &import.file {
            Some(first) if *first == tag => {}
            Some(_) => return Err(Unreadable::new("file_changed", "Another file was sent meanwhile.").into()),
            None => {
                let rows = u32::try_from(Sheet::open(&file, self.builder.currency)?.count()).unwrap_or(u32::MAX);
                if rows > MAX_ROWS {
                    let detail = format!("The file has more than {MAX_ROWS} rows. Send it in parts.");
                    return Err(Unreadable::new("too_many_rows", detail).into());
                }
                (import.rows, import.file) = (rows, Some(tag));
            }
        }
        Ok(file)
    }

    /// Makes products of rows, and counts what becomes of each.
    async fn make(
        &self,
        job: &Job,
        rows: Vec<Row>,
        import: &mut Import,
        refused: &mut Vec<RefusedRow>,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let ids: Vec<_> = rows.iter().map(|row| job.id.product_of_row(row.number)).collect();
        let there = self.builder.store.products().which_are_there(&ids).await?;
        for (row, id) in rows.into_iter().zip(ids) {
            let number = row.number;
            let flaws = if there.contains(&id) { Vec::new() } else { self.make_one(job, row, now).await? };
            import.last = number;
            if flaws.is_empty() {
                import.created += 1;
                continue;
            }
            import.refused += 1;
            let flaws = flaws.into_iter().take(MAX_FLAWS).map(|flaw| jobs::Flaw {
                column: flaw.column.map(str::to_owned),
                entry: flaw.entry,
                code: flaw.code,
                detail: flaw.detail,
            });
            let created_at = job.created_at;
            refused.push(RefusedRow { job: job.id, row: number, flaws: flaws.collect(), created_at });
        }
        Ok(())
    }

    /// Makes a product of a row, or says what is wrong with it.
    async fn make_one(&self, job: &Job, row: Row, now: Timestamp) -> Result<Vec<Flaw>, Stop> {
        let id = job.id.product_of_row(row.number);
        let draft = match read_draft(row) {
            Ok(draft) => draft,
            Err(flaws) => return Ok(flaws),
        };
        let problem = match self.builder.make(SellerId::from(job.shop), id, &draft, now, |_| Ok(None)).await {
            Ok(_) => return Ok(Vec::new()),
            Err(problem) => problem,
        };
        match problem.code() {
            Code::InvalidInput | Code::SlugTaken => Ok(flaws_of(problem.errors()).collect()),
            Code::NoShop | Code::ShopDeleted => Err(Unreadable::new("no_shop", "The shop is closed.").into()),
            code => Err(Failure::new(format!("a row could not be made a product: {}", code.as_str())).into()),
        }
    }
}

/// The draft that a row stands for, or everything that is wrong with its fields.
fn read_draft(row: Row) -> Result<Draft, Vec<Flaw>> {
    let Row { body, mut flaws, .. } = row;
    if flaws.iter().any(|flaw| flaw.column.is_none()) {
        // Nobody knows which cell is which.
        return Err(flaws);
    }
    match deserr::deserialize::<Draft, Value, FieldErrors>(body) {
        Ok(draft) if flaws.is_empty() => return Ok(draft),
        Ok(_) => {}
        Err(errors) => {
            // A cell that could not be read is missing in the body: what is said of it there would say less.
            let unread: Vec<_> = flaws.iter().map(|flaw| flaw.column).collect();
            flaws.extend(flaws_of(&errors.0).filter(|flaw| !unread.contains(&flaw.column)));
        }
    }
    flaws.sort_by_key(Flaw::place);
    Err(flaws)
}

fn flaws_of(errors: &[FieldError]) -> impl Iterator<Item = Flaw> {
    errors.iter().map(|error| Flaw::at(&error.pointer, &error.code, &error.detail))
}

#[cfg(test)]
mod tests {
    use souk_domain::Currency;

    use super::*;

    /// What is wrong with the only row of a file: columns, entries and codes.
    fn flaws(header: &str, row: &str) -> Vec<(Option<&'static str>, Option<u32>, String)> {
        let file = format!("{header}\n{row}\n");
        let row = Sheet::open(file.as_bytes(), Currency::EUR).ok().unwrap().next().unwrap();
        let flaws = read_draft(row).map(|_| Vec::new()).unwrap_or_else(|flaws| flaws);
        flaws.into_iter().map(|flaw| (flaw.column, flaw.entry, flaw.code)).collect()
    }

    const HEADER: &str = "title,price,category,variants,tags,video_url";

    #[test]
    fn a_row_is_read_where_its_cells_can_be_told_apart() {
        assert_eq!(flaws(HEADER, "Mug,12.99,home-kitchen,25;Blue,gift;clay,https://example.com/mug"), []);
        assert_eq!(flaws(HEADER, "Mug,12.99,home-kitchen,25,,"), []);
        assert_eq!(flaws(HEADER, "Mug,12.99,25"), [(None, None, "wrong_number_of_cells".to_owned())]);
    }

    #[test]
    fn everything_that_is_wrong_with_a_row_is_named_once() {
        let found = flaws(HEADER, ",12.999,No Slug,many;Blue,gift;gift,ftp://example.com");
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
    fn the_queue_brings_news_of_files_and_of_rows_that_are_left() {
        let uploaded = r#"{"Records":[{"s3":{"object":{"key":"imports/shop_1/job_2"}}}]}"#;
        assert!(matches!(serde_json::from_str(uploaded).unwrap(), Cue::Uploaded(_)));
        let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"souk"}"#;
        assert!(matches!(serde_json::from_str(test).unwrap(), Cue::Uploaded(uploaded) if uploaded.keys().count() == 0));
        let event = Event::ImportGoesOn {
            shop: ShopId::parse(&format!("shop_{:032x}", 1)).unwrap(),
            job: JobId::parse(&format!("job_{:032x}", 2)).unwrap(),
        };
        let record = event.record(Timestamp::UNIX_EPOCH).unwrap();
        let message = serde_json::to_string(&Message::of(&record).unwrap()).unwrap();
        assert!(matches!(serde_json::from_str(&message).unwrap(), Cue::GoOn(_)));
    }
}
