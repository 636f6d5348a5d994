//! The changes to a cart, for shoppers and guests.

use souk_domain::{
    Country, DiscountCode, Quantity, ShopId, SkuId,
    discount::{self, MAX_PER_CART},
};
use souk_messaging::Event;
use souk_store::retry_on_conflict;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_sales::{
    SalesExt as _,
    carts::{AnyCartId, Change, Contents, MAX_LINES, Refusal},
    discounts::Coupon,
};
use souk_web::{Code, Cx, Problem};

use crate::{
    deps::StoreMediaCurrency,
    view::{CartView, available, own_hold, view, view_for},
};

/// Sets the quantity of a variant in a cart.
/// # Errors
/// `not_found` if the variant is not for sale, `sold_out` if there is too little stock, `cart_full`.
pub(crate) async fn set(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: impl Into<AnyCartId>,
    sku: SkuId,
    quantity: Quantity,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    let found = cx.store.products().for_sale(&[sku]).await?;
    let (_, found) = found.first().ok_or(Code::NotFound)?;
    if found.available.get() < quantity.get() {
        let own_hold = match cart {
            AnyCartId::Shopper(_) => own_hold(cx, &contents(cx, cart).await?).await?,
            AnyCartId::Guest(_) => None,
        };
        let left = available(found, own_hold.as_ref()).get();
        if left < quantity.get() {
            return Err(Problem::new(Code::SoldOut).field("/quantity", "sold_out", format!("{left} left")));
        }
    }
    change(cx, cart, Change::Set(sku, quantity)).await
}

/// Changes a cart and returns it.
pub(crate) async fn change(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: impl Into<AnyCartId>,
    change: Change,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    let contents = cx.store.carts().change(cart, change, cx.now).await?.map_err(|refusal| match refusal {
        Refusal::Full => {
            Problem::new(Code::CartFull).detail(format!("a cart holds at most {MAX_LINES} different variants"))
        }
        Refusal::NoSuchCart => Code::NotFound.into(),
    })?;
    give_up_session(cx, &contents).await?;
    view(cx, cart, &contents).await
}

/// Gives up the payment session of a cart in which nothing is left, so that its stock is released. Whether something is
/// left is known only after the change. If the function ends between the two, the stock is released at the end of the
/// hold, or when the cart is emptied again.
async fn give_up_session(cx: &Cx<'_, StoreMediaCurrency>, contents: &Contents) -> Result<(), Problem> {
    let Some(session) = contents.payment_session.filter(|_| contents.lines.is_empty()) else { return Ok(()) };
    let found = cx.store.payments().get(session).await?;
    if found.is_some_and(|session| session.is_live()) {
        cx.store.outbox().tell(&Event::PaymentSessionGivenUp { session }.record(cx.now)?).await?;
    }
    Ok(())
}

/// Returns a cart, with its shipping if there is a country.
pub(crate) async fn show(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: impl Into<AnyCartId>,
    country: Option<Country>,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    view_for(cx, cart, &contents(cx, cart).await?, country).await
}

/// Adds a shop's discount to a cart and replaces another discount of the shop.
/// # Errors
/// `discount_refused` if the discount takes nothing off, or if the cart has too many discounts.
pub(crate) async fn apply(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: impl Into<AnyCartId>,
    shop: ShopId,
    code: DiscountCode,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    let discount = cx.store.discounts().by_code(shop, &code).await?.filter(|discount| discount.enabled);
    let discount = discount.ok_or_else(|| refused(discount::Refusal::Unknown))?.id;
    retry_on_conflict(|| async {
        let before = contents(cx, cart).await?;
        let mut after = before.clone();
        after.coupons.insert(shop, Coupon { discount, code: code.clone() });
        if after.coupons.len() > MAX_PER_CART {
            let detail = format!("a cart holds at most {MAX_PER_CART} discounts");
            return Err(Problem::new(Code::DiscountRefused).field("/code", "too_many", detail));
        }
        let shown = view(cx, cart, &after).await?;
        if let Some(refusal) = shown.refusal_of(shop) {
            return Err(refused(refusal));
        }
        let written = after == before || cx.store.carts().ask_for(cart, &before, &after.coupons, cx.now).await?;
        Ok(written.then_some(shown))
    })
    .await
}

/// Removes a shop's discount from a cart.
pub(crate) async fn remove_discount(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: impl Into<AnyCartId>,
    shop: ShopId,
) -> Result<CartView, Problem> {
    let cart = cart.into();
    retry_on_conflict(|| async {
        let before = contents(cx, cart).await?;
        let mut after = before.clone();
        if after.coupons.remove(&shop).is_none()
            || cx.store.carts().ask_for(cart, &before, &after.coupons, cx.now).await?
        {
            return view(cx, cart, &after).await.map(Some);
        }
        Ok(None)
    })
    .await
}

/// Reads a cart.
async fn contents(cx: &Cx<'_, StoreMediaCurrency>, cart: AnyCartId) -> Result<Contents, Problem> {
    cx.store.carts().contents(cart, cx.now).await?.ok_or_else(|| Code::NotFound.into())
}

/// Returns the problem for a discount that takes nothing off.
fn refused(refusal: discount::Refusal) -> Problem {
    Problem::new(Code::DiscountRefused).field("/code", refusal.as_str(), refusal.to_string())
}
