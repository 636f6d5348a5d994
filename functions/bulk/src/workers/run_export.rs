//! Queue `exports` - writes the next part of a shop's products into a CSV file.
//!
//! The start of an export sends the first message; this function sends the next ones. Each message writes one part of
//! about 5 MB, so an export may have any size. The parts go to a multipart upload in S3. The job's list of parts and
//! the next message are written in one transaction. A part that is written twice replaces itself, and a lease keeps two
//! workers from writing the same part at once.

use futures::future::try_join_all;
use jiff::Timestamp;
use souk_domain::{JobId, ProductId, ShopId};
use souk_listing::Draft;
use souk_media::{MIN_PART, Part, StorageError};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::leases::Lease;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_jobs::{
    JobsExt as _,
    jobs::{Export, Job, State, StoredPart, Task},
};

use crate::{
    deps::{StoreFiles, export_key},
    sheet,
};

/// Runs an export.
#[derive(Debug)]
pub struct RunExport;

/// The name under which the leases are stored.
const CONSUMER: &str = "run-export";
/// How many products are read in parallel.
const PARALLEL_READS: usize = 8;

impl Consumer for RunExport {
    const MODULE: &'static str = module_path!();

    type Deps = StoreFiles;
    type Message = Message;

    async fn handle(deps: &StoreFiles, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::ExportGoesOn { shop, job, part } = message.event else { return Ok(()) };
        let leases = deps.store.leases();
        let task = format!("{job} {part}");
        match leases.take(CONSUMER, &task, now).await? {
            Lease::Done => return Ok(()),
            Lease::Busy => return Err(Failure::new("another worker writes this part")),
            Lease::Granted => {}
        }
        match deps.continue_export(shop, job, part, now).await {
            Ok(()) => Ok(leases.done(CONSUMER, &task, now).await?),
            Err(failure) => {
                leases.release(CONSUMER, &task).await?;
                Err(failure)
            }
        }
    }
}

impl StoreFiles {
    async fn continue_export(&self, shop: ShopId, id: JobId, part: u32, now: Timestamp) -> Result<(), Failure> {
        let Some(mut job) = self.store.jobs().of(shop, id, now).await? else { return Ok(()) };
        if job.is_over() {
            return Ok(());
        }
        let Task::Export(mut export) = job.task.clone() else { return Ok(()) };
        if !export.ended {
            if part as usize != export.parts.len() + 1 {
                // The message is older than the job: a newer message continues it.
                return Ok(());
            }
            self.write(&job, &mut export).await?;
            job.state = State::Running;
            job.task = Task::Export(export.clone());
            let next = Event::ExportGoesOn { shop, job: id, part: part + 1 }.record(now)?;
            self.store.jobs().save(&mut job, &[], Some(&next).filter(|_| !export.ended)).await?;
        }
        if export.ended {
            let file = export.upload.as_deref().unwrap_or_default();
            let parts = export.parts.iter().map(|part| Part { tag: part.tag.clone(), checksum: part.checksum.clone() });
            self.files.finish_file(&export_key(shop, id), file, parts).await.map_err(failed)?;
            job.state = State::Done { at: now };
            self.store.jobs().save(&mut job, &[], None).await?;
        }
        Ok(())
    }

    /// Writes the next part: as many products as fill it, or all remaining ones.
    async fn write(&self, job: &Job, export: &mut Export) -> Result<(), Failure> {
        let (key, products) = (export_key(job.shop, job.id), self.store.products());
        let file = match &export.upload {
            Some(file) => file.clone(),
            None => self.files.begin_file(&key, "text/csv; charset=utf-8").await.map_err(failed)?,
        };
        let mut bytes = if export.parts.is_empty() { sheet::header() } else { Vec::new() };
        while bytes.len() < MIN_PART && !export.ended {
            let page = products.all_of(job.shop, export.from.take(), 100).await?;
            let existing = page.items.iter().filter(|product| product.deleted_at.is_none());
            let existing: Vec<ProductId> = existing.map(|product| product.id).collect();
            for ids in existing.chunks(PARALLEL_READS) {
                let found = try_join_all(ids.iter().map(|&id| products.whole(id))).await?;
                for whole in found.iter().flatten() {
                    bytes.extend(sheet::row(&serde_json::to_value(Draft::of(whole))?));
                    export.written += 1;
                }
            }
            export.ended = page.next.is_none();
            export.from = page.next;
        }
        let number = i32::try_from(export.parts.len() + 1).unwrap_or(i32::MAX);
        let Part { tag, checksum } = self.files.put_part(&key, &file, number, bytes).await.map_err(failed)?;
        export.upload = Some(file);
        export.parts.push(StoredPart { tag, checksum });
        Ok(())
    }
}

fn failed(error: StorageError) -> Failure {
    Failure::new(error.to_string())
}
