//! `GET /v1/products/{product}/stock-changes` - how the seller changed a product's stock, the newest first. Two reads.

use souk_store_catalogue::CatalogueExt as _;
use souk_views::StoreMediaCursors;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Path, Problem, Query, Route, Seller, route};

use crate::{own::Which, view::StockChangeView};

/// Lists changes.
#[derive(Debug)]
pub struct ListStockChanges;

impl Endpoint for ListStockChanges {
    const ROUTE: Route = route!(GET "/v1/products/{product}/stock-changes");
    const SUMMARY: &'static str =
        "How you changed the stock of a product of yours, the newest change first; sales are not among these";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreMediaCursors;
    type Caller = Seller;
    type Input = (Path<Which>, Query<Paging>);
    type Output = Json<Listed<StockChangeView>>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCursors>,
        seller: Seller,
        (Path(which), Query(paging)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let list = format!("stock of {}", which.product);
        let from = cx.cursors.open(&list, &paging)?;
        let products = cx.store.products();
        let own = products.get(which.product).await?.filter(|product| product.is_of(seller.shop()));
        let product = own.ok_or(Code::NotFound)?;
        let page = products.stock_changes(product.id, from, paging.limit()).await?;
        cx.cursors.seal(&list, page, |change| StockChangeView::from(&change)).map(Json)
    }
}
