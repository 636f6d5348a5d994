//! `GET /v1/offers` - searches and filters the products that are on offer now, the offer that ends first comes first.
//! Reads nothing from the table while there is an index; otherwise two reads.

use souk_domain::Slug;
use souk_product_views::ProductView;
use souk_web::{Anyone, Code, Cx, Endpoint, Flag, Json, Problem, Query, Route, route};

use crate::{
    deps::ListDeps,
    filter::{ProductFilter, ProductOrder, product_list_query},
    listing::{Found, ProductList},
};

/// Lists offers.
#[derive(Debug)]
pub struct ListOffers;

product_list_query! {
    /// The filter, the order and the page.
    pub ListOffersQuery {
        /// Only products of this shop.
        shop: Slug,
    }
}

impl Endpoint for ListOffers {
    const ROUTE: Route = route!(GET "/v1/offers");
    const SUMMARY: &'static str =
        "Search the products on offer now; without words, the offer that ends first comes first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = Query<ListOffersQuery>;
    type Output = Json<Found<ProductView>>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        caller: Anyone,
        Query(input): Query<ListOffersQuery>,
    ) -> Result<Self::Output, Problem> {
        let (filter, paging) = input.filter_and_paging()?;
        let filter = ProductFilter { on_offer: Some(Flag(true)), ..filter };
        let entry = |product: &_| cx.show_offered(product, cx.now);
        ProductList::of::<Self>(cx.deps, &caller, ProductOrder::EndingSoon)
            .page((filter, paging), cx.now, entry)
            .await
            .map(Json)
    }
}
