//! What these functions need.

use souk_domain::ShopId;
use souk_messaging::Event;
use souk_store::{Store, outbox::OutboxRecord};
use souk_store_shops::{ShopsExt as _, shops::Whole};
use souk_web::{Code, Cx, Problem};

/// The seller's own shop, if it is not deleted.
///
/// # Errors
/// `no_shop`, `shop_deleted`.
pub(crate) async fn own_shop(store: &Store, id: ShopId) -> Result<Whole, Problem> {
    let whole = store.shops().whole(id).await?.ok_or(Code::NoShop)?;
    if whole.shop.deleted_at.is_some() { Err(Code::ShopDeleted.into()) } else { Ok(whole) }
}

/// What the shop's products hear of it.
pub(crate) fn changed<D>(cx: &Cx<'_, D>, shop: ShopId) -> Result<OutboxRecord, Problem> {
    Event::ShopChanged { shop, from: None, again: false }.record(cx.now).map_err(|_| Code::Internal.into())
}
