//! `GET /v1/products` - searches, filters and sorts the listed products. Reads nothing from the table while there is an
//! index. Otherwise it can list the newest of all, of a category, of a subcategory or of a shop: one read, and up to five
//! for a subcategory.

use souk_domain::Slug;
use souk_product_views::ProductView;
use souk_web::{Anyone, Code, Cx, Endpoint, Flag, Json, Problem, Query, Route, route};

use crate::{
    deps::ListDeps,
    filter::{ProductOrder, product_list_query},
    listing::{Found, ProductList},
};

/// Lists the listed products.
#[derive(Debug)]
pub struct ListProducts;

product_list_query! {
    /// The filter, the order and the page.
    pub ListProductsQuery {
        /// Only products of this shop.
        shop: Slug,
        /// Whether to leave out products that are not on offer now.
        on_offer: Flag,
    }
}

impl Endpoint for ListProducts {
    const ROUTE: Route = route!(GET "/v1/products");
    const SUMMARY: &'static str = "Search the products on sale; without words, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = Query<ListProductsQuery>;
    type Output = Json<Found<ProductView>>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        caller: Anyone,
        Query(input): Query<ListProductsQuery>,
    ) -> Result<Self::Output, Problem> {
        let entry = |product: &_| Some(cx.show(product, cx.now));
        ProductList::of::<Self>(cx.deps, &caller, ProductOrder::Newest)
            .page(input.filter_and_paging()?, cx.now, entry)
            .await
            .map(Json)
    }
}
