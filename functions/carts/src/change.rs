//! What is done to a shopper's cart and to a guest's alike.

use souk_domain::{
    DiscountCode, Quantity, ShopId, SkuId,
    discount::{self, MAX_PER_CART},
};
use souk_store::ATTEMPTS;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_sales::{
    SalesExt as _,
    carts::{AnyCartId, Change, Contents, MAX_LINES, Refusal},
    discounts::Coupon,
};
use souk_web::{Code, Cx, Problem};

use crate::{
    deps::StoreMediaCurrency,
    view::{CartView, view},
};

/// Puts so many of a SKU into a cart, if there are that many.
pub(crate) async fn set(
    cx: &Cx<'_, StoreMediaCurrency>,
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
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: impl Into<AnyCartId>,
    change: Change,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    let contents = cx.store.carts().change(cart, change, cx.now).await?.map_err(|refusal| match refusal {
        Refusal::Full => Problem::new(Code::CartFull).detail(format!("at most {MAX_LINES} different SKUs fit in")),
        Refusal::NoSuchCart => Code::NotFound.into(),
    })?;
    view(cx, cart, &contents).await
}

/// Shows a cart.
pub(crate) async fn show(cx: &Cx<'_, StoreMediaCurrency>, cart: impl Into<AnyCartId>) -> Result<CartView, Problem> {
    let cart = cart.into();
    view(cx, cart, &contents(cx, cart).await?).await
}

/// Lets a cart ask for a shop's discount, in place of another one of the shop. One that takes nothing off is refused.
pub(crate) async fn apply(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: impl Into<AnyCartId>,
    shop: ShopId,
    code: DiscountCode,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    let discount = cx.store.discounts().by_code(shop, &code).await?.filter(|discount| discount.enabled);
    let discount = discount.ok_or_else(|| refused(discount::Refusal::Unknown))?.id;
    for _ in 0..ATTEMPTS {
        let before = contents(cx, cart).await?;
        let mut after = before.clone();
        after.coupons.insert(shop, Coupon { discount, code: code.clone() });
        if after.coupons.len() > MAX_PER_CART {
            let detail = format!("at most {MAX_PER_CART} discounts apply to a cart");
            return Err(Problem::new(Code::DiscountRefused).field("/code", "too_many", detail));
        }
        let shown = view(cx, cart, &after).await?;
        if let Some(refusal) = shown.refusal_of(shop) {
            return Err(refused(refusal));
        }
        if after == before || cx.store.carts().ask_for(cart, &before, &after.coupons, cx.now).await? {
            return Ok(shown);
        }
    }
    Err(Code::Unavailable.into())
}

/// Lets a cart no longer ask for a shop's discount.
pub(crate) async fn drop_discount(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: impl Into<AnyCartId>,
    shop: ShopId,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    for _ in 0..ATTEMPTS {
        let before = contents(cx, cart).await?;
        let mut after = before.clone();
        if after.coupons.remove(&shop).is_none()
            || cx.store.carts().ask_for(cart, &before, &after.coupons, cx.now).await?
        {
            return view(cx, cart, &after).await;
        }
    }
    Err(Code::Unavailable.into())
}

async fn contents(cx: &Cx<'_, StoreMediaCurrency>, cart: AnyCartId) -> Result<Contents, Problem> {
    cx.store.carts().contents(cart, cx.now).await?.ok_or_else(|| Code::NotFound.into())
}

fn refused(refusal: discount::Refusal) -> Problem {
    Problem::new(Code::DiscountRefused).field("/code", refusal.as_str(), refusal.to_string())
}
