//! `GET /v1/shops/{slug}/offers` - searches and filters the products of a shop that are on offer now, the offer that
//! ends first comes first. Reads nothing from the table if the index has a result. Otherwise one read to check that the
//! shop exists, or three without an index.

use souk_product_views::ProductView;
use souk_web::{Anyone, Code, Cx, Endpoint, Flag, Json, Path, Problem, Query, Route, route};

use crate::{
    deps::ListDeps,
    filter::{ProductFilter, ProductOrder, product_list_query},
    listing::{Found, ProductList, ShopPath},
};

/// Lists a shop's offers.
#[derive(Debug)]
pub struct ListShopOffers;

product_list_query! {
    /// The filter, the order and the page.
    pub ListShopOffersQuery {}
}

impl Endpoint for ListShopOffers {
    const ROUTE: Route = route!(GET "/v1/shops/{slug}/offers");
    const SUMMARY: &'static str =
        "Search a shop's products on offer now; without words, the offer that ends first comes first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = (Path<ShopPath>, Query<ListShopOffersQuery>);
    type Output = Json<Found<ProductView>>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        caller: Anyone,
        (Path(shop), Query(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let (filter, paging) = input.filter_and_paging()?;
        let filter = ProductFilter { shop: Some(shop.slug.clone()), on_offer: Some(Flag(true)), ..filter };
        let entry = |product: &_| cx.show_offered(product, cx.now);
        let found = ProductList::of::<Self>(cx.deps, &caller, ProductOrder::EndingSoon)
            .page((filter, paging), cx.now, entry)
            .await?;
        shop.require_shop(cx.deps, &found).await?;
        Ok(Json(found))
    }
}
