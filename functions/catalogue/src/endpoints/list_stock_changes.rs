//! `GET /v1/products/{product}/stock-changes` - lists the changes that the seller made to a product's stock, the newest
//! first, down to the stock that each variant began with. Two reads.

use souk_store_catalogue::CatalogueExt as _;
use souk_views::StoreMediaCursors;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Path, Problem, Query, Route, Seller, route};

use crate::{own::ProductPath, view::StockChangeView};

/// Lists the stock changes of a product.
#[derive(Debug)]
pub struct ListStockChanges;

impl Endpoint for ListStockChanges {
    const ROUTE: Route = route!(GET "/v1/products/{product}/stock-changes");
    const SUMMARY: &'static str = "The changes that you made to the stock of a product of yours, from the first stock on, the newest first; sales are not included";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreMediaCursors;
    type Caller = Seller;
    type Input = (Path<ProductPath>, Query<Paging>);
    type Output = Json<Listed<StockChangeView>>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCursors>,
        seller: Seller,
        (Path(path), Query(paging)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&seller).of(path.product);
        let from = list.open(&paging)?;
        let products = cx.store.products();
        let own = products.get(path.product).await?.filter(|product| product.is_of(seller.shop()));
        let product = own.ok_or(Code::NotFound)?;
        let page = products.stock_changes(product.id, from, paging.limit()).await?;
        list.seal(page, |change| StockChangeView::from(&change)).map(Json)
    }
}
