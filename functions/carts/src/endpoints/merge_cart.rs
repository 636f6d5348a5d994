//! `POST /v1/cart/merge` - what somebody put into a guest's cart before signing in comes into their own.
//!
//! One transaction writes the shopper's cart, takes the guest's away and remembers what came of it; each cart must be as
//! it was read. So a guest's cart is merged once, and asking again gives the same report.

use souk_domain::{
    GuestCartId, SkuId,
    cart::{Dropped, merge},
    discount::MAX_PER_CART,
};
use souk_store::{ATTEMPTS, WriteError};
use souk_store_catalogue::CatalogueExt as _;
use souk_store_sales::{
    SalesExt as _,
    carts::{Cart, GUEST_LIFETIME, GuestCart, MAX_LINES, Merge},
};
use souk_web::{Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Route, Shopper, route};

use crate::{
    deps::StoreMediaCurrency,
    view::{MergedCartView, view},
};

/// Merges a guest's cart into the shopper's.
#[derive(Debug)]
pub struct MergeCart;

/// Which cart to merge.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CartMerge {
    /// The guest's cart. It is gone afterwards.
    cart: GuestCartId,
}

impl Endpoint for MergeCart {
    const ROUTE: Route = route!(POST "/v1/cart/merge");
    const SUMMARY: &'static str = "Take over what you put into a guest's cart before you signed in";
    const PROBLEMS: &'static [Code] = &[Code::NotFound];

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = Body<CartMerge>;
    type Output = Json<MergedCartView>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        Body(input): Body<CartMerge>,
    ) -> Result<Self::Output, Problem> {
        let carts = cx.store.carts();
        for _ in 0..ATTEMPTS {
            let Some(guest) = carts.guest(input.cart, cx.now).await? else {
                let report = carts.merged(shopper.cart(), input.cart, cx.now).await?.ok_or(Code::NotFound)?;
                return answer(cx, &carts.get(shopper.cart()).await?, report.dropped).await;
            };
            let (next, dropped) = merged(cx, carts.get(shopper.cart()).await?, &guest).await?;
            let report = Merge { cart: next.id, guest: guest.id, dropped, forgotten_at: cx.now + GUEST_LIFETIME };
            match carts.merge(&next, &guest, &report).await {
                Ok(()) => return answer(cx, &next, report.dropped).await,
                Err(WriteError::Refused(_)) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Code::Unavailable.into())
    }
}

/// The next version of the shopper's cart, with what the guest's brings into it. Of a shop of which the shopper's asks for
/// a discount already, it keeps that one.
async fn merged(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: Cart,
    guest: &GuestCart,
) -> Result<(Cart, Vec<Dropped>), Problem> {
    let wanted: Vec<SkuId> = guest.lines.keys().copied().collect();
    let found = cx.store.products().for_sale(&wanted).await?;
    let stock = |id| found.iter().find(|(_, sku)| sku.id == id).map(|(_, sku)| sku.available);
    let (lines, dropped) = merge(&cart.lines, &guest.lines, stock, MAX_LINES);
    let mut coupons = cart.coupons;
    for (&shop, coupon) in &guest.coupons {
        if coupons.len() < MAX_PER_CART {
            coupons.entry(shop).or_insert_with(|| coupon.clone());
        }
    }
    Ok((Cart { lines, coupons, version: cart.version + 1, ..cart }, dropped))
}

async fn answer(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: &Cart,
    dropped: Vec<Dropped>,
) -> Result<Json<MergedCartView>, Problem> {
    let cart = view(cx, cart.id.into(), &cart.clone().into()).await?;
    Ok(Json(MergedCartView { cart, dropped }))
}
