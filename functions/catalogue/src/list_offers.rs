//! `GET /v1/offers` - what is on sale for less for a while, the offer that ends first first. Two reads.

use souk_web::{Anyone, Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, route};

use crate::{deps::LongWindow, view::ProductView};

/// Lists offers.
#[derive(Debug)]
pub struct Room;

const LIST: &str = "offers";

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/offers");
    const SUMMARY: &'static str = "The products on offer now; the offer that ends first comes first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = LongWindow;
    type Caller = Anyone;
    type Input = Query<Paging>;
    type Output = Json<Listed<ProductView>>;

    async fn handle(cx: &Cx<'_, LongWindow>, _: Anyone, Query(paging): Query<Paging>) -> Result<Self::Output, Problem> {
        let from = cx.cursors.open(LIST, &paging)?;
        let page = cx.window.store.products().on_offer(None, from, paging.limit(), cx.now).await?;
        let media = &cx.window.media;
        cx.cursors.seal(LIST, page, |product| ProductView::of(&product, media, cx.now)).map(Json)
    }
}
