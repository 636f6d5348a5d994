//! The input for a discount.

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

/// The largest limit on the uses of a discount.
const MAX_USES: u32 = 1_000_000;
/// 100 percent, in basis points.
const ALL: u16 = 10_000;

/// A discount. A condition that is left out does not apply.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct DiscountForm {
    /// The code that shoppers enter. It is unique in the shop.
    code: DiscountCode,
    /// The public name.
    name: DiscountName,
    /// The reduction.
    reduction: Reduction,
    /// The least total of the lines that the discount applies to, before the reduction. Other lines do not count, not
    /// even lines of the same shop.
    #[deserr(default)]
    minimum: Option<Price>,
    /// Whether it applies only to a shopper's first order from the shop.
    #[deserr(default)]
    #[schemars(default)]
    first_order_only: bool,
    /// How often one shopper can use it, 1 to 1,000,000.
    #[deserr(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    per_shopper: Option<u32>,
    /// How often all shoppers together can use it, 1 to 1,000,000.
    #[deserr(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    in_total: Option<u32>,
    /// When it starts.
    #[deserr(default)]
    starts_at: Option<Moment>,
    /// When it ends. This must be after the start.
    #[deserr(default)]
    ends_at: Option<Moment>,
    /// The products that it applies to: at most 100 products of the shop. An empty list means all products of the shop.
    #[deserr(default)]
    #[schemars(default)]
    products: Few<ProductId, MAX_PRODUCTS>,
    /// Whether shoppers can use it. The default is yes.
    #[deserr(default = true)]
    #[schemars(default = "enabled_by_default")]
    enabled: bool,
}

fn enabled_by_default() -> bool {
    true
}

/// The reduction of the lines that a discount applies to.
#[derive(Debug, Clone, Copy, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, tag = "type", rename_all = lowercase, deny_unknown_fields)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Reduction {
    /// A share of their total, rounded to the minor unit.
    Percent {
        /// The share in basis points (1/100 of a percent), 1 to 10,000.
        #[schemars(range(min = 1, max = 10_000))]
        basis_points: u16,
    },
    /// A fixed amount, but never more than their total.
    Flat {
        /// The amount in minor units.
        #[schemars(range(min = 1, max = 99_999_999))]
        amount: i64,
        /// The currency (ISO 4217). It must be the currency of the marketplace.
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

impl DiscountForm {
    /// Checks what no single field can check: the currency of the marketplace, the products of the shop, and the
    /// relations between fields.
    ///
    /// # Errors
    /// `invalid_input` with one error for each mistake.
    pub(crate) async fn check(&self, store: &Store, currency: Currency, shop: ShopId) -> Result<(), Problem> {
        let mut findings = Findings::new(currency);
        match self.reduction {
            Reduction::Percent { basis_points } if !(1..=ALL).contains(&basis_points) => {
                findings.wrong("/reduction/basis_points", "out_of_range", format!("must be 1 to {ALL}"));
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
            findings.wrong("/ends_at", "out_of_range", "must be after starts_at");
        }
        let own = store.products().which_are_of(shop, &self.products).await?;
        for (n, _) in self.products.iter().enumerate().filter(|(_, product)| !own.contains(product)) {
            findings.wrong(format!("/products/{n}"), "not_found", "must be a product of your shop");
        }
        Ok(findings.all()?)
    }

    /// Returns a new discount with these terms.
    pub(crate) fn to_discount(&self, id: DiscountId, shop: ShopId, now: jiff::Timestamp) -> Discount {
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

    /// Returns the next version of a discount with these terms.
    pub(crate) fn apply_to(&self, before: &Discount) -> Discount {
        Discount { version: before.version + 1, ..self.to_discount(before.id, before.shop, before.created_at) }
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
