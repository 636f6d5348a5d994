//! What several functions of this service share.

use souk_domain::{Currency, ShopId};
use souk_messaging::Event;
use souk_store::{Store, outbox::OutboxRecord};
use souk_store_shops::{ShopsExt as _, shops::ShopWithFollowers};
use souk_web::{Code, Cx, Problem};

souk_web::deps! {
    /// The table and the currency of the marketplace.
    pub struct StoreCurrency { store: Store, currency: Currency }
}

/// Returns the seller's own shop, unless it is deleted.
///
/// # Errors
/// `no_shop`, `shop_deleted`.
pub(crate) async fn own_shop(store: &Store, id: ShopId) -> Result<ShopWithFollowers, Problem> {
    souk_web::own_shop(store.shops().whole(id).await?, |whole| whole.shop.deleted_at.is_none())
}

/// Returns the event that makes the shop's products show its new name, slug and state.
pub(crate) fn shop_changed<D>(cx: &Cx<'_, D>, shop: ShopId) -> Result<OutboxRecord, Problem> {
    Event::ShopChanged { shop, from: None, again: false }.record(cx.now).map_err(|_| Code::Internal.into())
}
