//! Customers: <https://docs.stripe.com/api/customers>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::values::{self, Metadata, NoParams};
use crate::error::{ApiError, ApiResult};
use crate::form::Page;
use crate::lists;
use crate::state::{Resource, Stripe, new_id};

/// The fields of creations and updates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Details {
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    description: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug)]
pub(crate) struct Customer {
    id: String,
    created: i64,
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    description: Option<String>,
    metadata: Metadata,
}

/// `POST /v1/customers`
pub(crate) fn create(stripe: &mut Stripe, details: Details) -> ApiResult {
    let mut customer = Customer {
        id: new_id("cus"),
        created: stripe.now(),
        email: None,
        name: None,
        phone: None,
        description: None,
        metadata: Metadata::new(),
    };
    customer.apply(details)?;
    let answer = customer.render();
    stripe.customers.insert(customer);
    stripe.emit("customer.created", answer.clone());
    Ok(answer)
}

/// `POST /v1/customers/{id}`
pub(crate) fn update(stripe: &mut Stripe, id: &str, details: Details) -> ApiResult {
    let customer = stripe.customers.get_mut(id)?;
    customer.apply(details)?;
    let answer = customer.render();
    stripe.emit("customer.updated", answer.clone());
    Ok(answer)
}

/// `DELETE /v1/customers/{id}`
pub(crate) fn delete(stripe: &mut Stripe, id: &str, _: NoParams) -> ApiResult {
    let customer = stripe.customers.remove(id)?;
    stripe.emit("customer.deleted", customer.render());
    Ok(json!({ "id": id, "object": "customer", "deleted": true }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    email: Option<String>,
}

/// `GET /v1/customers`
pub(crate) fn list(stripe: &Stripe, page: &Page, filter: &Filter) -> ApiResult {
    lists::list(&stripe.customers, page, "/v1/customers", |customer| {
        filter.email.as_ref().is_none_or(|email| customer.email.as_ref() == Some(email))
    })
}

/// `GET /v1/customers/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.customers.get(id).map(Resource::render)
}

impl Customer {
    fn apply(&mut self, details: Details) -> Result<(), ApiError> {
        let email = details.email.map(|email| values::email(&email, "email")).transpose()?;
        let fields = [
            (&mut self.email, email),
            (&mut self.name, details.name),
            (&mut self.phone, details.phone),
            (&mut self.description, details.description),
        ];
        for (field, value) in fields {
            if value.is_some() {
                *field = value;
            }
        }
        values::merge_metadata(&mut self.metadata, details.metadata);
        Ok(())
    }
}

impl Resource for Customer {
    const NOUN: &'static str = "customer";
    const PARAM: &'static str = "customer";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "customer",
            "address": null,
            "balance": 0,
            "created": self.created,
            "currency": null,
            "default_source": null,
            "delinquent": false,
            "description": self.description,
            "discount": null,
            "email": self.email,
            "invoice_prefix": null,
            "invoice_settings": { "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null },
            "livemode": false,
            "metadata": self.metadata,
            "name": self.name,
            "phone": self.phone,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": null,
        })
    }
}
