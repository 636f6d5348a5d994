//! Kinds of values that several objects share, checked as Stripe checks them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{ApiError, Refusal};

/// Key and value pairs of the caller's own.
pub(crate) type Metadata = BTreeMap<String, String>;

/// Where something is sent to; given and shown alike.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shipping {
    address: Address,
    name: String,
    phone: Option<String>,
    carrier: Option<String>,
    tracking_number: Option<String>,
}

/// A postal address, as much of it as is known.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Address {
    city: Option<String>,
    country: Option<String>,
    line1: Option<String>,
    line2: Option<String>,
    postal_code: Option<String>,
    state: Option<String>,
}

/// The parameters of an operation that has none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParams {}

/// A three-letter currency code in lower case, however it was written.
pub(crate) fn currency(code: &str, param: &str) -> Result<String, ApiError> {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(code.to_ascii_lowercase());
    }
    Err(Refusal::invalid(format!("Invalid currency: {code}.")).param(param))
}

/// An amount of at least one minor unit.
pub(crate) fn positive(amount: i64, param: &str) -> Result<i64, ApiError> {
    if amount >= 1 {
        return Ok(amount);
    }
    Err(Refusal::invalid("This value must be greater than or equal to 1.")
        .code("parameter_invalid_integer")
        .param(param))
}

/// An absolute web address.
pub(crate) fn url(url: &str, param: &str) -> Result<String, ApiError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && !url.contains(char::is_whitespace) => {
            Ok(url.to_owned())
        }
        _ => Err(Refusal::invalid("Not a valid URL").code("url_invalid").param(param)),
    }
}

/// An e-mail address, as loosely as Stripe looks at it.
pub(crate) fn email(email: &str, param: &str) -> Result<String, ApiError> {
    match email.split_once('@') {
        Some((local, domain)) if !local.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace) => {
            Ok(email.to_owned())
        }
        _ => Err(Refusal::invalid(format!("Invalid email address: {email}")).code("email_invalid").param(param)),
    }
}

/// Adds pairs to those there are; an empty value takes a pair away.
pub(crate) fn merge_metadata(metadata: &mut Metadata, changes: Metadata) {
    for (key, value) in changes {
        if value.is_empty() {
            metadata.remove(&key);
        } else {
            metadata.insert(key, value);
        }
    }
}

/// Billing details with nothing known but name and e-mail.
pub(crate) fn billing_details(email: Option<&str>, name: Option<&str>) -> Value {
    json!({ "address": Address::default(), "email": email, "name": name, "phone": null, "tax_id": null })
}
