//! `GET /v1/jobs/{job}` - how far an import or an export is, what an import refused, and where an export's file is. Two
//! reads.

use std::time::Duration;

use serde::Serialize;
use souk_domain::JobId;
use souk_store::Page;
use souk_store_jobs::{
    JobsExt as _,
    jobs::{Job, State, Task},
};
use souk_web::{
    Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Listed, Paging, Path, Problem, Query, Route, Seller,
    route,
};

use crate::{
    deps::{StoreFilesCursors, export_key},
    view::{JobView, RowView},
};

/// Shows a job.
#[derive(Debug)]
pub struct GetJob;

/// Which job.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetJobPath {
    /// The job's id.
    job: JobId,
}

/// A job and what came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JobDetails")]
pub struct Output {
    /// The job.
    #[serde(flatten)]
    job: JobView,
    /// Where the file of an export that is done can be read without a token, for an hour from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The rows that an import refused, a part of them, in their order.
    refused_rows: Listed<RowView>,
}

const ADDRESS_LASTS: Duration = Duration::from_secs(60 * 60);

impl Endpoint for GetJob {
    const ROUTE: Route = route!(GET "/v1/jobs/{job}");
    const SUMMARY: &'static str = "An import or an export: how far it is, refused rows, the exported file";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreFilesCursors;
    type Caller = Seller;
    type Input = (Path<GetJobPath>, Query<Paging>);
    type Output = Json<Output>;

    async fn handle(
        cx: &Cx<'_, StoreFilesCursors>,
        seller: Seller,
        (Path(input), Query(paging)): (Path<GetJobPath>, Query<Paging>),
    ) -> Result<Self::Output, Problem> {
        let list = format!("refused rows of {}", input.job);
        let from = cx.cursors.open(&list, &paging)?;
        let jobs = cx.store.jobs();
        let job = jobs.of(seller.shop(), input.job, cx.now).await?.ok_or(Code::NotFound)?;
        let rows = match job.task {
            Task::Import(_) => jobs.refused(job.id, from, paging.limit()).await?,
            Task::Export(_) => Page { items: Vec::new(), next: None },
        };
        let url = address(cx, &job).await?;
        Ok(Json(Output { job: (&job).into(), url, refused_rows: cx.cursors.seal(&list, rows, RowView::from)? }))
    }
}

async fn address(cx: &Cx<'_, StoreFilesCursors>, job: &Job) -> Result<Option<String>, Problem> {
    let (Task::Export(_), State::Done { at }) = (&job.task, &job.state) else { return Ok(None) };
    let name = format!("products-{}.csv", at.strftime("%Y-%m-%d"));
    let signed = cx.files.presign_download(&export_key(job.shop, job.id), &name, ADDRESS_LASTS).await;
    signed.map(Some).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a download could not be signed");
        Problem::new(Code::Internal)
    })
}
