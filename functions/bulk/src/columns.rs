//! The columns of a product's row, and the body of `POST /v1/products` that a row stands for.
//!
//! A row is read into that body, and the body is checked as if it had come by the API: so an import accepts exactly what
//! the API accepts, and says of each field what the API would say.

use serde_json::{Map, Value, json};
use souk_domain::{Currency, Money};

use crate::cell::{folded, guarded, unfolded, unguarded};

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// What stands above it.
    pub(crate) name: &'static str,
    /// The field of the body that it stands for.
    field: &'static str,
    shape: Shape,
    /// Whether no file goes without it.
    pub(crate) required: bool,
}

/// What a cell holds.
#[derive(Debug)]
enum Shape {
    /// One value.
    One(Kind),
    /// Texts.
    List,
    /// Objects, one on each line, with these fields.
    Objects(&'static [(&'static str, Kind)]),
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// In the marketplace's currency: `12.99`.
    Amount,
    Count,
    /// `yes` or `no`.
    Flag,
    /// This text and all that follow.
    Texts,
}

const fn column(name: &'static str, field: &'static str, shape: Shape) -> Column {
    Column { name, field, shape, required: false }
}

use Kind::{Amount, Count, Flag, Text, Texts};
use Shape::{List, Objects, One};

/// All columns, in the order in which an export has them.
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

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// The column; none when it is about the row as a whole.
    pub(crate) column: Option<&'static str>,
    /// Which of the cell's entries, counted from 1; none when it is about all of them.
    pub(crate) entry: Option<u32>,
    pub(crate) code: String,
    pub(crate) detail: String,
}

impl Flaw {
    pub(crate) fn of_row(code: &str, detail: &str) -> Self {
        Self { column: None, entry: None, code: code.to_owned(), detail: detail.to_owned() }
    }

    /// The place of its column: what is wrong is told in the order of the columns.
    pub(crate) fn place(&self) -> Option<usize> {
        COLUMNS.iter().position(|column| Some(column.name) == self.column)
    }

    /// From where the API would say that something is wrong: `/skus/1/price` is the second of `variants`.
    pub(crate) fn at(pointer: &str, code: &str, detail: &str) -> Self {
        let mut steps = pointer.split('/').skip(1);
        let field = steps.next().unwrap_or_default();
        let column = COLUMNS.iter().find(|column| column.field == field).map(|column| column.name);
        let entry = steps.next().and_then(|step| step.parse::<u32>().ok()).map(|index| index + 1);
        Self { column, entry, code: code.to_owned(), detail: detail.to_owned() }
    }
}

impl Column {
    /// The field of the body that a cell stands for; none if the cell is empty.
    pub(crate) fn read(&self, cell: &str, currency: Currency, flaws: &mut Vec<Flaw>) -> Option<(String, Value)> {
        let cell = unguarded(cell.trim());
        if cell.is_empty() {
            return None;
        }
        let mut flaw = |entry: Option<usize>, code: &str, detail: String| {
            let entry = entry.and_then(|index| u32::try_from(index + 1).ok());
            flaws.push(Flaw { column: Some(self.name), entry, code: code.to_owned(), detail });
            Value::Null
        };
        let value = match &self.shape {
            One(kind) => kind.read(cell, currency).unwrap_or_else(|(code, detail)| flaw(None, code, detail)),
            List => unfolded(cell).into_iter().flatten().filter(|value| !value.is_empty()).map(Value::from).collect(),
            Objects(fields) => {
                let objects = unfolded(cell).into_iter().enumerate().map(|(index, values)| {
                    read_object(fields, &values, currency)
                        .unwrap_or_else(|(code, detail)| flaw(Some(index), code, detail))
                });
                objects.collect()
            }
        };
        Some((self.field.to_owned(), value))
    }

    /// The cell for a body.
    pub(crate) fn write(&self, body: &Value) -> String {
        let value = &body[self.field];
        let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let cell = match &self.shape {
            One(kind) => kind.write(value),
            List => folded(&[values.iter().map(|value| Text.write(value)).collect()]),
            Objects(fields) => folded(&values.iter().map(|value| write_object(fields, value)).collect::<Vec<_>>()),
        };
        guarded(&cell).into_owned()
    }
}

type Wrong = (&'static str, String);

impl Kind {
    fn read(self, raw: &str, currency: Currency) -> Result<Value, Wrong> {
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

fn read_object(fields: &[(&str, Kind)], values: &[String], currency: Currency) -> Result<Value, Wrong> {
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
                kind.read(first, currency).map_err(|(code, why)| (code, format!("{name} {why}")))?,
            );
        }
        rest = others;
    }
    match rest {
        [] => Ok(Value::Object(object)),
        _ => Err(("too_many_values", format!("must have at most {} values: {}", fields.len(), names(fields)))),
    }
}

fn write_object(fields: &[(&str, Kind)], object: &Value) -> Vec<String> {
    let cells = fields.iter().flat_map(|(name, kind)| match &object[*name] {
        Value::Array(values) => values.iter().map(|value| Text.write(value)).collect(),
        value => vec![kind.write(value)],
    });
    cells.collect()
}

fn names(fields: &[(&str, Kind)]) -> String {
    fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The cells of a body, and the body of these cells.
    fn there_and_back(body: &Value) -> Value {
        let cells = COLUMNS.iter().map(|column| (column, column.write(body)));
        let mut flaws = Vec::new();
        let fields = cells.filter_map(|(column, cell)| column.read(&cell, Currency::EUR, &mut flaws));
        let body = Value::Object(fields.collect());
        assert_eq!(flaws, []);
        body
    }

    fn column(name: &str) -> &'static Column {
        COLUMNS.iter().find(|column| column.name == name).unwrap()
    }

    #[test]
    fn a_body_comes_back_from_its_row() {
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
        assert_eq!(there_and_back(&body), body);
    }

    #[test]
    fn every_field_of_a_new_product_has_its_column() {
        let schema = schemars::schema_for!(souk_listing::Draft);
        let fields = schema.as_value()["properties"].as_object().unwrap().keys().map(String::as_str);
        // The matrix is short for variants.
        let fields: BTreeSet<&str> = fields.filter(|field| *field != "matrix").collect();
        let columns: BTreeSet<&str> = COLUMNS.iter().map(|column| column.field).collect();
        assert_eq!(columns, fields);
    }

    #[test]
    fn variants_are_compact() {
        let body = json!({ "skus": [{ "stock": 25 }, { "stock": 3, "colour": "Blue" }] });
        assert_eq!(column("variants").write(&body), "25\n3;Blue");
    }

    #[test]
    fn a_cell_that_cannot_be_read_is_named_with_its_entry() {
        let mut flaws = Vec::new();
        column("variants").read("25\nmany;Blue\n1;2;3;4;5;6", Currency::EUR, &mut flaws);
        column("price").read("12,99", Currency::EUR, &mut flaws);
        column("cash_on_delivery").read("perhaps", Currency::EUR, &mut flaws);
        let named: Vec<_> = flaws.iter().map(|flaw| (flaw.column, flaw.entry, flaw.code.as_str())).collect();
        assert_eq!(
            named,
            [
                (Some("variants"), Some(2), "malformed"),
                (Some("variants"), Some(3), "too_many_values"),
                (Some("price"), None, "malformed"),
                (Some("cash_on_delivery"), None, "malformed"),
            ]
        );
        assert_eq!(flaws[0].detail, "stock must be a whole number");
        assert_eq!(flaws[2].detail, "must be an amount such as 12.99");
    }

    #[test]
    fn a_pointer_into_the_body_names_column_and_entry() {
        for (pointer, column, entry) in [
            ("/skus/1/price/amount", Some("variants"), Some(2)),
            ("/price/amount", Some("price"), None),
            ("/title", Some("title"), None),
            ("", None, None),
        ] {
            let flaw = Flaw::at(pointer, "x", "y");
            assert_eq!((flaw.column, flaw.entry), (column, entry), "{pointer}");
        }
    }
}
