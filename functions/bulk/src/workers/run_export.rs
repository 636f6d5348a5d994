//! Queue `exports`, fed by the start of an export and then by itself - writes a part of a shop's products into a file.
//!
//! A message is one part of some 5 MB, so an export may be of any size. The file's parts are stored as they are made; what
//! the job says of them, and the message for the next, are one transaction. A part that is made again takes the place of
//! the same part, and a claim keeps two workers from making one part at once.

use futures::future::try_join_all;
use jiff::Timestamp;
use souk_domain::{JobId, ProductId, ShopId};
use souk_listing::Draft;
use souk_media::{MIN_PART, Part, StorageError};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::claims::Claim;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_jobs::{
    JobsExt as _,
    jobs::{Export, Job, State, StoredPart, Task},
};

use crate::{
    deps::{StoreFiles, export_key},
    sheet,
};

/// Exports.
#[derive(Debug)]
pub struct RunExport;

/// What claims are filed under.
const CONSUMER: &str = "run-export";
/// How many products are read at once.
const AT_ONCE: usize = 8;

impl Consumer for RunExport {
    const MODULE: &'static str = module_path!();

    type Deps = StoreFiles;
    type Message = Message;

    async fn handle(scriptorium: &StoreFiles, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::ExportGoesOn { shop, job, part } = message.event else { return Ok(()) };
        let claims = scriptorium.store.claims();
        let task = format!("{job} {part}");
        match claims.take(CONSUMER, &task, now).await? {
            Claim::Done => return Ok(()),
            Claim::Busy => return Err(Failure::new("another worker is at this part")),
            Claim::Ours => {}
        }
        match scriptorium.go_on(shop, job, part, now).await {
            Ok(()) => Ok(claims.done(CONSUMER, &task, now).await?),
            Err(failure) => {
                claims.release(CONSUMER, &task).await?;
                Err(failure)
            }
        }
    }
}

impl StoreFiles {
    async fn go_on(&self, shop: ShopId, id: JobId, part: u32, now: Timestamp) -> Result<(), Failure> {
        let Some(mut job) = self.store.jobs().of(shop, id, now).await? else { return Ok(()) };
        if job.is_over() {
            return Ok(());
        }
        let Task::Export(mut export) = job.task.clone() else { return Ok(()) };
        if !export.ended {
            if part as usize != export.parts.len() + 1 {
                // An older message: there is a younger one for what is left.
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

    /// Writes the next part: as many products as fill it, or all that are left.
    async fn write(&self, job: &Job, export: &mut Export) -> Result<(), Failure> {
        let (key, products) = (export_key(job.shop, job.id), self.store.products());
        let file = match &export.upload {
            Some(file) => file.clone(),
            None => self.files.begin_file(&key, "text/csv; charset=utf-8").await.map_err(failed)?,
        };
        let mut bytes = if export.parts.is_empty() { sheet::header() } else { Vec::new() };
        while bytes.len() < MIN_PART && !export.ended {
            let page = products.all_of(job.shop, export.from.take(), 100).await?;
            let there = page.items.iter().filter(|product| product.deleted_at.is_none());
            let there: Vec<ProductId> = there.map(|product| product.id).collect();
            for some in there.chunks(AT_ONCE) {
                let wholes = try_join_all(some.iter().map(|&id| products.whole(id))).await?;
                for whole in wholes.iter().flatten() {
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
