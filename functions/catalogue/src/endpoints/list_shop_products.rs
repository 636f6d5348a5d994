//! `GET /v1/shops/{slug}/products` - searches and filters the products of a shop. Reads nothing from the table if the
//! index has a result. Otherwise one read to check that the shop exists, or two without an index.

use souk_product_views::ProductView;
use souk_web::{Anyone, Code, Cx, Endpoint, Flag, Json, Path, Problem, Query, Route, route};

use crate::{
    deps::ListDeps,
    filter::{ProductFilter, ProductOrder, product_list_query},
    listing::{Found, ProductList, ShopPath},
};

/// Lists a shop's products.
#[derive(Debug)]
pub struct ListShopProducts;

product_list_query! {
    /// The filter, the order and the page.
    pub ListShopProductsQuery {
        /// Whether to leave out products that are not on offer now.
        on_offer: Flag,
    }
}

impl Endpoint for ListShopProducts {
    const ROUTE: Route = route!(GET "/v1/shops/{slug}/products");
    const SUMMARY: &'static str = "Search the products that a shop has on sale; without words, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = (Path<ShopPath>, Query<ListShopProductsQuery>);
    type Output = Json<Found<ProductView>>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        caller: Anyone,
        (Path(shop), Query(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let (filter, paging) = input.filter_and_paging()?;
        let filter = ProductFilter { shop: Some(shop.slug.clone()), ..filter };
        let entry = |product: &_| Some(cx.show(product, cx.now));
        let found = ProductList::of::<Self>(cx.deps, &caller, ProductOrder::Newest)
            .page((filter, paging), cx.now, entry)
            .await?;
        shop.require_shop(cx.deps, &found).await?;
        Ok(Json(found))
    }
}
