//! `GET /v1/offers` - what is on sale for less for a while, the offer that ends first first; searched and filtered like all
//! products. No read of the table, as long as there is an index; without one two.

use souk_domain::Slug;
use souk_product_views::ProductView;
use souk_web::{Anyone, Code, Cx, Endpoint, Flag, Json, Problem, Query, Route, route};

use crate::{
    asked::{Asked, Order, asked},
    deps::ListDeps,
    listing::{Found, List},
};

/// Lists offers.
#[derive(Debug)]
pub struct ListOffers;

const LIST: List = List { name: "offers", order: Order::EndingSoon };

asked! {
    /// Which offers, and which part of them.
    pub ListOffersQuery {
        /// Of this shop only.
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
        _: Anyone,
        Query(input): Query<ListOffersQuery>,
    ) -> Result<Self::Output, Problem> {
        let (asked, paging) = input.asked()?;
        let asked = Asked { on_offer: Some(Flag(true)), ..asked };
        let entry = |product: &_| cx.show_offered(product, cx.now);
        LIST.part(cx.deps, (asked, paging), cx.now, entry).await.map(Json)
    }
}
