//! The price of a cart. Its lines, discounts and shipping are compared with what the shopper saw, priced, and copied into
//! the parts of an order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use souk_domain::{
    Country, Currency, Money, Quantity, ShopId, SkuId, Slug,
    discount::{Deal, Refusal},
    pricing::{Line, Quote, ShopTotal, quote},
    shipping::Delivery,
    site::Commission,
};
use souk_payments::{GREATEST_AMOUNT, least_amount};
use souk_store_catalogue::products::{Product, Sku};
use souk_store_sales::{
    carts::Cart,
    orders::{OrderLine, ShopPart},
    requested::RequestedDiscount,
};
use souk_store_shops::shops;
use souk_web::{Code, FieldError, FieldErrors, Problem};

use crate::deps::Terms;

/// The cart as the shopper saw it.
#[derive(Debug)]
pub(crate) struct SeenCart {
    pub(crate) lines: Vec<SeenLine>,
    pub(crate) discounts: Vec<SeenAmount>,
    /// The shops whose shipping costs something.
    pub(crate) shipping: Vec<SeenAmount>,
}

/// A line as the shopper saw it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenLine {
    pub(crate) sku: SkuId,
    pub(crate) quantity: Quantity,
    /// In minor units.
    pub(crate) unit_price: i64,
}

/// A shop's discount or its shipping, as the shopper saw it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenAmount {
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
    /// The country to which the parcels go.
    pub(crate) country: &'a Country,
    /// The terms of the shops.
    pub(crate) shops: &'a shops::Terms,
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
    /// `cart_changed`, `sold_out`, `not_shipped_there` and `discount_refused` with one error for each difference;
    /// `amount_too_small` and `amount_too_large`.
    pub(crate) fn price(&self, seen: &SeenCart) -> Result<(Money, Vec<ShopPart>), Problem> {
        let found = self.find_lines(&seen.lines)?;
        let lines: Vec<Line> = found.iter().map(|found| found.line.clone()).collect();
        let deals: Vec<Deal<'_>> = self.discounts.iter().map(RequestedDiscount::deal).collect();
        let delivery = Delivery { country: self.country, terms: &self.shops.shipping };
        let quote = quote(self.terms.currency, &lines, &deals, Some(delivery), self.now);
        let quote = quote.map_err(|_| Problem::new(Code::Internal))?;
        self.check_country(&quote.shops, &lines, &seen.lines)?;
        let mut changes = self.compare_discounts(&quote.discounts, &seen.discounts)?;
        changes.extend(compare_shipping(&quote.shops, &seen.shipping));
        refuse_if_any(Code::CartChanged, FieldErrors(changes))?;
        check_amount(quote.total, self.terms.currency)?;
        Ok((quote.total, self.shop_parts(&quote, &found)?))
    }

    /// Finds the products of the cart and compares every line with what the shopper saw.
    fn find_lines(&self, seen: &[SeenLine]) -> Result<Vec<FoundLine<'_>>, Problem> {
        let lines = &self.cart.lines;
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

    /// Refuses the lines of the shops that do not ship to the country.
    fn check_country(&self, shops: &[ShopTotal], lines: &[Line], seen: &[SeenLine]) -> Result<(), Problem> {
        let is_unreached = |line: &Line| shops.iter().any(|part| part.shop == line.shop && part.shipping.is_none());
        let errors = seen.iter().enumerate().filter_map(|(n, seen)| {
            lines.iter().find(|line| line.sku == seen.sku).filter(|line| is_unreached(line))?;
            let detail = format!("the shop does not ship to {}", self.country);
            Some(FieldError::new(format!("/lines/{n}"), "not_shipped_there", detail))
        });
        let errors = FieldErrors(errors.collect());
        refuse_if_any(Code::NotShippedThere, errors)
    }

    /// Compares the effect of every discount with what the shopper saw, and returns the differences. Refuses discounts
    /// that are no longer valid. A discount that is not valid may stay in the cart if the shopper saw that it takes nothing
    /// off.
    fn compare_discounts(
        &self,
        outcomes: &[Result<Money, Refusal>],
        seen: &[SeenAmount],
    ) -> Result<Vec<FieldError>, Problem> {
        let mut refused = FieldErrors::default();
        let mut changes = Vec::new();
        for (entered, outcome) in self.discounts.iter().zip(outcomes) {
            let seen = seen.iter().enumerate().find(|(_, seen)| seen.shop == entered.shop);
            match (outcome, seen) {
                (Ok(off), Some((_, seen))) if off.minor == seen.amount => {}
                (Ok(off), Some((n, _))) => {
                    let detail = format!("the discount now takes off {off}");
                    changes.push(FieldError::new(format!("/discounts/{n}/amount"), "amount_changed", detail));
                }
                (Ok(_), None) => {
                    let detail = format!("the cart also has the discount {}", entered.code);
                    changes.push(FieldError::new("/discounts", "discount_missing", detail));
                }
                (Err(refusal), Some((n, _))) => {
                    refused.0.push(FieldError::new(format!("/discounts/{n}"), refusal.as_str(), refusal.to_string()));
                }
                (Err(_), None) => {}
            }
        }
        let entered = |shop| self.discounts.iter().any(|discount| discount.shop == shop);
        for (n, _) in seen.iter().enumerate().filter(|(_, seen)| !entered(seen.shop)) {
            changes.push(FieldError::new(format!("/discounts/{n}"), "not_in_cart", "is not in the cart"));
        }
        refuse_if_any(Code::DiscountRefused, refused)?;
        Ok(changes)
    }

    /// Copies what an order keeps of the products, the prices and the discounts, grouped by shop.
    fn shop_parts(&self, quote: &Quote, found: &[FoundLine<'_>]) -> Result<Vec<ShopPart>, Problem> {
        let mut parts = Vec::with_capacity(quote.shops.len());
        for shop in &quote.shops {
            let tax = self.shops.tax.get(&shop.shop);
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
                let tax_rate = tax.map(|tax| tax.rate_of(&product.category));
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
                    tax_rate,
                    tax: tax_rate.map_or(0, |rate| rate.included_in(line.total).minor),
                });
            }
            let mut given =
                self.discounts.iter().zip(&quote.discounts).filter(|(entered, _)| entered.shop == shop.shop);
            let discount = given.find_map(|(entered, outcome)| entered.granted(*outcome.as_ref().ok()?));
            let shipping = shop.shipping.filter(|price| price.minor != 0);
            let tax_rate = tax.map(|tax| tax.rate);
            let shipping_tax = tax_rate.zip(shipping).map_or(0, |(rate, price)| rate.included_in(price).minor);
            // Every shop in the quote has a line, so it has a name.
            if let Some(shop_name) = shop_name {
                parts.push(ShopPart {
                    shop: shop.shop,
                    shop_name,
                    lines,
                    discount,
                    shipping,
                    tax_rate,
                    shipping_tax,
                    total: shop.total,
                });
            }
        }
        Ok(parts)
    }
}

/// Compares the price of every shop's shipping with what the shopper saw, and returns the differences. Shipping that is
/// free need not be named.
fn compare_shipping(shops: &[ShopTotal], seen: &[SeenAmount]) -> Vec<FieldError> {
    let mut changes = Vec::new();
    for (shop, price) in shops.iter().filter_map(|part| Some((part.shop, part.shipping?))) {
        match seen.iter().enumerate().find(|(_, seen)| seen.shop == shop) {
            Some((_, seen)) if seen.amount == price.minor => {}
            Some((n, _)) => {
                let detail = format!("shipping now costs {price}");
                changes.push(FieldError::new(format!("/shipping/{n}/amount"), "amount_changed", detail));
            }
            None if price.minor == 0 => {}
            None => {
                let detail = format!("shipping from {shop} costs {price}");
                changes.push(FieldError::new("/shipping", "shipping_missing", detail));
            }
        }
    }
    let sells = |shop| shops.iter().any(|part| part.shop == shop);
    for (n, _) in seen.iter().enumerate().filter(|(_, seen)| !sells(seen.shop)) {
        changes.push(FieldError::new(format!("/shipping/{n}"), "not_in_cart", "the cart has nothing from this shop"));
    }
    changes
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

#[cfg(test)]
mod tests {
    use souk_domain::Id;
    use uuid::Uuid;

    use super::*;

    fn shop(n: u128) -> ShopId {
        ShopId::from_uuid(Uuid::from_u128(n))
    }

    fn part(n: u128, shipping: Option<i64>) -> ShopTotal {
        let eur = |minor| Money::new(minor, Currency::EUR);
        ShopTotal {
            shop: shop(n),
            lines: eur(1_000),
            shipping: shipping.map(eur),
            total: eur(1_000 + shipping.unwrap_or_default()),
        }
    }

    #[test]
    fn shipping_that_differs_from_what_was_seen_is_named() {
        let seen = |n, amount| SeenAmount { shop: shop(n), amount };
        let named = |parts: &[ShopTotal], seen: &[SeenAmount]| {
            let changes = compare_shipping(parts, seen).into_iter();
            changes.map(|error| format!("{} {}", error.pointer, error.code)).collect::<Vec<_>>()
        };
        let parts = [part(1, Some(490)), part(2, Some(0))];
        assert!(named(&parts, &[seen(1, 490)]).is_empty());
        assert!(named(&parts, &[seen(2, 0), seen(1, 490)]).is_empty());
        assert_eq!(named(&parts, &[]), ["/shipping shipping_missing"]);
        assert_eq!(named(&parts, &[seen(2, 0), seen(1, 390)]), ["/shipping/1/amount amount_changed"]);
        assert_eq!(named(&parts, &[seen(1, 490), seen(2, 1)]), ["/shipping/1/amount amount_changed"]);
        assert_eq!(named(&parts, &[seen(1, 490), seen(3, 0)]), ["/shipping/1 not_in_cart"]);
    }
}
