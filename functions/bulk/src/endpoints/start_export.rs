//! `POST /v1/exports` - starts an export of the shop's products into a CSV file.

use souk_domain::JobId;
use souk_messaging::Event;
use souk_store_jobs::{
    JobsExt as _,
    jobs::{Export, Job, Rule, State, Task},
};
use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Created, Cx, Endpoint, Idempotent, Limit, Problem, Route, Seller, route};

use crate::{deps::StoreFilesCursors, view::JobView};

/// Starts an export.
#[derive(Debug)]
pub struct StartExport;

impl Endpoint for StartExport {
    const ROUTE: Route = route!(POST "/v1/exports");
    const SUMMARY: &'static str =
        "Export the products of your shop into a CSV file, with drafts and without deleted products";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::NoShop];

    type Deps = StoreFilesCursors;
    type Caller = Seller;
    type Input = ();
    type Output = Created<JobView>;

    async fn handle(cx: &Cx<'_, StoreFilesCursors>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let (shop, id) = (seller.shop(), cx.fresh::<JobId>());
        if cx.store.shops().get(shop).await?.is_none() {
            return Err(Code::NoShop.into());
        }
        let task = Task::Export(Export::default());
        let job = Job { id, shop, task, state: State::Waiting, version: 1, created_at: cx.now };
        let view = JobView::from(&job);
        let event = Event::ExportGoesOn { shop, job: id, part: 1 }.record(cx.now);
        let event = event.map_err(|_| Problem::new(Code::Internal))?;
        let answer = cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()?;
        let saved = cx.store.jobs().begin(&job, Some(&event), answer.as_ref()).await;
        saved.map_err(|error| Problem::from_write(error, |_: &[Rule]| Code::Unavailable.into()))?;
        Ok(Created(view))
    }
}
