//! A cart as it is answered: with what the catalogue says of its lines now.

use serde::Serialize;
use souk_domain::{
    Money, Quantity, ShopId, ShopName, SkuId, Slug, Stock, Title,
    cart::{Dropped, Lines},
    pricing::{Line, quote},
};
use souk_store::{
    carts::AnyCartId,
    products::{Product, Sku},
};
use souk_web::{Code, JsonSchema, PictureView, Problem};

use crate::deps::Trolley;

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
    /// What the lines cost together.
    total: Money,
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
    /// What all cost now.
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

/// Looks up and prices what is in a cart.
pub(crate) async fn view(trolley: &Trolley, id: AnyCartId, cart: &Lines) -> Result<CartView, Problem> {
    let wanted: Vec<SkuId> = cart.keys().copied().collect();
    let found = trolley.store.products().for_sale(&wanted).await?;
    let mut lines: Vec<(Line, &Product, &Sku)> = Vec::new();
    let mut gone = Vec::new();
    for (&sku, &quantity) in cart {
        match found.iter().find(|(_, found)| found.id == sku) {
            Some((product, found)) => lines.push((
                Line {
                    sku,
                    shop: product.shop,
                    quantity,
                    regular: found.regular_price(product),
                    sale: found.sale_price(product),
                },
                product,
                found,
            )),
            None => gone.push(sku),
        }
    }
    let priced: Vec<Line> = lines.iter().map(|(line, ..)| line.clone()).collect();
    let quote = quote(trolley.currency, &priced).map_err(|error| {
        tracing::error!(%error, "a cart could not be priced");
        Problem::new(Code::Internal)
    })?;
    let lines = quote.lines.into_iter().zip(lines).map(|(priced, (_, product, sku))| LineView {
        sku: priced.sku,
        quantity: priced.quantity,
        available: sku.available,
        unit_price: priced.unit_price,
        total: priced.total,
        title: product.title.clone(),
        options: sku.options(),
        product: product.slug.clone(),
        shop: product.shop,
        shop_name: product.shop_name.clone(),
        picture: product.pictures.first().map(|picture| trolley.media.view(picture)),
    });
    Ok(CartView { id, lines: lines.collect(), gone, total: quote.total })
}
