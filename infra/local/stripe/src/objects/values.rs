//! Types of values that several objects share, validated as Stripe does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{ApiError, Refusal};

/// The caller's own pairs of key and value.
pub(crate) type Metadata = BTreeMap<String, String>;

/// A shipping address, in requests and answers alike.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shipping {
    address: Address,
    name: String,
    phone: Option<String>,
    carrier: Option<String>,
    tracking_number: Option<String>,
}

/// A postal address. All parts are optional.
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

/// The parameters of an operation without parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParams {}

/// Parses a three-letter currency code and returns it in lower case.
pub(crate) fn currency(code: &str, param: &str) -> Result<String, ApiError> {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(code.to_ascii_lowercase());
    }
    Err(Refusal::invalid(format!("Invalid currency: {code}.")).param(param))
}

/// Checks that an amount is at least one minor unit.
pub(crate) fn positive(amount: i64, param: &str) -> Result<i64, ApiError> {
    if amount >= 1 {
        return Ok(amount);
    }
    Err(Refusal::invalid("This value must be greater than or equal to 1.")
        .code("parameter_invalid_integer")
        .param(param))
}

/// Checks that a URL is absolute.
pub(crate) fn url(url: &str, param: &str) -> Result<String, ApiError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && !url.contains(char::is_whitespace) => {
            Ok(url.to_owned())
        }
        _ => Err(Refusal::invalid("Not a valid URL").code("url_invalid").param(param)),
    }
}

/// Checks a mail address as loosely as Stripe does.
pub(crate) fn email(email: &str, param: &str) -> Result<String, ApiError> {
    match email.split_once('@') {
        Some((local, domain)) if !local.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace) => {
            Ok(email.to_owned())
        }
        _ => Err(Refusal::invalid(format!("Invalid email address: {email}")).code("email_invalid").param(param)),
    }
}

/// Merges changes into metadata. An empty value removes a pair.
pub(crate) fn merge_metadata(metadata: &mut Metadata, changes: Metadata) {
    for (key, value) in changes {
        if value.is_empty() {
            metadata.remove(&key);
        } else {
            metadata.insert(key, value);
        }
    }
}

/// Returns billing details with nothing but name and mail address.
pub(crate) fn billing_details(email: Option<&str>, name: Option<&str>) -> Value {
    json!({ "address": Address::default(), "email": email, "name": name, "phone": null, "tax_id": null })
}
