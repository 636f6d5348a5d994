//! What is done to a shopper's cart and to a guest's alike.

use souk_domain::{Quantity, SkuId};
use souk_store::carts::{AnyCartId, Change, MAX_LINES, Refusal};
use souk_web::{Code, Cx, Problem};

use crate::{
    deps::Trolley,
    view::{CartView, view},
};

/// Puts so many of a SKU into a cart, if there are that many.
pub(crate) async fn set(
    cx: &Cx<'_, Trolley>,
    cart: impl Into<AnyCartId>,
    sku: SkuId,
    quantity: Quantity,
) -> Result<CartView, Problem> {
    let found = cx.store.products().for_sale(&[sku]).await?;
    let (_, found) = found.first().ok_or(Code::NotFound)?;
    if found.available.get() < quantity.get() {
        let left = format!("{} left", found.available.get());
        return Err(Problem::new(Code::SoldOut).field("/quantity", "sold_out", left));
    }
    change(cx, cart, Change::Set(sku, quantity)).await
}

/// Changes a cart and shows it.
pub(crate) async fn change(
    cx: &Cx<'_, Trolley>,
    cart: impl Into<AnyCartId>,
    change: Change,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    let lines = cx.store.carts().change(cart, change, cx.now).await?.map_err(|refusal| match refusal {
        Refusal::Full => Problem::new(Code::CartFull).detail(format!("at most {MAX_LINES} different SKUs fit in")),
        Refusal::NoSuchCart => Code::NotFound.into(),
    })?;
    view(cx, cart, &lines).await
}

/// Shows a cart.
pub(crate) async fn show(cx: &Cx<'_, Trolley>, cart: impl Into<AnyCartId>) -> Result<CartView, Problem> {
    let cart = cart.into();
    let lines = cx.store.carts().lines(cart, cx.now).await?.ok_or(Code::NotFound)?;
    view(cx, cart, &lines).await
}
