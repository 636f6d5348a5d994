//! What a cart comes to: its lines looked up, compared with what the shopper saw, priced and frozen.

use souk_domain::{
    Quantity, SkuId,
    pricing::{Line, Quote, quote},
};
use souk_store::{
    carts::Cart,
    orders::{OrderLine, ShopPart},
    products::{Product, Sku},
};
use souk_web::{Code, FieldError, FieldErrors, Problem};

use crate::deps::Terms;

/// A line as the shopper saw it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) sku: SkuId,
    pub(crate) quantity: Quantity,
    /// In minor units.
    pub(crate) unit_price: i64,
}

/// Compares the cart with what the shopper saw, prices it, and freezes what an order will need, by shop.
pub(crate) fn ring_up(
    cart: &Cart,
    seen: &[Seen],
    found: &[(Product, Sku)],
    terms: &Terms,
) -> Result<(Quote, Vec<ShopPart>), Problem> {
    if cart.lines.is_empty() {
        return Err(Code::CartEmpty.into());
    }
    let mut stock = FieldErrors::default();
    let mut changes = FieldErrors::default();
    let mut lines: Vec<(Line, &Product, &Sku)> = Vec::new();
    for (n, _) in seen.iter().enumerate().filter(|(_, seen)| !cart.lines.contains_key(&seen.sku)) {
        changes.0.push(FieldError::new(format!("/lines/{n}"), "not_in_cart", "is not in the cart"));
    }
    // In the cart's order and not the client's, so that the same cart always comes to the same parts.
    for (sku, &quantity) in &cart.lines {
        let Some((n, seen)) = seen.iter().enumerate().find(|(_, seen)| seen.sku == *sku) else {
            changes.0.push(FieldError::new("/lines", "line_missing", format!("the cart also has {sku}")));
            continue;
        };
        let mut changed = |field: &str, code, detail: String| {
            changes.0.push(FieldError::new(format!("/lines/{n}{field}"), code, detail));
        };
        if quantity != seen.quantity {
            changed("/quantity", "quantity_changed", format!("the cart has {}", quantity.get()));
        }
        let Some((product, sku)) = found.iter().find(|(_, sku)| sku.id == seen.sku) else {
            stock.0.push(FieldError::new(format!("/lines/{n}"), "gone", "is no longer on sale"));
            continue;
        };
        let price = sku.price_now(product);
        if price.minor != seen.unit_price {
            changed("/unit_price", "price_changed", format!("one costs {price} now"));
        }
        let line = Line {
            sku: seen.sku,
            shop: product.shop,
            quantity,
            regular: sku.regular_price(product),
            sale: sku.sale_price(product),
        };
        lines.push((line, product, sku));
    }
    for (code, errors) in [(Code::CartChanged, changes), (Code::SoldOut, stock)] {
        if !errors.0.is_empty() {
            return Err(Problem::refused(code, errors));
        }
    }
    let overflow = |_| Problem::new(Code::Internal);
    let priced: Vec<Line> = lines.iter().map(|(line, ..)| line.clone()).collect();
    let quote = quote(terms.currency, &priced).map_err(overflow)?;
    let mut parts: Vec<ShopPart> = Vec::new();
    for shop in &quote.shops {
        let own = quote.lines.iter().zip(&lines).filter(|(line, _)| line.shop == shop.shop);
        let mut frozen = Vec::new();
        let mut shop_name = None;
        for (line, (_, product, sku)) in own {
            shop_name.get_or_insert_with(|| product.shop_name.clone());
            let picture = product.pictures.first().and_then(|picture| picture.renditions.first());
            frozen.push(OrderLine {
                sku: line.sku,
                product_slug: product.slug.clone(),
                title: product.title.clone(),
                options: sku.options(),
                picture: picture.map(|rendition| rendition.path.clone()),
                quantity: line.quantity,
                unit_price: line.unit_price,
                total: line.total,
                commission: line.total.share(terms.commission).map_err(overflow)?,
            });
        }
        // A shop is in the quote because it has a line, so it has a name.
        if let Some(shop_name) = shop_name {
            parts.push(ShopPart { shop: shop.shop, shop_name, lines: frozen, total: shop.total });
        }
    }
    Ok((quote, parts))
}
