//! `GET /v1/shops/{slug}/offers` - what a shop has on sale for less for a while, the offer that ends first first; searched
//! and filtered like all products. No read of the table, as long as there is an index and something in it to show; else
//! one to know the shop, and three without an index.

use souk_product_views::ProductView;
use souk_web::{Anyone, Code, Cx, Endpoint, Flag, Json, Path, Problem, Query, Route, route};

use crate::{
    asked::{Asked, Order, asked},
    deps::ListDeps,
    listing::{Found, List, OfShop},
};

/// Lists offers.
#[derive(Debug)]
pub struct ListShopOffers;

const LIST: List = List { name: "offers at a shop", order: Order::EndingSoon };

asked! {
    /// Which offers, and which part of them.
    pub ListShopOffersQuery {}
}

impl Endpoint for ListShopOffers {
    const ROUTE: Route = route!(GET "/v1/shops/{slug}/offers");
    const SUMMARY: &'static str =
        "Search a shop's products on offer now; without words, the offer that ends first comes first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = (Path<OfShop>, Query<ListShopOffersQuery>);
    type Output = Json<Found<ProductView>>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        _: Anyone,
        (Path(shop), Query(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let (asked, paging) = input.asked()?;
        let asked = Asked { shop: Some(shop.slug.clone()), on_offer: Some(Flag(true)), ..asked };
        let entry = |product: &_| cx.show_offered(product, cx.now);
        let found = LIST.part(cx.deps, (asked, paging), cx.now, entry).await?;
        shop.is_known(cx.deps, &found).await?;
        Ok(Json(found))
    }
}
