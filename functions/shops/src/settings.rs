//! The settings of a shop, as the API reads and answers them.

use std::collections::BTreeSet;

use serde::Serialize;
use souk_domain::{
    Country, Currency, Few, Money, Shipping, Slug, Stock, TaxRate,
    shipping::{DispatchDays, MAX_COUNTRIES},
    tax::{MAX_TAX_CATEGORIES, ShopTax, TaxNumber},
};
use souk_listing::{Findings, Price};
use souk_store::Store;
use souk_store_shops::{ShopsExt as _, shops::Shop};
use souk_web::{Deserr, FieldErrors, JsonSchema, Problem};

/// The settings of a shop. Those that are left out become the default.
#[derive(Debug, Clone, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ShopSettings {
    /// The stock from which on a variant is low: you are notified when so many pieces or fewer are left.
    low_stock: Stock,
    /// Where the shop ships, and for how much. Left out: everywhere, and for free.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    shipping: Option<ShippingTerms>,
    /// The tax that the prices include, for orders and invoices to show. Left out: orders show no tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    tax: Option<TaxTerms>,
}

/// Where a shop ships, and for how much.
#[derive(Debug, Clone, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "Shipping")]
pub struct ShippingTerms {
    /// The countries to which the shop ships. Left out: everywhere. An empty list: nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    countries: Option<Few<Country, MAX_COUNTRIES>>,
    /// The price of shipping an order, whatever is bought. Left out: shipping is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    rate: Option<Price>,
    /// The sum of the shop's lines, after discounts, from which on shipping is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    free_above: Option<Price>,
    /// The days from the payment of an order until its parcel leaves the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    dispatch_days: Option<DispatchDays>,
}

/// The tax that the prices of a shop include.
#[derive(Debug, Clone, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct TaxTerms {
    /// The number under which the shop pays its taxes, such as a VAT identification number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    number: Option<TaxNumber>,
    /// The rate of products and shipping, in basis points (1/100 of a percent) of the net price.
    rate: TaxRate,
    /// The categories whose products have another rate.
    #[deserr(default)]
    #[schemars(default)]
    categories: Few<CategoryTax, MAX_TAX_CATEGORIES>,
}

/// The tax of a category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct CategoryTax {
    /// The slug of the category.
    category: Slug,
    /// The rate of its products, in basis points (1/100 of a percent) of the net price.
    rate: TaxRate,
}

impl ShopSettings {
    /// Returns the settings of a shop.
    pub(crate) fn of(shop: &Shop) -> Self {
        Self {
            low_stock: shop.low_stock,
            shipping: shop.shipping.as_ref().map(ShippingTerms::from),
            tax: shop.tax.as_ref().map(TaxTerms::from),
        }
    }

    /// Returns the next version of a shop, with these settings.
    pub(crate) fn apply_to(&self, shop: Shop) -> Shop {
        Shop {
            low_stock: self.low_stock,
            shipping: self.shipping.as_ref().map(Shipping::from),
            tax: self.tax.as_ref().map(ShopTax::from),
            ..shop.next()
        }
    }

    /// Checks what no single field can check: the currency of the marketplace, its categories, and the relations between
    /// fields. Reads the categories that the tax names, if there are any.
    ///
    /// # Errors
    /// `invalid_input` with one error for each mistake.
    pub(crate) async fn check(&self, store: &Store, currency: Currency) -> Result<(), Problem> {
        let mut findings = Findings::new(currency);
        if let Some(shipping) = &self.shipping {
            shipping.check(&mut findings);
        }
        let rates = self.tax.as_ref().map(|tax| &*tax.categories).unwrap_or_default();
        if !rates.is_empty() {
            let found = store.site().categories(rates.iter().map(|rate| &rate.category)).await?;
            let mut seen = BTreeSet::new();
            for (n, CategoryTax { category, .. }) in rates.iter().enumerate() {
                let pointer = format!("/tax/categories/{n}/category");
                if !seen.insert(category) {
                    findings.wrong(pointer, "duplicate", "must not occur twice");
                } else if !found.iter().any(|found| found.slug == *category) {
                    findings.wrong(pointer, "unknown_category", "must be the slug of a category");
                }
            }
        }
        Ok(findings.all()?)
    }
}

impl ShippingTerms {
    fn check(&self, findings: &mut Findings) {
        for (pointer, price) in [("/shipping/rate", self.rate), ("/shipping/free_above", self.free_above)] {
            if let Some(price) = price {
                findings.price(pointer, price);
            }
        }
        if self.dispatch_days.is_some_and(|days| days.from > days.to) {
            findings.wrong("/shipping/dispatch_days/to", "out_of_range", "must not be less than from");
        }
    }
}

impl From<&Shipping> for ShippingTerms {
    fn from(terms: &Shipping) -> Self {
        Self {
            countries: terms.countries.clone(),
            rate: terms.rate.map(Price::from),
            free_above: terms.free_above.map(Price::from),
            dispatch_days: terms.dispatch_days,
        }
    }
}

impl From<&ShippingTerms> for Shipping {
    fn from(terms: &ShippingTerms) -> Self {
        Self {
            countries: terms.countries.clone(),
            rate: terms.rate.map(Money::from),
            free_above: terms.free_above.map(Money::from),
            dispatch_days: terms.dispatch_days,
        }
    }
}

impl From<&ShopTax> for TaxTerms {
    fn from(tax: &ShopTax) -> Self {
        let categories = tax.categories.iter();
        let categories =
            categories.map(|(category, &rate)| CategoryTax { category: category.clone(), rate }).collect::<Vec<_>>();
        // A map has each category once, and was stored from a list that is short enough.
        Self { number: tax.number.clone(), rate: tax.rate, categories: Few::parse(categories).unwrap_or_default() }
    }
}

impl From<&TaxTerms> for ShopTax {
    fn from(terms: &TaxTerms) -> Self {
        let categories = terms.categories.iter().map(|of| (of.category.clone(), of.rate));
        Self { number: terms.number.clone(), rate: terms.rate, categories: categories.collect() }
    }
}
