//! `GET /v1/shop/products` - lists the products of the seller's shop in one tab, the newest first. One read.

use souk_store_catalogue::{CatalogueExt as _, products::Tab};
use souk_views::StoreMediaCursors;
use souk_web::{
    Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Listed, PageSize, Paging, Problem, Query, Route, Seller,
    route,
};

use crate::view::OwnProductView;

/// Lists the seller's products.
#[derive(Debug)]
pub struct ListOwnProducts;

/// The tab and the page.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ListOwnProductsQuery {
    /// The tab; the products on sale if not given.
    #[deserr(default)]
    tab: Option<TabName>,
    /// The `next` of the previous page. Without it, the first page.
    #[deserr(default)]
    cursor: Option<String>,
    /// How many entries at most; 20 if not given.
    #[deserr(default)]
    limit: Option<PageSize>,
}

/// The tabs of a shop's products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schemars(rename = "ProductTab", rename_all = "snake_case")]
pub(crate) enum TabName {
    /// On sale.
    Active,
    /// Complete, but not on sale yet.
    Pending,
    /// Still being written.
    Draft,
    /// Deleted, but not purged yet.
    Deleted,
}

impl From<TabName> for Tab {
    fn from(name: TabName) -> Self {
        match name {
            TabName::Active => Self::Active,
            TabName::Pending => Self::Pending,
            TabName::Draft => Self::Draft,
            TabName::Deleted => Self::Deleted,
        }
    }
}

impl Endpoint for ListOwnProducts {
    const ROUTE: Route = route!(GET "/v1/shop/products");
    const SUMMARY: &'static str = "The products of your shop: on sale, pending, drafts or deleted, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreMediaCursors;
    type Caller = Seller;
    type Input = Query<ListOwnProductsQuery>;
    type Output = Json<Listed<OwnProductView>>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCursors>,
        seller: Seller,
        Query(input): Query<ListOwnProductsQuery>,
    ) -> Result<Self::Output, Problem> {
        let tab = input.tab.map(Tab::from).unwrap_or_default();
        let paging = Paging::new(input.cursor, input.limit);
        let list = cx.cursors.list::<Self>(&seller).of(tab);
        let page = cx.store.products().newest_of(seller.shop(), tab, list.open(&paging)?, paging.limit()).await?;
        let media = &cx.media;
        list.seal(page, |product| OwnProductView::of(&product, media, cx.now)).map(Json)
    }
}
