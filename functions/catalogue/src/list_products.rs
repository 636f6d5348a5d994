//! `GET /v1/products` - what is on sale, the newest first. One read.

use souk_web::{Anyone, Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, route};

use crate::{deps::LongWindow, view::ProductView};

/// Lists products.
#[derive(Debug)]
pub struct Room;

const LIST: &str = "products";

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/products");
    const SUMMARY: &'static str = "The products on sale, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = LongWindow;
    type Caller = Anyone;
    type Input = Query<Paging>;
    type Output = Json<Listed<ProductView>>;

    async fn handle(cx: &Cx<'_, LongWindow>, _: Anyone, Query(paging): Query<Paging>) -> Result<Self::Output, Problem> {
        let from = cx.cursors.open(LIST, &paging)?;
        let page = cx.window.store.products().newest(from, paging.limit()).await?;
        let media = &cx.window.media;
        cx.cursors.seal(LIST, page, |product| ProductView::of(&product, media)).map(Json)
    }
}
