//! A discount as its seller writes it.

use serde::Serialize;
use souk_domain::{
    Currency, DiscountCode, DiscountId, DiscountName, Few, Moment, Money, ProductId, ShopId,
    discount::{self, MAX_PRODUCTS, Terms},
};
use souk_listing::{Findings, Price};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_store_sales::discounts::Discount;
use souk_web::{Deserr, FieldErrors, JsonSchema, Problem};

/// How often a discount may be used at most.
const MAX_USES: u32 = 1_000_000;
/// All of it, in 1/100 of a percent.
const WHOLE: u16 = 10_000;

/// What a discount is. What is left out does not limit it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "DiscountForm")]
pub struct Form {
    /// What shoppers type; unique in the shop.
    code: DiscountCode,
    /// What it is called in public.
    name: DiscountName,
    /// How much it takes off.
    reduction: Reduction,
    /// What the lines that it is for must come to, before it. Other lines do not help, not even the shop's own.
    #[deserr(default)]
    minimum: Option<Price>,
    /// Whether it is only for who has never ordered from the shop.
    #[deserr(default)]
    #[schemars(default)]
    first_order_only: bool,
    /// How often one shopper may use it: 1 to 1,000,000.
    #[deserr(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    per_shopper: Option<u32>,
    /// How often it may be used by all together: 1 to 1,000,000.
    #[deserr(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    in_total: Option<u32>,
    /// From when on.
    #[deserr(default)]
    starts_at: Option<Moment>,
    /// Until when; after the beginning.
    #[deserr(default)]
    ends_at: Option<Moment>,
    /// The only products that it is for: the shop's own, at most 100. For all of them if none is named.
    #[deserr(default)]
    #[schemars(default)]
    products: Few<ProductId, MAX_PRODUCTS>,
    /// Whether it is given at all; it is if this is left out.
    #[deserr(default = true)]
    #[schemars(default = "given")]
    enabled: bool,
}

fn given() -> bool {
    true
}

/// How much a discount takes off the lines that it is for.
#[derive(Debug, Clone, Copy, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, tag = "type", rename_all = lowercase)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Reduction {
    /// A share of their sum, rounded to the minor unit.
    Percent {
        /// In 1/100 of a percent: 1 to 10,000.
        #[schemars(range(min = 1, max = 10_000))]
        basis_points: u16,
    },
    /// An amount, but never more than their sum.
    Flat {
        /// In minor units.
        #[schemars(range(min = 1, max = 99_999_999))]
        amount: i64,
        /// ISO 4217; the marketplace's.
        currency: Currency,
    },
}

impl From<discount::Reduction> for Reduction {
    fn from(reduction: discount::Reduction) -> Self {
        match reduction {
            discount::Reduction::Percent { basis_points } => Self::Percent { basis_points },
            discount::Reduction::Flat(Money { minor, currency }) => Self::Flat { amount: minor, currency },
        }
    }
}

impl From<Reduction> for discount::Reduction {
    fn from(reduction: Reduction) -> Self {
        match reduction {
            Reduction::Percent { basis_points } => Self::Percent { basis_points },
            Reduction::Flat { amount, currency } => Self::Flat(Money::new(amount, currency)),
        }
    }
}

impl Form {
    /// What no single field can know: the marketplace's currency, the shop's products, and the fields' relations.
    ///
    /// # Errors
    /// `invalid_input` with all that is wrong.
    pub(crate) async fn check(&self, store: &Store, currency: Currency, shop: ShopId) -> Result<(), Problem> {
        let mut findings = Findings::new(currency);
        match self.reduction {
            Reduction::Percent { basis_points } if !(1..=WHOLE).contains(&basis_points) => {
                findings.wrong("/reduction/basis_points", "out_of_range", format!("must be 1 to {WHOLE}"));
            }
            Reduction::Percent { .. } => {}
            Reduction::Flat { amount, currency } => findings.price("/reduction", Price { amount, currency }),
        }
        if let Some(minimum) = self.minimum {
            findings.price("/minimum", minimum);
        }
        for (pointer, limit) in [("/per_shopper", self.per_shopper), ("/in_total", self.in_total)] {
            if limit.is_some_and(|limit| !(1..=MAX_USES).contains(&limit)) {
                findings.wrong(pointer, "out_of_range", format!("must be 1 to {MAX_USES}"));
            }
        }
        if let (Some(starts_at), Some(ends_at)) = (self.starts_at, self.ends_at)
            && ends_at.get() <= starts_at.get()
        {
            findings.wrong("/ends_at", "out_of_range", "must lie after the beginning");
        }
        let own = store.products().which_are_of(shop, &self.products).await?;
        for (n, _) in self.products.iter().enumerate().filter(|(_, product)| !own.contains(product)) {
            findings.wrong(format!("/products/{n}"), "not_found", "is not a product of yours");
        }
        Ok(findings.all()?)
    }

    /// A new discount of this kind.
    pub(crate) fn made(&self, id: DiscountId, shop: ShopId, now: jiff::Timestamp) -> Discount {
        Discount {
            id,
            shop,
            code: self.code.clone(),
            name: self.name.clone(),
            terms: self.terms(),
            enabled: self.enabled,
            version: 1,
            created_at: now,
        }
    }

    /// The next version of a discount, as the form says.
    pub(crate) fn applied(&self, before: &Discount) -> Discount {
        Discount { version: before.version + 1, ..self.made(before.id, before.shop, before.created_at) }
    }

    fn terms(&self) -> Terms {
        Terms {
            reduction: self.reduction.into(),
            minimum: self.minimum.map(Money::from),
            first_order_only: self.first_order_only,
            per_shopper: self.per_shopper,
            in_total: self.in_total,
            starts_at: self.starts_at.map(Moment::get),
            ends_at: self.ends_at.map(Moment::get),
            products: self.products.clone(),
        }
    }
}
