//! `GET /v1/shops/{slug}/products` - what a shop has on sale, the newest first. Two reads.

use souk_domain::Slug;
use souk_store::products::{Product, Tab};
use souk_web::{
    Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Listed, Paging, Path, Problem, Query, Route,
    route,
};

use crate::{deps::LongWindow, view::ProductView};

/// Lists products.
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
    const ROUTE: Route = route!(GET "/v1/shops/{slug}/products");
    const SUMMARY: &'static str = "The products that a shop has on sale, the newest first";
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
        let list = format!("products at {}", input.slug);
        let from = cx.cursors.open(&list, &paging)?;
        let store = &cx.window.store;
        let shop = store.shops().named(&input.slug).await?.ok_or(Code::NotFound)?;
        let mut page = store.products().newest_of(shop, Tab::Active, from, paging.limit()).await?;
        // A shop that is closed keeps its tabs, and its products say that it is closed.
        page.items.retain(Product::is_listed);
        let media = &cx.window.media;
        cx.cursors.seal(&list, page, |product| ProductView::of(&product, media, cx.now)).map(Json)
    }
}
