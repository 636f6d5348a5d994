//! A cart as it is answered: with what the catalogue says of its lines now, and what its discounts take off.

use serde::Serialize;
use souk_domain::{
    DiscountCode, DiscountName, Money, Quantity, ShopId, ShopName, SkuId, Slug, Stock, Title, UserId,
    cart::Dropped,
    discount::{Deal, Refusal},
    pricing::{Line, quote},
};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Sku},
};
use souk_store_sales::{
    SalesExt as _,
    asked::Asked,
    carts::{AnyCartId, Contents},
    payments::PaymentSession,
};
use souk_views::PictureView;
use souk_web::{Code, Cx, JsonSchema, Problem};

use crate::deps::StoreMediaCurrency;

/// A cart.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Cart")]
pub struct CartView {
    /// Names the cart. A guest's id is all that is needed to use the cart: keep it like a password.
    #[schemars(with = "String", extend("pattern" = "^g?cart_[0-9a-f]{32}$"))]
    id: AnyCartId,
    /// What can be bought, as it would be sold now.
    lines: Vec<LineView>,
    /// What is in the cart and no longer on sale.
    gone: Vec<SkuId>,
    /// The discounts that it asks for, at most one of each shop.
    discounts: Vec<DiscountView>,
    /// What the lines cost together, less the discounts.
    total: Money,
}

/// A discount that a cart asks for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CartDiscount")]
struct DiscountView {
    /// The shop that gives it.
    shop: ShopId,
    /// The code that was typed.
    code: DiscountCode,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<DiscountName>,
    /// What it takes off the shop's lines together now.
    amount: Money,
    /// Why it takes nothing off. It stays in the cart and is looked at again whenever the cart is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
}

/// A line of a cart.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CartLine")]
struct LineView {
    /// What.
    sku: SkuId,
    /// How many.
    quantity: Quantity,
    /// How many there are; fewer than `quantity` cannot be bought as they stand.
    available: Stock,
    /// What one costs now.
    unit_price: Money,
    /// What the shop's discount takes off all.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<Money>,
    /// What all cost now, less the discount.
    total: Money,
    /// What it is called.
    title: Title,
    /// Which variant: `Blue / XL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<String>,
    /// The product's place in addresses.
    product: Slug,
    /// Who sells it.
    shop: ShopId,
    /// What the shop is called.
    shop_name: ShopName,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
}

/// A shopper's cart after a guest's was merged into it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MergedCart")]
pub struct MergedCartView {
    /// The cart as it is now.
    #[serde(flatten)]
    pub(crate) cart: CartView,
    /// What did not come over as the guest had it.
    pub(crate) dropped: Vec<Dropped>,
}

impl CartView {
    /// Why a shop's discount takes nothing off.
    pub(crate) fn refusal_of(&self, shop: ShopId) -> Option<Refusal> {
        self.discounts.iter().find(|discount| discount.shop == shop)?.refusal
    }
}

/// Looks up and prices what is in a cart.
pub(crate) async fn view(cx: &Cx<'_, StoreMediaCurrency>, id: AnyCartId, cart: &Contents) -> Result<CartView, Problem> {
    let wanted: Vec<SkuId> = cart.lines.keys().copied().collect();
    let found = cx.store.products().for_sale(&wanted).await?;
    let asked = asked(cx, id, cart).await?;
    let mut lines: Vec<(Line, &Product, &Sku)> = Vec::new();
    let mut gone = Vec::new();
    for (&sku, &quantity) in &cart.lines {
        match found.iter().find(|(_, found)| found.id == sku) {
            Some((product, found)) => {
                let unit_price = found.price_at(product, cx.now);
                lines.push((Line { sku, shop: product.shop, quantity, unit_price }, product, found));
            }
            None => gone.push(sku),
        }
    }
    let priced: Vec<Line> = lines.iter().map(|(line, ..)| line.clone()).collect();
    let deals: Vec<Deal<'_>> = asked.iter().map(Asked::deal).collect();
    let quote = quote(cx.currency, &priced, &deals, cx.now).map_err(|error| {
        tracing::error!(%error, "a cart could not be priced");
        Problem::new(Code::Internal)
    })?;
    let lines = quote.lines.into_iter().zip(lines).map(|(priced, (_, product, sku))| LineView {
        sku: priced.sku,
        quantity: priced.quantity,
        available: sku.available,
        unit_price: priced.unit_price,
        discount: Some(priced.discount).filter(|off| off.minor != 0),
        total: priced.total,
        title: product.title.clone(),
        options: sku.options(),
        product: product.slug.clone(),
        shop: product.shop,
        shop_name: product.shop_name.clone(),
        picture: product.picture.as_ref().map(|picture| cx.media.view(picture)),
    });
    let discounts = asked.iter().zip(quote.discounts).map(|(asked, outcome)| DiscountView {
        shop: asked.shop,
        code: asked.code.clone(),
        name: asked.discount.as_ref().map(|discount| discount.name.clone()),
        amount: outcome.unwrap_or(Money::zero(cx.currency)),
        refusal: outcome.err(),
    });
    Ok(CartView { id, lines: lines.collect(), gone, discounts: discounts.collect(), total: quote.total })
}

/// The discounts that a cart asks for. What its own payment session holds is not used up for it.
async fn asked(cx: &Cx<'_, StoreMediaCurrency>, id: AnyCartId, cart: &Contents) -> Result<Vec<Asked>, Problem> {
    if cart.coupons.is_empty() {
        return Ok(Vec::new());
    }
    let held = match cart.payment_session {
        Some(session) => cx.store.payments().get(session).await?.filter(PaymentSession::is_live),
        None => None,
    };
    let user = match id {
        AnyCartId::Shopper(id) => Some(UserId::from(id)),
        AnyCartId::Guest(_) => None,
    };
    Ok(cx.store.discounts().asked(&cart.coupons, user, held.as_ref()).await?)
}
