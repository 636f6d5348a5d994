//! `GET /v1/products` - what is on sale: found by words, filtered, sorted and counted. No read of the table, as long as
//! there is an index; without one the newest of all, of a category, of a part of it or of a shop: one read, for a part of
//! a category up to five.

use souk_domain::Slug;
use souk_product_views::ProductView;
use souk_web::{Anyone, Code, Cx, Endpoint, Flag, Json, Problem, Query, Route, route};

use crate::{
    asked::{Order, asked},
    deps::ListDeps,
    listing::{Found, List},
};

/// Lists products.
#[derive(Debug)]
pub struct ListProducts;

const LIST: List = List { name: "products", order: Order::Newest };

asked! {
    /// Which products, and which part of them.
    pub ListProductsQuery {
        /// Of this shop only.
        shop: Slug,
        /// Whether only what is on offer now.
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
        _: Anyone,
        Query(input): Query<ListProductsQuery>,
    ) -> Result<Self::Output, Problem> {
        let entry = |product: &_| Some(cx.show(product, cx.now));
        LIST.part(cx.deps, input.asked()?, cx.now, entry).await.map(Json)
    }
}
