//! `GET /v1/admin/products` - searches and filters the products of all shops, listed or not. Reads nothing from the
//! table but the admin's session. Answers `unavailable` while there is no index.

use souk_domain::Slug;
use souk_web::{Admin, Code, Cx, Endpoint, Flag, Json, Problem, Query, Route, Several, route};

use crate::{
    deps::SignedInListDeps,
    filter::{ProductFilter, ProductOrder, product_list_query},
    list_own_products::TabName,
    listing::{Found, ProductList},
    view::OwnProductView,
};

/// Lists the products of all shops.
#[derive(Debug)]
pub struct ListAllProducts;

product_list_query! {
    /// The filter, the order and the page.
    pub ListAllProductsQuery {
        /// Only products of this shop.
        shop: Slug,
        /// Only products in one of these states, separated by commas.
        status: Several<TabName>,
        /// Whether to leave out products that are not on offer now.
        on_offer: Flag,
    }
}

impl Endpoint for ListAllProducts {
    const ROUTE: Route = route!(GET "/v1/admin/products");
    const SUMMARY: &'static str = "Search the products of all shops, on sale or not; without words, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = SignedInListDeps;
    type Caller = Admin;
    type Input = Query<ListAllProductsQuery>;
    type Output = Json<Found<OwnProductView>>;

    async fn handle(
        cx: &Cx<'_, SignedInListDeps>,
        admin: Admin,
        Query(input): Query<ListAllProductsQuery>,
    ) -> Result<Self::Output, Problem> {
        let (filter, paging) = input.filter_and_paging()?;
        let filter = ProductFilter { include_hidden: true, ..filter };
        let entry = |product: &_| Some(OwnProductView::of(product, &cx.list.media, cx.now));
        ProductList::of::<Self>(&cx.list, &admin, ProductOrder::Newest)
            .page((filter, paging), cx.now, entry)
            .await
            .map(Json)
    }
}
