//! `GET /v1/admin/products` - the products of all shops, on sale or not; searched and filtered. No read of the table but of
//! the admin's session. Without an index there is no such list.

use souk_domain::Slug;
use souk_web::{Admin, Code, Cx, Endpoint, Flag, Json, Problem, Query, Route, Several, route};

use crate::{
    asked::{Asked, Order, asked},
    deps::SignedInListDeps,
    list_own_products::TabName,
    listing::{Found, List},
    view::OwnProductView,
};

/// Lists products.
#[derive(Debug)]
pub struct ListAllProducts;

const LIST: List = List { name: "all products", order: Order::Newest };

asked! {
    /// Which products, and which part of them.
    pub ListAllProductsQuery {
        /// Of this shop only.
        shop: Slug,
        /// Only those that are this far, or one of these, between commas.
        status: Several<TabName>,
        /// Whether only what is on offer now.
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
        _: Admin,
        Query(input): Query<ListAllProductsQuery>,
    ) -> Result<Self::Output, Problem> {
        let (asked, paging) = input.asked()?;
        let asked = Asked { hidden_too: true, ..asked };
        let entry = |product: &_| Some(OwnProductView::of(product, &cx.list.media, cx.now));
        LIST.part(&cx.list, (asked, paging), cx.now, entry).await.map(Json)
    }
}
