//! `GET /v1/jobs` - lists the imports and exports of the seller's shop, the newest first. One read.

use souk_store_jobs::{JobsExt as _, jobs::Job};
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, Seller, route};

use crate::{deps::StoreFilesCursors, view::JobView};

/// Lists jobs.
#[derive(Debug)]
pub struct ListJobs;

impl Endpoint for ListJobs {
    const ROUTE: Route = route!(GET "/v1/jobs");
    const SUMMARY: &'static str = "Imports and exports of your shop of the last 7 days, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreFilesCursors;
    type Caller = Seller;
    type Input = Query<Paging>;
    type Output = Json<Listed<JobView>>;

    async fn handle(
        cx: &Cx<'_, StoreFilesCursors>,
        seller: Seller,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&seller);
        let page = cx.store.jobs().list(seller.shop(), list.open(&paging)?, paging.limit(), cx.now).await?;
        list.seal(page, |job: Job| JobView::from(&job)).map(Json)
    }
}
