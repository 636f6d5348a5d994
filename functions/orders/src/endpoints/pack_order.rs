//! `POST /v1/shop/orders/{id}/pack` - marks the shop's part of an order as packed.

use souk_domain::delivery::{Pieces, Progress};
use souk_store::{Store, retry_on_conflict};
use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::{
    delivery::{ShopOrderPath, not_saved, progressed, save},
    view::ShopOrderView,
};

/// Marks a shop order as packed.
#[derive(Debug)]
pub struct PackOrder;

impl Endpoint for PackOrder {
    const ROUTE: Route = route!(POST "/v1/shop/orders/{id}/pack");
    const SUMMARY: &'static str = "Mark your shop's part of an order as packed; doing it again changes nothing";

    type Deps = Store;
    type Caller = Seller;
    type Input = Path<ShopOrderPath>;
    type Output = Json<ShopOrderView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        Path(path): Path<ShopOrderPath>,
    ) -> Result<Self::Output, Problem> {
        retry_on_conflict(|| async {
            let order = cx.orders().at(seller.shop(), path.id).await?.ok_or(Code::NotFound)?;
            let mut delivery = order.delivery.clone();
            if !delivery.pack(cx.now) {
                return Ok(Some(Json(ShopOrderView::from(&order))));
            }
            let (after, events) = (order.with(delivery), [progressed(&order, Progress::Packed)]);
            let saved = save(cx, &order, &after, &Pieces::new(), &events, None, cx.now).await.map_err(not_saved)?;
            Ok(saved.map(|()| Json(ShopOrderView::from(&after))))
        })
        .await
    }
}
