//! `GET /v1/shops/{slug}/products` - what a shop has on sale; searched and filtered like all products. No read of the table,
//! as long as there is an index and something in it to show; else one to know the shop, and two without an index.

use souk_product_views::ProductView;
use souk_web::{Anyone, Code, Cx, Endpoint, Flag, Json, Path, Problem, Query, Route, route};

use crate::{
    asked::{Asked, Order, asked},
    deps::ListDeps,
    listing::{Found, List, OfShop},
};

/// Lists products.
#[derive(Debug)]
pub struct ListShopProducts;

const LIST: List = List { name: "products at a shop", order: Order::Newest };

asked! {
    /// Which products, and which part of them.
    pub ListShopProductsQuery {
        /// Whether only what is on offer now.
        on_offer: Flag,
    }
}

impl Endpoint for ListShopProducts {
    const ROUTE: Route = route!(GET "/v1/shops/{slug}/products");
    const SUMMARY: &'static str = "Search the products that a shop has on sale; without words, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = (Path<OfShop>, Query<ListShopProductsQuery>);
    type Output = Json<Found<ProductView>>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        _: Anyone,
        (Path(shop), Query(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let (asked, paging) = input.asked()?;
        let asked = Asked { shop: Some(shop.slug.clone()), ..asked };
        let entry = |product: &_| Some(cx.show(product, cx.now));
        let found = LIST.part(cx.deps, (asked, paging), cx.now, entry).await?;
        shop.is_known(cx.deps, &found).await?;
        Ok(Json(found))
    }
}
