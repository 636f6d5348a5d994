//! The lines of a Checkout Session.

use serde::Deserialize;
use serde_json::{Value, json};

use super::values::{self, Metadata};
use crate::error::{ApiError, Refusal};
use crate::state::new_id;

/// A line as the caller describes it. Prices are always inline, because the stand-in has no product catalogue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineItemParams {
    price_data: PriceData,
    quantity: u32,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceData {
    currency: String,
    unit_amount: i64,
    product_data: ProductData,
    #[expect(dead_code, reason = "only validated: no tax is computed here")]
    tax_behavior: Option<TaxBehavior>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductData {
    name: String,
    description: Option<String>,
    #[serde(default)]
    images: Vec<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "only validated: products cannot be read here")]
    metadata: Metadata,
    #[expect(dead_code, reason = "only validated: no tax is computed here")]
    tax_code: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TaxBehavior {
    Exclusive,
    Inclusive,
    Unspecified,
}

/// A line of a session.
#[derive(Debug, Clone)]
pub(crate) struct LineItem {
    id: String,
    price_id: String,
    product_id: String,
    created: i64,
    pub(crate) currency: String,
    pub(crate) unit_amount: i64,
    pub(crate) quantity: u32,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) image: Option<String>,
    metadata: Metadata,
}

impl LineItem {
    /// Validates the line at `index` of a session.
    pub(crate) fn new(params: LineItemParams, index: usize, now: i64) -> Result<Self, ApiError> {
        let at = |field: &str| format!("line_items[{index}]{field}");
        let PriceData { currency, unit_amount, product_data, .. } = params.price_data;
        let ProductData { name, description, images, .. } = product_data;
        if unit_amount < 0 {
            let refusal = Refusal::invalid("This value must be greater than or equal to 0.");
            return Err(refusal.code("parameter_invalid_integer").param(at("[price_data][unit_amount]")));
        }
        values::positive(params.quantity.into(), &at("[quantity]"))?;
        if name.trim().is_empty() {
            let refusal = Refusal::invalid(
                "You passed an empty string. We assume empty values are an attempt to unset a parameter.",
            );
            return Err(refusal.code("parameter_invalid_empty").param(at("[price_data][product_data][name]")));
        }
        // Stripe accepts at most 8 pictures and shows the first.
        if images.len() > 8 {
            return Err(Refusal::invalid("Too many images.").param(at("[price_data][product_data][images]")));
        }
        for image in &images {
            values::url(image, &at("[price_data][product_data][images]"))?;
        }
        Ok(Self {
            id: new_id("li"),
            price_id: new_id("price"),
            product_id: new_id("prod"),
            created: now,
            currency: values::currency(&currency, &at("[price_data][currency]"))?,
            unit_amount,
            quantity: params.quantity,
            name,
            description,
            image: images.into_iter().next(),
            metadata: params.metadata,
        })
    }

    /// Returns the amount of the whole line in minor units, or `None` if it overflows.
    pub(crate) fn amount(&self) -> Option<i64> {
        self.unit_amount.checked_mul(self.quantity.into())
    }

    pub(crate) fn render(&self) -> Value {
        let amount = self.amount();
        json!({
            "id": self.id,
            "object": "item",
            "amount_discount": 0,
            "amount_subtotal": amount,
            "amount_tax": 0,
            "amount_total": amount,
            "currency": self.currency,
            "description": self.name,
            "metadata": self.metadata,
            "price": {
                "id": self.price_id,
                "object": "price",
                "active": false,
                "billing_scheme": "per_unit",
                "created": self.created,
                "currency": self.currency,
                "custom_unit_amount": null,
                "livemode": false,
                "lookup_key": null,
                "metadata": {},
                "nickname": null,
                "product": self.product_id,
                "recurring": null,
                "tax_behavior": "unspecified",
                "tiers_mode": null,
                "transform_quantity": null,
                "type": "one_time",
                "unit_amount": self.unit_amount,
                "unit_amount_decimal": self.unit_amount.to_string(),
            },
            "quantity": self.quantity,
        })
    }
}
