//! `GET /v1/jobs/{job}` - shows the progress of an import or an export, the rows that an import refused, and the URL of
//! the file that an export wrote. Two reads.

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
    view::{JobView, RefusedRowView},
};

/// Shows a job.
#[derive(Debug)]
pub struct GetJob;

/// The job.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetJobPath {
    /// The id of the job.
    job: JobId,
}

/// A job with its results.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobDetails {
    /// The job.
    #[serde(flatten)]
    job: JobView,
    /// The URL of the file of a finished export. It needs no token and is valid for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// A page of the rows that an import refused, in the order of the file.
    refused_rows: Listed<RefusedRowView>,
}

const URL_LIFETIME: Duration = Duration::from_secs(60 * 60);

impl Endpoint for GetJob {
    const ROUTE: Route = route!(GET "/v1/jobs/{job}");
    const SUMMARY: &'static str =
        "An import or an export: its progress, its refused rows, the URL of the exported file";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreFilesCursors;
    type Caller = Seller;
    type Input = (Path<GetJobPath>, Query<Paging>);
    type Output = Json<JobDetails>;

    async fn handle(
        cx: &Cx<'_, StoreFilesCursors>,
        seller: Seller,
        (Path(input), Query(paging)): (Path<GetJobPath>, Query<Paging>),
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&seller).of(input.job);
        let from = list.open(&paging)?;
        let jobs = cx.store.jobs();
        let job = jobs.of(seller.shop(), input.job, cx.now).await?.ok_or(Code::NotFound)?;
        let rows = match job.task {
            Task::Import(_) => jobs.refused(job.id, from, paging.limit()).await?,
            Task::Export(_) => Page { items: Vec::new(), next: None },
        };
        let url = download_url(cx, &job).await?;
        Ok(Json(JobDetails { job: (&job).into(), url, refused_rows: list.seal(rows, RefusedRowView::from)? }))
    }
}

async fn download_url(cx: &Cx<'_, StoreFilesCursors>, job: &Job) -> Result<Option<String>, Problem> {
    let (Task::Export(_), State::Done { at }) = (&job.task, &job.state) else { return Ok(None) };
    let name = format!("products-{}.csv", at.strftime("%Y-%m-%d"));
    let signed = cx.files.presign_download(&export_key(job.shop, job.id), &name, URL_LIFETIME).await;
    signed.map(Some).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the download URL could not be signed");
        Problem::new(Code::Internal)
    })
}
