//! The price of a cart. Its lines and discounts are compared with what the shopper saw, priced, and copied into the
//! parts of an order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use souk_domain::{
    Currency, Money, Quantity, ShopId, SkuId, Slug,
    discount::{Deal, Refusal},
    pricing::{Line, Quote, quote},
    site::Commission,
};
use souk_payments::{GREATEST_AMOUNT, least_amount};
use souk_store_catalogue::products::{Product, Sku};
use souk_store_sales::{
    carts::Cart,
    orders::{OrderLine, ShopPart},
    requested::RequestedDiscount,
};
use souk_web::{Code, FieldError, FieldErrors, Problem};

use crate::deps::Terms;

/// The cart as the shopper saw it.
#[derive(Debug)]
pub(crate) struct SeenCart {
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

/// Everything that the price of a cart depends on.
#[derive(Debug)]
pub(crate) struct CartPricing<'a> {
    pub(crate) cart: &'a Cart,
    /// The products and variants of the cart that are for sale.
    pub(crate) for_sale: &'a [(Product, Sku)],
    /// The discounts that the shopper entered.
    pub(crate) discounts: &'a [RequestedDiscount],
    /// The commissions of the categories that have their own rate.
    pub(crate) commissions: &'a BTreeMap<Slug, Commission>,
    pub(crate) terms: &'a Terms,
    pub(crate) now: Timestamp,
}

/// A line of the cart that was found and compared, with its product and variant.
struct FoundLine<'a> {
    line: Line,
    product: &'a Product,
    sku: &'a Sku,
}

impl CartPricing<'_> {
    /// Compares the cart with what the shopper saw and prices it. Returns the total and the parts of the shops, which
    /// an order keeps.
    /// # Errors
    /// `cart_empty`; `cart_changed`, `sold_out` and `discount_refused` with one error for each difference;
    /// `amount_too_small` and `amount_too_large`.
    pub(crate) fn price(&self, seen: &SeenCart) -> Result<(Money, Vec<ShopPart>), Problem> {
        let found = self.find_lines(&seen.lines)?;
        let lines: Vec<Line> = found.iter().map(|found| found.line.clone()).collect();
        let deals: Vec<Deal<'_>> = self.discounts.iter().map(RequestedDiscount::deal).collect();
        let quote = quote(self.terms.currency, &lines, &deals, self.now).map_err(|_| Problem::new(Code::Internal))?;
        self.compare_discounts(&quote.discounts, &seen.discounts)?;
        check_amount(quote.total, self.terms.currency)?;
        Ok((quote.total, self.shop_parts(&quote, &found)?))
    }

    /// Finds the products of the cart and compares every line with what the shopper saw.
    fn find_lines(&self, seen: &[SeenLine]) -> Result<Vec<FoundLine<'_>>, Problem> {
        let lines = &self.cart.lines;
        if lines.is_empty() {
            return Err(Code::CartEmpty.into());
        }
        let mut stock = FieldErrors::default();
        let mut changes = FieldErrors::default();
        let mut found = Vec::with_capacity(lines.len());
        for (n, _) in seen.iter().enumerate().filter(|(_, seen)| !lines.contains_key(&seen.sku)) {
            changes.0.push(FieldError::new(format!("/lines/{n}"), "not_in_cart", "is not in the cart"));
        }
        // The lines keep the order of the cart, not the client's, so that the same cart always gives the same parts.
        for (id, &quantity) in lines {
            let for_sale = self.for_sale.iter().find(|(_, sku)| sku.id == *id);
            let Some((n, seen)) = seen.iter().enumerate().find(|(_, seen)| seen.sku == *id) else {
                // A cart shows such a variant apart from its lines, so the shopper has not sent it.
                if for_sale.is_none() {
                    stock.0.push(FieldError::new("/lines", "gone", format!("the variant {id} is no longer for sale")));
                    continue;
                }
                changes.0.push(FieldError::new(
                    "/lines",
                    "line_missing",
                    format!("the cart also has the variant {id}"),
                ));
                continue;
            };
            let mut changed = |field: &str, code, detail: String| {
                changes.0.push(FieldError::new(format!("/lines/{n}{field}"), code, detail));
            };
            if quantity != seen.quantity {
                changed("/quantity", "quantity_changed", format!("the cart has {}", quantity.get()));
            }
            let Some((product, sku)) = for_sale else {
                stock.0.push(FieldError::new(format!("/lines/{n}"), "gone", "is no longer for sale"));
                continue;
            };
            let unit_price = sku.price_at(product, self.now);
            if unit_price.minor != seen.unit_price {
                changed("/unit_price", "price_changed", format!("the price of one is now {unit_price}"));
            }
            found.push(FoundLine {
                line: Line { sku: seen.sku, shop: product.shop, quantity, unit_price },
                product,
                sku,
            });
        }
        refuse_if_any(Code::CartChanged, changes)?;
        refuse_if_any(Code::SoldOut, stock)?;
        Ok(found)
    }

    /// Compares the effect of every discount with what the shopper saw. It reports a discount that is no longer valid
    /// and one that takes off another amount. A discount that is not valid may stay in the cart if the shopper saw that
    /// it takes nothing off.
    fn compare_discounts(&self, outcomes: &[Result<Money, Refusal>], seen: &[SeenDiscount]) -> Result<(), Problem> {
        let mut refused = FieldErrors::default();
        let mut changes = FieldErrors::default();
        for (entered, outcome) in self.discounts.iter().zip(outcomes) {
            let seen = seen.iter().enumerate().find(|(_, seen)| seen.shop == entered.shop);
            match (outcome, seen) {
                (Ok(off), Some((_, seen))) if off.minor == seen.amount => {}
                (Ok(off), Some((n, _))) => {
                    let detail = format!("the discount now takes off {off}");
                    changes.0.push(FieldError::new(format!("/discounts/{n}/amount"), "amount_changed", detail));
                }
                (Ok(_), None) => {
                    let detail = format!("the cart also has the discount {}", entered.code);
                    changes.0.push(FieldError::new("/discounts", "discount_missing", detail));
                }
                (Err(refusal), Some((n, _))) => {
                    refused.0.push(FieldError::new(format!("/discounts/{n}"), refusal.as_str(), refusal.to_string()));
                }
                (Err(_), None) => {}
            }
        }
        let entered = |shop| self.discounts.iter().any(|discount| discount.shop == shop);
        for (n, _) in seen.iter().enumerate().filter(|(_, seen)| !entered(seen.shop)) {
            changes.0.push(FieldError::new(format!("/discounts/{n}"), "not_in_cart", "is not in the cart"));
        }
        refuse_if_any(Code::DiscountRefused, refused)?;
        refuse_if_any(Code::CartChanged, changes)
    }

    /// Copies what an order keeps of the products, the prices and the discounts, grouped by shop.
    fn shop_parts(&self, quote: &Quote, found: &[FoundLine<'_>]) -> Result<Vec<ShopPart>, Problem> {
        let mut parts = Vec::with_capacity(quote.shops.len());
        for shop in &quote.shops {
            let mut lines = Vec::new();
            let mut shop_name = None;
            for (line, FoundLine { product, sku, .. }) in quote.lines.iter().zip(found) {
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
            let mut given =
                self.discounts.iter().zip(&quote.discounts).filter(|(entered, _)| entered.shop == shop.shop);
            let discount = given.find_map(|(entered, outcome)| entered.granted(*outcome.as_ref().ok()?));
            // Every shop in the quote has a line, so it has a name.
            if let Some(shop_name) = shop_name {
                parts.push(ShopPart { shop: shop.shop, shop_name, lines, discount, total: shop.total });
            }
        }
        Ok(parts)
    }
}

/// Returns a problem with these errors, if there are any.
fn refuse_if_any(code: Code, errors: FieldErrors) -> Result<(), Problem> {
    if errors.0.is_empty() { Ok(()) } else { Err(Problem::refused(code, errors)) }
}

/// Refuses an amount that is too small or too large for a card, before anything is held for it. A total of zero needs no
/// payment and is accepted.
fn check_amount(total: Money, currency: Currency) -> Result<(), Problem> {
    let greatest = Money::new(GREATEST_AMOUNT, currency);
    if total.minor > greatest.minor {
        let detail = format!("the total must be at most {greatest} for a card payment");
        return Err(Problem::new(Code::AmountTooLarge).detail(detail));
    }
    let least = Money::new(least_amount(currency.code()), currency);
    if total.minor == 0 || total.minor >= least.minor {
        return Ok(());
    }
    Err(Problem::new(Code::AmountTooSmall).detail(format!("the total must be at least {least} for a card payment")))
}
