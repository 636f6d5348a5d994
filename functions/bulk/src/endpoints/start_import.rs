//! `POST /v1/imports` - a form to upload a file with, whose rows become products.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::JobId;
use souk_store_jobs::{
    JobsExt as _,
    jobs::{Import, Job, Rule, State, Task},
};
use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Created, Cx, Endpoint, Idempotent, JsonSchema, Limit, Problem, Route, Seller, route};

use crate::{
    deps::{MAX_BYTES, StoreFilesCursors, import_key},
    view::JobView,
};

/// Begins an import.
#[derive(Debug)]
pub struct StartImport;

/// An import that waits for its file.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StartedImport")]
pub struct Output {
    /// The import.
    #[serde(flatten)]
    job: JobView,
    /// How to send the file. It begins as soon as the file is there.
    upload: Upload,
}

/// Where and how to send a file.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportForm")]
struct Upload {
    /// Where to POST `multipart/form-data`: every field below, then the file as `file`, last.
    url: String,
    /// The form's fields.
    fields: BTreeMap<String, String>,
    /// The largest file that is taken, in bytes.
    max_bytes: u64,
    /// From when on the form is refused.
    expires_at: Timestamp,
}

const FORM_LASTS: Duration = Duration::from_secs(60 * 60);

impl Endpoint for StartImport {
    const ROUTE: Route = route!(POST "/v1/imports");
    const SUMMARY: &'static str = "Import products from a CSV file: a form to upload it with, straight to the storage";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopDeleted];

    type Deps = StoreFilesCursors;
    type Caller = Seller;
    type Input = ();
    type Output = Created<Output>;

    async fn handle(cx: &Cx<'_, StoreFilesCursors>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let (shop, id) = (seller.shop(), cx.fresh::<JobId>());
        if !cx.store.shops().get(shop).await?.ok_or(Code::NoShop)?.is_open() {
            return Err(Code::ShopDeleted.into());
        }
        let form = cx.files.presign_upload(&import_key(shop, id), "text/csv", MAX_BYTES, FORM_LASTS).await;
        let form = form.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "an upload could not be signed");
            Problem::new(Code::Internal)
        })?;
        let task = Task::Import(Import::default());
        let job = Job { id, shop, task, state: State::Waiting, version: 1, created_at: cx.now };
        let souk_media::UploadForm { url, fields, expires_at } = form;
        let upload = Upload { url, fields, max_bytes: MAX_BYTES, expires_at };
        let output = Output { job: (&job).into(), upload };
        let answer = cx.key.as_ref().map(|key| key.answer(&output, cx.now)).transpose()?;
        let begun = cx.store.jobs().begin(&job, None, answer.as_ref()).await;
        begun.map_err(|error| Problem::from_write(error, |_: &[Rule]| Code::Unavailable.into()))?;
        Ok(Created(output))
    }
}
