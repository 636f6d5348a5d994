//! `GET /v1/products/{slug}` - a product with its variants. Two reads.

use souk_domain::Slug;
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::{deps::Window, view::DetailsView};

/// Shows a product.
#[derive(Debug)]
pub struct Room;

/// Which product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Input {
    /// The product's place in addresses.
    slug: Slug,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/products/{slug}");
    const SUMMARY: &'static str = "A product by its slug, with its variants and their stock";

    type Deps = Window;
    type Caller = Anyone;
    type Input = Path<Input>;
    type Output = Json<DetailsView>;

    async fn handle(cx: &Cx<'_, Window>, _: Anyone, Path(input): Path<Input>) -> Result<Self::Output, Problem> {
        let whole = cx.store.products().by_slug(&input.slug).await?.ok_or(Code::NotFound)?;
        Ok(Json(DetailsView::of(&whole, &cx.media)))
    }
}
