//! The columns of a product's row, and the body of `POST /v1/products` that a row stands for.
//!
//! A row is read into that body, and the body is checked as if it had come through the API. So an import accepts
//! exactly what the API accepts, and reports the same error for each field.

use serde_json::{Map, Value, json};
use souk_domain::{Currency, Money};

use crate::cell::{escape_formula, join_entries, split_entries, unescape_formula};

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// The name in the header.
    pub(crate) name: &'static str,
    /// The field of the body that the column stands for.
    field: &'static str,
    shape: Shape,
    /// Whether a file without this column is refused.
    pub(crate) required: bool,
}

/// The structure of a cell.
#[derive(Debug)]
enum Shape {
    /// One value.
    One(ValueKind),
    /// A list of texts.
    List,
    /// A list of objects with these fields, one object on each line.
    Objects(&'static [(&'static str, ValueKind)]),
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    Text,
    /// An amount in the marketplace's currency: `12.99`.
    Amount,
    Count,
    /// `yes` or `no`.
    Flag,
    /// This text and all that follow in the same object.
    Texts,
}

const fn column(name: &'static str, field: &'static str, shape: Shape) -> Column {
    Column { name, field, shape, required: false }
}

use Shape::{List, Objects, One};
use ValueKind::{Amount, Count, Flag, Text, Texts};

/// All columns, in the order of an export.
pub(crate) const COLUMNS: &[Column] = &[
    Column { required: true, ..column("title", "title", One(Text)) },
    column("slug", "slug", One(Text)),
    column("status", "status", One(Text)),
    Column { required: true, ..column("price", "price", One(Amount)) },
    column("sale_price", "sale_price", One(Amount)),
    Column { required: true, ..column("category", "category", One(Text)) },
    column("subcategory", "subcategory", One(Text)),
    column("brand", "brand", One(Text)),
    column("summary", "summary", One(Text)),
    column("description", "description", One(Text)),
    Column {
        required: true,
        ..column(
            "variants",
            "skus",
            Objects(&[("stock", Count), ("colour", Text), ("size", Text), ("price", Amount), ("code", Text)]),
        )
    },
    column("pictures", "pictures", List),
    column("video_url", "video_url", One(Text)),
    column("tags", "tags", List),
    column("keywords", "keywords", List),
    column("warranty", "warranty", One(Text)),
    column("cash_on_delivery", "cash_on_delivery", One(Flag)),
    column("specifications", "specifications", Objects(&[("name", Text), ("value", Text)])),
    column("properties", "properties", Objects(&[("name", Text), ("values", Texts)])),
    column("faq", "faq", Objects(&[("question", Text), ("answer", Text)])),
];

/// An error in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowError {
    /// The column, or `None` if the error concerns the whole row.
    pub(crate) column: Option<&'static str>,
    /// The entry within the cell, counted from 1, or `None` if the error concerns the whole cell.
    pub(crate) entry: Option<u32>,
    pub(crate) code: String,
    pub(crate) detail: String,
}

impl RowError {
    pub(crate) fn of_row(code: &str, detail: &str) -> Self {
        Self { column: None, entry: None, code: code.to_owned(), detail: detail.to_owned() }
    }

    /// Returns the position of the error's column. Errors are reported in the order of the columns.
    pub(crate) fn column_index(&self) -> Option<usize> {
        COLUMNS.iter().position(|column| Some(column.name) == self.column)
    }

    /// Translates an error of the API: the pointer `/skus/1/price` is the second entry of `variants`.
    pub(crate) fn from_pointer(pointer: &str, code: &str, detail: &str) -> Self {
        let mut segments = pointer.split('/').skip(1);
        let field = segments.next().unwrap_or_default();
        let column = COLUMNS.iter().find(|column| column.field == field).map(|column| column.name);
        let entry = segments.next().and_then(|segment| segment.parse::<u32>().ok()).map(|index| index + 1);
        Self { column, entry, code: code.to_owned(), detail: detail.to_owned() }
    }
}

impl Column {
    /// Reads a cell into the field of the body that it stands for. Returns `None` if the cell is empty.
    pub(crate) fn read(&self, cell: &str, currency: Currency, errors: &mut Vec<RowError>) -> Option<(String, Value)> {
        let cell = unescape_formula(cell.trim());
        if cell.is_empty() {
            return None;
        }
        let mut error = |entry: Option<usize>, code: &str, detail: String| {
            let entry = entry.and_then(|index| u32::try_from(index + 1).ok());
            errors.push(RowError { column: Some(self.name), entry, code: code.to_owned(), detail });
            Value::Null
        };
        let value = match &self.shape {
            One(kind) => kind.read(cell, currency).unwrap_or_else(|(code, detail)| error(None, code, detail)),
            List => {
                split_entries(cell).into_iter().flatten().filter(|value| !value.is_empty()).map(Value::from).collect()
            }
            Objects(fields) => {
                let objects = split_entries(cell).into_iter().enumerate().map(|(index, values)| {
                    read_object(fields, &values, currency)
                        .unwrap_or_else(|(code, detail)| error(Some(index), code, detail))
                });
                objects.collect()
            }
        };
        Some((self.field.to_owned(), value))
    }

    /// Returns the cell of this column for a body.
    pub(crate) fn write(&self, body: &Value) -> String {
        let value = &body[self.field];
        let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let cell = match &self.shape {
            One(kind) => kind.write(value),
            List => join_entries(&[values.iter().map(|value| Text.write(value)).collect()]),
            Objects(fields) => {
                join_entries(&values.iter().map(|value| write_object(fields, value)).collect::<Vec<_>>())
            }
        };
        escape_formula(&cell).into_owned()
    }
}

type ReadError = (&'static str, String);

impl ValueKind {
    fn read(self, raw: &str, currency: Currency) -> Result<Value, ReadError> {
        match self {
            Text | Texts => Ok(Value::from(raw)),
            Amount => Money::parse_decimal(raw, currency)
                .map(|money| json!(money))
                .map_err(|invalid| (invalid.code, invalid.detail.into_owned())),
            Count => {
                raw.parse::<i64>().map(Value::from).map_err(|_| ("malformed", "must be a whole number".to_owned()))
            }
            Flag => match raw.to_lowercase().as_str() {
                "yes" | "true" => Ok(Value::Bool(true)),
                "no" | "false" => Ok(Value::Bool(false)),
                _ => Err(("malformed", "must be yes or no".to_owned())),
            },
        }
    }

    fn write(self, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Value::String(text) => text.clone(),
            value if self == Amount => {
                serde_json::from_value::<Money>(value.clone()).map(Money::decimal).unwrap_or_default()
            }
            value => value.to_string(),
        }
    }
}

fn read_object(fields: &[(&str, ValueKind)], values: &[String], currency: Currency) -> Result<Value, ReadError> {
    let mut object = Map::new();
    let mut rest = values;
    for (name, kind) in fields {
        let Some((first, others)) = rest.split_first() else { break };
        if *kind == Texts {
            object.insert((*name).to_owned(), rest.iter().filter(|value| !value.is_empty()).cloned().collect());
            rest = &[];
            break;
        }
        if !first.is_empty() {
            object.insert(
                (*name).to_owned(),
                kind.read(first, currency).map_err(|(code, detail)| (code, format!("{name} {detail}")))?,
            );
        }
        rest = others;
    }
    match rest {
        [] => Ok(Value::Object(object)),
        _ => Err(("too_many_values", format!("must have at most {} values: {}", fields.len(), names(fields)))),
    }
}

fn write_object(fields: &[(&str, ValueKind)], object: &Value) -> Vec<String> {
    let cells = fields.iter().flat_map(|(name, kind)| match &object[*name] {
        Value::Array(values) => values.iter().map(|value| Text.write(value)).collect(),
        value => vec![kind.write(value)],
    });
    cells.collect()
}

fn names(fields: &[(&str, ValueKind)]) -> String {
    fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Writes a body into cells, and reads these cells into a body.
    fn round_trip(body: &Value) -> Value {
        let cells = COLUMNS.iter().map(|column| (column, column.write(body)));
        let mut errors = Vec::new();
        let fields = cells.filter_map(|(column, cell)| column.read(&cell, Currency::EUR, &mut errors));
        let body = Value::Object(fields.collect());
        assert_eq!(errors, []);
        body
    }

    fn column(name: &str) -> &'static Column {
        COLUMNS.iter().find(|column| column.name == name).unwrap()
    }

    #[test]
    fn a_body_survives_writing_and_reading() {
        let price = |cents: i64| json!({ "amount": cents, "currency": "EUR" });
        let body = json!({
            "title": "=Stoneware, \"blue\"",
            "price": price(1_850),
            "sale_price": price(1_500),
            "category": "home",
            "description": "<p>One</p>\n<p>Two; three</p>",
            "skus": [
                { "stock": 25, "colour": "Black/White", "size": "XL", "price": price(1_999), "code": "@MUG-XL" },
                { "stock": 0, "size": "S" },
            ],
            "tags": ["gift", "a;b"],
            "cash_on_delivery": true,
            "properties": [{ "name": "Material", "values": ["clay", "glaze"] }, { "name": "Origin", "values": ["Potsdam"] }],
            "faq": [{ "question": "Dishwasher?", "answer": "Yes.\nTop rack." }],
        });
        assert_eq!(round_trip(&body), body);
    }

    #[test]
    fn every_field_of_a_new_product_has_its_column() {
        let schema = schemars::schema_for!(souk_listing::Draft);
        let fields = schema.as_value()["properties"].as_object().unwrap().keys().map(String::as_str);
        // The matrix is a shorthand for variants.
        let fields: BTreeSet<&str> = fields.filter(|field| *field != "matrix").collect();
        let columns: BTreeSet<&str> = COLUMNS.iter().map(|column| column.field).collect();
        assert_eq!(columns, fields);
    }

    #[test]
    fn a_variant_without_options_is_only_a_number() {
        let body = json!({ "skus": [{ "stock": 25 }, { "stock": 3, "colour": "Blue" }] });
        assert_eq!(column("variants").write(&body), "25\n3;Blue");
    }

    #[test]
    fn an_error_in_a_cell_names_the_entry() {
        let mut errors = Vec::new();
        column("variants").read("25\nmany;Blue\n1;2;3;4;5;6", Currency::EUR, &mut errors);
        column("price").read("12,99", Currency::EUR, &mut errors);
        column("cash_on_delivery").read("perhaps", Currency::EUR, &mut errors);
        let reported: Vec<_> = errors.iter().map(|error| (error.column, error.entry, error.code.as_str())).collect();
        assert_eq!(
            reported,
            [
                (Some("variants"), Some(2), "malformed"),
                (Some("variants"), Some(3), "too_many_values"),
                (Some("price"), None, "malformed"),
                (Some("cash_on_delivery"), None, "malformed"),
            ]
        );
        assert_eq!(errors[0].detail, "stock must be a whole number");
        assert_eq!(errors[2].detail, "must be an amount such as 12.99");
    }

    #[test]
    fn a_json_pointer_is_translated_to_column_and_entry() {
        for (pointer, column, entry) in [
            ("/skus/1/price/amount", Some("variants"), Some(2)),
            ("/price/amount", Some("price"), None),
            ("/title", Some("title"), None),
            ("", None, None),
        ] {
            let error = RowError::from_pointer(pointer, "x", "y");
            assert_eq!((error.column, error.entry), (column, entry), "{pointer}");
        }
    }
}
