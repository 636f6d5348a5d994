//! What these rooms need.

use souk_domain::ShopId;
use souk_messaging::Event;
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, outbox::OutboxRecord, shops::Whole};
use souk_web::{Code, Cursors, Cx, Deps, MediaUrl, Problem};

/// The table and the media address.
#[derive(Debug)]
pub struct Front {
    pub(crate) store: Store,
    pub(crate) media: MediaUrl,
}

impl Connect for Front {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, media: MediaUrl::connect(start).await? })
    }
}

impl Deps for Front {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// The same, and the cursors of a list.
#[derive(Debug)]
pub struct Street {
    pub(crate) front: Front,
    pub(crate) cursors: Cursors,
}

impl Connect for Street {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { front: Front::connect(start).await?, cursors: Cursors::connect(start).await? })
    }
}

impl Deps for Street {
    fn store(&self) -> Option<&Store> {
        self.front.store()
    }
}

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
