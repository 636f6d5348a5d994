//! `GET /v1/products` - what is on sale, the newest first: all of it, a category of it, or a part of a category. One
//! read; for a part of a category up to five.

use souk_domain::Slug;
use souk_web::{
    Anyone, Code, Cx, Deserr, Endpoint, FieldError, FieldErrors, Json, JsonSchema, Listed, PageSize, Paging, Problem,
    Query, Route, route,
};

use crate::{deps::LongWindow, view::ProductView};

/// Lists products.
#[derive(Debug)]
pub struct Room;

/// Which part of which list.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Input {
    /// Of which category; of all, if not given.
    #[deserr(default)]
    category: Option<Slug>,
    /// Of which part of the category; of all of it, if not given. A page may be shorter than its limit then, although
    /// the list goes on.
    #[deserr(default)]
    subcategory: Option<Slug>,
    /// The `next` of the part before. Without it, the first part.
    #[deserr(default)]
    cursor: Option<String>,
    /// How many entries at most; 20 if not given.
    #[deserr(default)]
    limit: Option<PageSize>,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/products");
    const SUMMARY: &'static str = "The products on sale, of all categories or of one, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = LongWindow;
    type Caller = Anyone;
    type Input = Query<Input>;
    type Output = Json<Listed<ProductView>>;

    async fn handle(cx: &Cx<'_, LongWindow>, _: Anyone, Query(input): Query<Input>) -> Result<Self::Output, Problem> {
        let Input { category, subcategory, cursor, limit } = input;
        let paging = Paging::new(cursor, limit);
        let (of, part) = (category.as_ref().map(Slug::as_str), subcategory.as_ref().map(Slug::as_str));
        // A slug has no blanks, so no two lists have one name.
        let list = format!("products {} {}", of.unwrap_or_default(), part.unwrap_or_default());
        let from = cx.cursors.open(&list, &paging)?;
        let products = cx.window.store.products();
        let page = match (&category, &subcategory) {
            (Some(category), part) => products.newest_in(category, part.as_ref(), from, paging.limit()).await?,
            (None, None) => products.newest(from, paging.limit()).await?,
            (None, Some(_)) => {
                let error = FieldError::new("?category", "missing", "a subcategory is one of a category's");
                return Err(FieldErrors(vec![error]).into());
            }
        };
        let media = &cx.window.media;
        cx.cursors.seal(&list, page, |product| ProductView::of(&product, media, cx.now)).map(Json)
    }
}
