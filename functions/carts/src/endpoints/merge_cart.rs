//! `POST /v1/cart/merge` - merges a guest's cart into the shopper's cart after the sign-in.
//!
//! One transaction writes the shopper's cart, deletes the guest's cart and stores a report. Its condition is that
//! neither cart has changed since it was read. So a guest's cart is merged once, and repeating the request returns the
//! same report.

use souk_domain::{
    GuestCartId, SkuId,
    cart::{Dropped, merge},
    discount::MAX_PER_CART,
};
use souk_store::{WriteError, retry_on_conflict};
use souk_store_catalogue::CatalogueExt as _;
use souk_store_sales::{
    SalesExt as _,
    carts::{Cart, GUEST_LIFETIME, GuestCart, MAX_LINES, Merge},
};
use souk_web::{Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Route, Shopper, route};

use crate::{
    deps::StoreMediaCurrency,
    view::{MergedCart, available, own_hold, view},
};

/// Merges a guest's cart into the shopper's.
#[derive(Debug)]
pub struct MergeCart;

/// The cart to merge.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CartMerge {
    /// The id of the guest's cart. The cart does not exist afterwards.
    cart: GuestCartId,
}

impl Endpoint for MergeCart {
    const ROUTE: Route = route!(POST "/v1/cart/merge");
    const SUMMARY: &'static str = "Merge the guest's cart from before your sign-in into your cart";
    const PROBLEMS: &'static [Code] = &[Code::NotFound];

    type Deps = StoreMediaCurrency;
    type Caller = Shopper;
    type Input = Body<CartMerge>;
    type Output = Json<MergedCart>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCurrency>,
        shopper: Shopper,
        Body(input): Body<CartMerge>,
    ) -> Result<Self::Output, Problem> {
        let carts = cx.store.carts();
        retry_on_conflict(|| async {
            let Some(guest) = carts.guest(input.cart, cx.now).await? else {
                let report = carts.merged(shopper.cart(), input.cart, cx.now).await?.ok_or(Code::NotFound)?;
                return answer(cx, &carts.get(shopper.cart()).await?, report.dropped).await.map(Some);
            };
            let (next, dropped) = combine(cx, carts.get(shopper.cart()).await?, &guest).await?;
            let report = Merge { cart: next.id, guest: guest.id, dropped, forgotten_at: cx.now + GUEST_LIFETIME };
            match carts.merge(&next, &guest, &report).await {
                Ok(()) => answer(cx, &next, report.dropped).await.map(Some),
                Err(WriteError::Refused(_)) => Ok(None),
                Err(WriteError::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}

/// Returns the next version of the shopper's cart with the lines and discounts of the guest's cart, and the lines that
/// were not taken over completely. If both carts have a discount of a shop, the shopper's discount stays.
async fn combine(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: Cart,
    guest: &GuestCart,
) -> Result<(Cart, Vec<Dropped>), Problem> {
    let skus: Vec<SkuId> = guest.lines.keys().copied().collect();
    let found = cx.store.products().for_sale(&skus).await?;
    let own_hold = own_hold(cx, &cart.clone().into()).await?;
    let stock = |id| found.iter().find(|(_, sku)| sku.id == id).map(|(_, sku)| available(sku, own_hold.as_ref()));
    let (lines, dropped) = merge(&cart.lines, &guest.lines, stock, MAX_LINES);
    let mut coupons = cart.coupons;
    for (&shop, coupon) in &guest.coupons {
        if coupons.len() < MAX_PER_CART {
            coupons.entry(shop).or_insert_with(|| coupon.clone());
        }
    }
    Ok((Cart { lines, coupons, version: cart.version + 1, ..cart }, dropped))
}

/// Looks up and prices the merged cart.
async fn answer(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: &Cart,
    dropped: Vec<Dropped>,
) -> Result<Json<MergedCart>, Problem> {
    let cart = view(cx, cart.id.into(), &cart.clone().into()).await?;
    Ok(Json(MergedCart { cart, dropped }))
}
