//! `GET /v1/shops/{slug}/offers` - what a shop has on sale for less for a while, the offer that ends first first. Three
//! reads.

use souk_domain::Slug;
use souk_web::{
    Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Listed, Paging, Path, Problem, Query, Route,
    route,
};

use crate::{deps::LongWindow, view::ProductView};

/// Lists offers.
#[derive(Debug)]
pub struct Room;

/// Which shop.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Input {
    /// The shop's place in addresses.
    slug: Slug,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/shops/{slug}/offers");
    const SUMMARY: &'static str = "A shop's products on offer now; the offer that ends first comes first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = LongWindow;
    type Caller = Anyone;
    type Input = (Path<Input>, Query<Paging>);
    type Output = Json<Listed<ProductView>>;

    async fn handle(
        cx: &Cx<'_, LongWindow>,
        _: Anyone,
        (Path(input), Query(paging)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let list = format!("offers at {}", input.slug);
        let from = cx.cursors.open(&list, &paging)?;
        let store = &cx.window.store;
        let shop = store.shops().named(&input.slug).await?.ok_or(Code::NotFound)?;
        let page = store.products().on_offer(Some(shop), from, paging.limit(), cx.now).await?;
        let media = &cx.window.media;
        cx.cursors.seal(&list, page, |product| ProductView::of(&product, media, cx.now)).map(Json)
    }
}
