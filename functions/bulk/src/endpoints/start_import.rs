//! `POST /v1/imports` - starts an import and answers a form for uploading the file to S3. The rows of the file become
//! products.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::JobId;
use souk_store_jobs::{
    JobsExt as _,
    jobs::{Import, Job, Rule, State, Task},
};
use souk_store_shops::{ShopsExt as _, shops::Shop};
use souk_web::{Code, Created, Cx, Endpoint, Idempotent, JsonSchema, Limit, Problem, Route, Seller, own_shop, route};

use crate::{
    deps::{MAX_BYTES, StoreFilesCursors, import_key},
    view::JobView,
};

/// Starts an import.
#[derive(Debug)]
pub struct StartImport;

/// An import that waits for its file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StartedImport {
    /// The import.
    #[serde(flatten)]
    job: JobView,
    /// How to upload the file. The import begins once the file is uploaded.
    upload: ImportForm,
}

/// The form for uploading the file.
#[derive(Debug, Serialize, JsonSchema)]
struct ImportForm {
    /// Where to POST `multipart/form-data`: every field below, then the file as `file`, last.
    url: String,
    /// The fields of the form.
    fields: BTreeMap<String, String>,
    /// The largest accepted file, in bytes.
    max_bytes: u64,
    /// When the form expires.
    expires_at: Timestamp,
}

const FORM_LIFETIME: Duration = Duration::from_secs(60 * 60);

impl Endpoint for StartImport {
    const ROUTE: Route = route!(POST "/v1/imports");
    const SUMMARY: &'static str =
        "Import products from a CSV file; the answer is a form for uploading the file to the storage";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopDeleted];

    type Deps = StoreFilesCursors;
    type Caller = Seller;
    type Input = ();
    type Output = Created<StartedImport>;

    async fn handle(cx: &Cx<'_, StoreFilesCursors>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let (shop, id) = (seller.shop(), cx.fresh::<JobId>());
        own_shop(cx.store.shops().get(shop).await?, Shop::is_open)?;
        let form = cx.files.presign_upload(&import_key(shop, id), "text/csv", MAX_BYTES, FORM_LIFETIME).await;
        let form = form.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "the upload form could not be signed");
            Problem::new(Code::Internal)
        })?;
        let task = Task::Import(Import::default());
        let job = Job { id, shop, task, state: State::Waiting, version: 1, created_at: cx.now };
        let souk_media::UploadForm { url, fields, expires_at } = form;
        let upload = ImportForm { url, fields, max_bytes: MAX_BYTES, expires_at };
        let output = StartedImport { job: (&job).into(), upload };
        let answer = cx.key.as_ref().map(|key| key.answer(&output, cx.now)).transpose()?;
        let saved = cx.store.jobs().begin(&job, None, answer.as_ref()).await;
        saved.map_err(|error| Problem::from_write(error, |_: &[Rule]| Code::Unavailable.into()))?;
        Ok(Created(output))
    }
}
