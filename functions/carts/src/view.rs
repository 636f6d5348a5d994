//! A cart as it is answered: with the current products and prices of its lines, the effect of its discounts, and its
//! shipping if the country is known.

use serde::Serialize;
use souk_domain::{
    Country, DiscountCode, DiscountName, Money, ProductId, Quantity, ShopId, ShopName, SkuId, Slug, Stock, Title,
    UserId,
    cart::Dropped,
    discount::{Deal, Refusal},
    pricing::{Line, ShopTotal, quote},
    shipping::{Delivery, DispatchDays},
};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Sku},
};
use souk_store_sales::{
    SalesExt as _,
    carts::{AnyCartId, Contents},
    payments::PaymentSession,
    requested::RequestedDiscount,
};
use souk_store_shops::{ShopsExt as _, shops::Terms};
use souk_views::PictureView;
use souk_web::{Code, Cx, JsonSchema, Problem};

use crate::deps::StoreMediaCurrency;

/// A cart.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Cart")]
pub struct CartView {
    /// The id of the cart. Everybody who knows the id of a guest's cart can use the cart: keep it like a password.
    #[schemars(with = "String", extend("pattern" = "^g?cart_[0-9a-f]{32}$", "examples" = ["cart_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6"]))]
    id: AnyCartId,
    /// The lines that can be bought, at their current prices.
    lines: Vec<CartLine>,
    /// The variants in the cart that are no longer for sale.
    gone: Vec<SkuId>,
    /// The discounts in the cart, at most one of each shop.
    discounts: Vec<CartDiscount>,
    /// The shipping to the country that was asked for. Absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<CartDelivery>,
    /// The total of the lines after the discounts, and of the shipping if a country was asked for.
    total: Money,
}

/// The shipping of a cart to a country.
#[derive(Debug, Serialize, JsonSchema)]
struct CartDelivery {
    /// The country.
    country: Country,
    /// The shops of the cart that ship there, in the order of their first lines.
    shipping: Vec<CartShipping>,
    /// The variants in the lines whose shops do not ship there.
    not_shipped_there: Vec<SkuId>,
}

/// The shipping of a shop's lines.
#[derive(Debug, Serialize, JsonSchema)]
struct CartShipping {
    /// The shop that ships.
    shop: ShopId,
    /// The price of shipping. Zero if it is free.
    amount: Money,
    /// The sum of the shop's lines after the discount from which on shipping is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    free_above: Option<Money>,
    /// The days from the payment until the parcel leaves the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    dispatch_days: Option<DispatchDays>,
}

/// A discount in a cart.
#[derive(Debug, Serialize, JsonSchema)]
struct CartDiscount {
    /// The shop that gives it.
    shop: ShopId,
    /// The code that the shopper entered.
    code: DiscountCode,
    /// The public name of the discount.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<DiscountName>,
    /// The amount that it currently takes off the shop's lines.
    amount: Money,
    /// Why it takes nothing off. The discount stays in the cart and is checked again whenever the cart is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
}

/// A line of a cart.
#[derive(Debug, Serialize, JsonSchema)]
struct CartLine {
    /// The id of the variant.
    sku: SkuId,
    /// The number of pieces.
    quantity: Quantity,
    /// The number of pieces that this shopper can buy: those in stock, and those that the shopper's own open payment
    /// session holds. If it is less than `quantity`, the line cannot be bought with this quantity.
    available: Stock,
    /// The current price of one piece.
    unit_price: Money,
    /// The amount by which the shop's discount reduces the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<Money>,
    /// The current price of the line after the discount.
    total: Money,
    /// The title of the product.
    title: Title,
    /// The options of the variant, such as `Blue / XL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<String>,
    /// The id of the product.
    product_id: ProductId,
    /// The slug of the product.
    product: Slug,
    /// The id of the shop.
    shop: ShopId,
    /// The name of the shop.
    shop_name: ShopName,
    /// A picture of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
}

/// A shopper's cart after a guest's cart was merged into it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MergedCart {
    /// The shopper's cart after the merge.
    #[serde(flatten)]
    pub(crate) cart: CartView,
    /// The lines that were not taken over completely.
    pub(crate) dropped: Vec<Dropped>,
}

impl CartView {
    /// Returns why a shop's discount takes nothing off. Returns `None` if it takes something off or is not in the cart.
    pub(crate) fn refusal_of(&self, shop: ShopId) -> Option<Refusal> {
        self.discounts.iter().find(|discount| discount.shop == shop)?.refusal
    }
}

/// Looks up the products of a cart and prices it, without shipping.
pub(crate) async fn view(cx: &Cx<'_, StoreMediaCurrency>, id: AnyCartId, cart: &Contents) -> Result<CartView, Problem> {
    view_for(cx, id, cart, None).await
}

/// Looks up the products of a cart and prices it, with its shipping if there is a country. The shipping costs one more
/// read.
pub(crate) async fn view_for(
    cx: &Cx<'_, StoreMediaCurrency>,
    id: AnyCartId,
    cart: &Contents,
    country: Option<Country>,
) -> Result<CartView, Problem> {
    let skus: Vec<SkuId> = cart.lines.keys().copied().collect();
    let found = cx.store.products().for_sale(&skus).await?;
    let own_hold = own_hold(cx, cart).await?;
    let discounts = discounts(cx, id, cart, own_hold.as_ref()).await?;
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
    let deals: Vec<Deal<'_>> = discounts.iter().map(RequestedDiscount::deal).collect();
    let terms = match &country {
        Some(_) => cx.store.shops().terms_of(priced.iter().map(|line| line.shop)).await?,
        None => Terms::default(),
    };
    let to = country.as_ref().map(|country| Delivery { country, terms: &terms.shipping });
    let quote = quote(cx.currency, &priced, &deals, to, cx.now).map_err(|error| {
        tracing::error!(%error, "cart could not be priced");
        Problem::new(Code::Internal)
    })?;
    let delivery = country.map(|country| delivery(country, &quote.shops, &priced, &terms));
    let lines = quote.lines.into_iter().zip(lines).map(|(priced, (_, product, sku))| CartLine {
        sku: priced.sku,
        quantity: priced.quantity,
        available: available(sku, own_hold.as_ref()),
        unit_price: priced.unit_price,
        discount: Some(priced.discount).filter(|off| off.minor != 0),
        total: priced.total,
        title: product.title.clone(),
        options: sku.options(),
        product_id: product.id,
        product: product.slug.clone(),
        shop: product.shop,
        shop_name: product.shop_name.clone(),
        picture: product.picture.as_ref().map(|picture| cx.media.view(picture)),
    });
    let discounts = discounts.iter().zip(quote.discounts).map(|(entered, outcome)| CartDiscount {
        shop: entered.shop,
        code: entered.code.clone(),
        name: entered.discount.as_ref().map(|discount| discount.name.clone()),
        amount: outcome.unwrap_or(Money::zero(cx.currency)),
        refusal: outcome.err(),
    });
    Ok(CartView { id, lines: lines.collect(), gone, discounts: discounts.collect(), delivery, total: quote.total })
}

/// Returns the shipping of a priced cart.
fn delivery(country: Country, shops: &[ShopTotal], lines: &[Line], terms: &Terms) -> CartDelivery {
    let shipping = shops.iter().filter_map(|part| {
        let terms = terms.shipping.get(&part.shop);
        Some(CartShipping {
            shop: part.shop,
            amount: part.shipping?,
            free_above: terms.and_then(|terms| terms.free_above),
            dispatch_days: terms.and_then(|terms| terms.dispatch_days),
        })
    });
    let is_reached = |shop| shops.iter().any(|part| part.shop == shop && part.shipping.is_some());
    CartDelivery {
        country,
        shipping: shipping.collect(),
        not_shipped_there: lines.iter().filter(|line| !is_reached(line.shop)).map(|line| line.sku).collect(),
    }
}

/// Reads the discounts of a cart. The uses that the cart's own payment session holds do not count against it.
async fn discounts(
    cx: &Cx<'_, StoreMediaCurrency>,
    id: AnyCartId,
    cart: &Contents,
    own_hold: Option<&PaymentSession>,
) -> Result<Vec<RequestedDiscount>, Problem> {
    if cart.coupons.is_empty() {
        return Ok(Vec::new());
    }
    let user = match id {
        AnyCartId::Shopper(id) => Some(UserId::from(id)),
        AnyCartId::Guest(_) => None,
    };
    Ok(cx.store.discounts().requested(&cart.coupons, user, own_hold).await?)
}

/// Returns the cart's own payment session if it holds stock and uses of discounts.
pub(crate) async fn own_hold(
    cx: &Cx<'_, StoreMediaCurrency>,
    cart: &Contents,
) -> Result<Option<PaymentSession>, Problem> {
    // A cart without lines and discounts has nothing that the hold would change.
    let is_empty = cart.lines.is_empty() && cart.coupons.is_empty();
    let Some(session) = cart.payment_session.filter(|_| !is_empty) else { return Ok(None) };
    Ok(cx.store.payments().get(session).await?.filter(PaymentSession::is_live))
}

/// Returns how many pieces the owner of a cart can buy. The next payment session takes over what the own one holds.
pub(crate) fn available(sku: &Sku, own_hold: Option<&PaymentSession>) -> Stock {
    sku.available.with(own_hold.map_or(0, |session| session.held(sku.id)))
}
