//! The errors in the fields of a request: all at once, each at its JSON pointer.

use std::{borrow::Cow, ops::ControlFlow};

use deserr::{DeserializeError, ErrorKind, IntoValue, MergeWithError, ValueKind, ValuePointerRef};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use souk_domain::Invalid;

/// Every code of a field error, in alphabetical order.
pub const FIELD_CODES: &[&str] = &[
    "already_used",
    "amount_changed",
    "bad_length",
    "below_minimum",
    "common",
    "control_character",
    "discount_missing",
    "duplicate",
    "empty",
    "ended",
    "exhausted",
    "gone",
    "invalid",
    "line_missing",
    "malformed",
    "missing",
    "not_above_offer",
    "not_available",
    "not_below_price",
    "not_first_order",
    "not_found",
    "not_here",
    "not_in_cart",
    "not_optional",
    "not_ready",
    "not_shipped_there",
    "not_started",
    "nothing_eligible",
    "other_currency",
    "out_of_order",
    "out_of_range",
    "price_changed",
    "quantity_changed",
    "repeated",
    "required",
    "reserved",
    "rounds_to_nothing",
    "same",
    "shipping_missing",
    "sold_out",
    "taken",
    "too_long",
    "too_many",
    "too_many_changes",
    "too_short",
    "unknown",
    "unknown_category",
    "unknown_subcategory",
    "unknown_value",
    "unsupported",
    "used_too_often",
    "used_up",
    "wrong_length",
    "wrong_type",
];

/// The schema of [`FIELD_CODES`].
struct FieldCode;

impl JsonSchema for FieldCode {
    fn schema_name() -> Cow<'static, str> {
        "FieldCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What is wrong with a field, for programs. A code never changes its meaning.",
            "type": "string",
            "enum": FIELD_CODES,
        })
    }
}

/// An error in one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// The place of the field, as a JSON pointer into the body (RFC 6901). `?name` names a query parameter.
    pub pointer: String,
    /// The error for programs: `missing`, `unknown`, `wrong_type`, `too_long` and others.
    #[schemars(with = "FieldCode")]
    pub code: Cow<'static, str>,
    /// The error for people.
    pub detail: Cow<'static, str>,
}

impl FieldError {
    /// Creates an error at a place.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), detail: detail.into() }
    }
}

/// The errors of all fields, in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// Adds an error and continues.
    fn with(this: Option<Self>, error: FieldError) -> ControlFlow<Self, Self> {
        let mut all = this.unwrap_or_default();
        all.0.push(error);
        ControlFlow::Continue(all)
    }
}

impl DeserializeError for FieldErrors {
    fn error<V: IntoValue>(
        this: Option<Self>,
        error: ErrorKind<'_, V>,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let here = pointer(location);
        let error = match error {
            ErrorKind::IncorrectValueKind { accepted, .. } => {
                let mut accepted: Vec<&str> = accepted.iter().map(json_type).collect();
                accepted.dedup();
                FieldError::new(here, "wrong_type", format!("must be of type {}", accepted.join(" or ")))
            }
            ErrorKind::MissingField { field } => {
                FieldError::new(format!("{here}/{}", escape(field)), "missing", "is required")
            }
            ErrorKind::UnknownKey { key, accepted } => FieldError::new(
                format!("{here}/{}", escape(key)),
                "unknown",
                format!("is not known here; known are {}", accepted.join(", ")),
            ),
            ErrorKind::UnknownValue { accepted, .. } => {
                FieldError::new(here, "unknown_value", format!("must be one of {}", accepted.join(", ")))
            }
            ErrorKind::BadSequenceLen { expected, .. } => {
                FieldError::new(here, "wrong_length", format!("must have {expected} elements"))
            }
            ErrorKind::Unexpected { msg } => FieldError::new(here, "invalid", msg),
        };
        Self::with(this, error)
    }
}

impl MergeWithError<Self> for FieldErrors {
    fn merge(this: Option<Self>, other: Self, _: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        let mut all = this.unwrap_or_default();
        all.0.extend(other.0);
        ControlFlow::Continue(all)
    }
}

impl MergeWithError<Invalid> for FieldErrors {
    fn merge(this: Option<Self>, invalid: Invalid, location: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        Self::with(this, FieldError::new(pointer(location), invalid.code, invalid.detail))
    }
}

/// Returns the name of the kind in JSON Schema, which has no separate name for negative numbers.
fn json_type(kind: &ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "boolean",
        ValueKind::Integer | ValueKind::NegativeInteger => "integer",
        ValueKind::Float => "number",
        ValueKind::String => "string",
        ValueKind::Sequence => "array",
        ValueKind::Map => "object",
    }
}

/// Writes a location as a JSON pointer (RFC 6901).
fn pointer(location: ValuePointerRef<'_>) -> String {
    match location {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } => format!("{}/{}", pointer(*prev), escape(key)),
        ValuePointerRef::Index { index, prev } => format!("{}/{index}", pointer(*prev)),
    }
}

/// Writes a name as a part of a JSON pointer (RFC 6901).
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
