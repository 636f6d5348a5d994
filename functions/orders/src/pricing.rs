//! What a cart comes to: its lines and discounts looked up, compared with what the shopper saw, priced and frozen.

use std::collections::BTreeMap;

use jiff::Timestamp;
use souk_domain::{
    Currency, Money, Quantity, ShopId, SkuId, Slug,
    discount::{Deal, Refusal},
    pricing::{Line, Quote, quote},
    site::Commission,
};
use souk_payments::least_amount;
use souk_store_catalogue::products::{Product, Sku};
use souk_store_sales::{
    asked::Asked,
    carts::Cart,
    orders::{OrderLine, ShopPart},
};
use souk_web::{Code, FieldError, FieldErrors, Problem};

use crate::deps::Terms;

/// The cart as the shopper saw it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) lines: Vec<SeenLine>,
    pub(crate) discounts: Vec<SeenDiscount>,
}

/// A line as the shopper saw it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenLine {
    pub(crate) sku: SkuId,
    pub(crate) quantity: Quantity,
    /// In minor units.
    pub(crate) unit_price: i64,
}

/// A discount as the shopper saw it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenDiscount {
    pub(crate) shop: ShopId,
    /// In minor units.
    pub(crate) amount: i64,
}

/// What the till has before it.
#[derive(Debug)]
pub(crate) struct Sale<'a> {
    pub(crate) cart: &'a Cart,
    /// What is on sale of it.
    pub(crate) found: &'a [(Product, Sku)],
    /// The discounts that it asks for.
    pub(crate) asked: &'a [Asked],
    /// What the marketplace keeps of categories that have a rate of their own.
    pub(crate) commissions: &'a BTreeMap<Slug, Commission>,
    pub(crate) terms: &'a Terms,
    pub(crate) now: Timestamp,
}

/// A line of the cart on its way into an order.
struct Wanted<'a> {
    line: Line,
    product: &'a Product,
    sku: &'a Sku,
}

impl Sale<'_> {
    /// Compares the cart with what the shopper saw, prices it, and freezes what an order will need, by shop.
    pub(crate) fn price(&self, seen: &Seen) -> Result<(Money, Vec<ShopPart>), Problem> {
        let wanted = self.wanted(&seen.lines)?;
        let lines: Vec<Line> = wanted.iter().map(|wanted| wanted.line.clone()).collect();
        let deals: Vec<Deal<'_>> = self.asked.iter().map(Asked::deal).collect();
        let quote = quote(self.terms.currency, &lines, &deals, self.now).map_err(|_| Problem::new(Code::Internal))?;
        self.compare(&quote.discounts, &seen.discounts)?;
        enough_for_a_card(quote.total, self.terms.currency)?;
        Ok((quote.total, self.freeze(&quote, &wanted)?))
    }

    fn wanted(&self, seen: &[SeenLine]) -> Result<Vec<Wanted<'_>>, Problem> {
        let lines = &self.cart.lines;
        if lines.is_empty() {
            return Err(Code::CartEmpty.into());
        }
        let mut stock = FieldErrors::default();
        let mut changes = FieldErrors::default();
        let mut wanted = Vec::with_capacity(lines.len());
        for (n, _) in seen.iter().enumerate().filter(|(_, seen)| !lines.contains_key(&seen.sku)) {
            changes.0.push(FieldError::new(format!("/lines/{n}"), "not_in_cart", "is not in the cart"));
        }
        // In the cart's order and not the client's, so that the same cart always comes to the same parts.
        for (id, &quantity) in lines {
            let Some((n, seen)) = seen.iter().enumerate().find(|(_, seen)| seen.sku == *id) else {
                changes.0.push(FieldError::new("/lines", "line_missing", format!("the cart also has {id}")));
                continue;
            };
            let mut changed = |field: &str, code, detail: String| {
                changes.0.push(FieldError::new(format!("/lines/{n}{field}"), code, detail));
            };
            if quantity != seen.quantity {
                changed("/quantity", "quantity_changed", format!("the cart has {}", quantity.get()));
            }
            let Some((product, sku)) = self.found.iter().find(|(_, sku)| sku.id == seen.sku) else {
                stock.0.push(FieldError::new(format!("/lines/{n}"), "gone", "is no longer on sale"));
                continue;
            };
            let unit_price = sku.price_at(product, self.now);
            if unit_price.minor != seen.unit_price {
                changed("/unit_price", "price_changed", format!("one costs {unit_price} now"));
            }
            wanted.push(Wanted {
                line: Line { sku: seen.sku, shop: product.shop, quantity, unit_price },
                product,
                sku,
            });
        }
        none_of(Code::CartChanged, changes)?;
        none_of(Code::SoldOut, stock)?;
        Ok(wanted)
    }

    /// A discount that died is named, and so is one that takes off something else than the shopper saw. One that the
    /// shopper saw take nothing off may stay in the cart.
    fn compare(&self, outcomes: &[Result<Money, Refusal>], seen: &[SeenDiscount]) -> Result<(), Problem> {
        let mut dead = FieldErrors::default();
        let mut changes = FieldErrors::default();
        for (asked, outcome) in self.asked.iter().zip(outcomes) {
            let seen = seen.iter().enumerate().find(|(_, seen)| seen.shop == asked.shop);
            match (outcome, seen) {
                (Ok(off), Some((_, seen))) if off.minor == seen.amount => {}
                (Ok(off), Some((n, _))) => {
                    let detail = format!("it takes off {off} now");
                    changes.0.push(FieldError::new(format!("/discounts/{n}/amount"), "amount_changed", detail));
                }
                (Ok(_), None) => {
                    let detail = format!("the cart also has {}", asked.code);
                    changes.0.push(FieldError::new("/discounts", "discount_missing", detail));
                }
                (Err(refusal), Some((n, _))) => {
                    dead.0.push(FieldError::new(format!("/discounts/{n}"), refusal.as_str(), refusal.to_string()));
                }
                (Err(_), None) => {}
            }
        }
        let asked = |shop| self.asked.iter().any(|asked| asked.shop == shop);
        for (n, _) in seen.iter().enumerate().filter(|(_, seen)| !asked(seen.shop)) {
            changes.0.push(FieldError::new(format!("/discounts/{n}"), "not_in_cart", "is not in the cart"));
        }
        none_of(Code::DiscountRefused, dead)?;
        none_of(Code::CartChanged, changes)
    }

    fn freeze(&self, quote: &Quote, wanted: &[Wanted<'_>]) -> Result<Vec<ShopPart>, Problem> {
        let mut parts = Vec::with_capacity(quote.shops.len());
        for shop in &quote.shops {
            let mut lines = Vec::new();
            let mut shop_name = None;
            for (line, Wanted { product, sku, .. }) in quote.lines.iter().zip(wanted) {
                if line.shop != shop.shop {
                    continue;
                }
                shop_name.get_or_insert_with(|| product.shop_name.clone());
                let picture = product.picture.as_ref().and_then(|picture| picture.renditions.first());
                let own_rate = self.commissions.get(&product.category).map(|rate| rate.basis_points());
                let commission = line.total.share(own_rate.unwrap_or(self.terms.commission));
                lines.push(OrderLine {
                    sku: line.sku,
                    product_slug: product.slug.clone(),
                    title: product.title.clone(),
                    options: sku.options(),
                    picture: picture.map(|rendition| rendition.path.clone()),
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    discount: Some(line.discount).filter(|off| off.minor != 0),
                    total: line.total,
                    commission: commission.map_err(|_| Problem::new(Code::Internal))?,
                });
            }
            let mut given = self.asked.iter().zip(&quote.discounts).filter(|(asked, _)| asked.shop == shop.shop);
            let discount = given.find_map(|(asked, outcome)| asked.granted(*outcome.as_ref().ok()?));
            // A shop is in the quote because it has a line, so it has a name.
            if let Some(shop_name) = shop_name {
                parts.push(ShopPart { shop: shop.shop, shop_name, lines, discount, total: shop.total });
            }
        }
        Ok(parts)
    }
}

fn none_of(code: Code, errors: FieldErrors) -> Result<(), Problem> {
    if errors.0.is_empty() { Ok(()) } else { Err(Problem::refused(code, errors)) }
}

/// Nothing at all can be paid, and so can what a card takes; a few cents cannot.
fn enough_for_a_card(total: Money, currency: Currency) -> Result<(), Problem> {
    let least = Money::new(least_amount(currency.code()), currency);
    if total.minor == 0 || total.minor >= least.minor {
        return Ok(());
    }
    Err(Problem::new(Code::AmountTooSmall).detail(format!("a card pays {least} or more")))
}
