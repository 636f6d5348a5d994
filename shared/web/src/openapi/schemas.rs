//! The schemas of requests and of answers. They are generated separately. In a request, a field with a default is
//! optional and may be null, and other fields are refused. In an answer, a missing value is absent and never null, and
//! fields may be added later.

use schemars::{
    SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde_json::{Map, Value};

const COMPONENTS: &str = "#/components/schemas/";

/// The schema generators of requests and answers.
pub(crate) struct Schemas {
    pub(crate) requests: SchemaGenerator,
    pub(crate) answers: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let generator = |contract: Contract| {
            let settings = SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.contract = contract;
            });
            settings.into_generator()
        };
        Self { requests: generator(Contract::Deserialize), answers: generator(Contract::Serialize) }
    }

    /// Returns every named schema and updates the references in the document. A schema that differs between requests
    /// and answers is called `...Input` in requests.
    pub(super) fn finish(mut self, document: &mut Value) -> Map<String, Value> {
        let mut answers = self.answers.take_definitions(true);
        let mut requests = self.requests.take_definitions(true);
        answers.values_mut().for_each(present_or_absent);
        requests.values_mut().for_each(close);
        // A schema that refers to a renamed schema differs too.
        let mut renamed: Vec<String> = Vec::new();
        loop {
            let differs = |name: &String, schema: &Value| {
                answers.get(name).is_some_and(|answer| answer != schema)
                    || answers.contains_key(name) && renamed.iter().any(|other| refers_to(schema, other))
            };
            let more = requests.iter().filter(|(name, _)| !renamed.contains(name));
            let more: Vec<String> =
                more.filter(|(name, schema)| differs(name, schema)).map(|(name, _)| name.clone()).collect();
            if more.is_empty() {
                break;
            }
            renamed.extend(more);
        }
        let rename = |schema: &mut Value| {
            for name in &renamed {
                rename(schema, &format!("{COMPONENTS}{name}"), &format!("{COMPONENTS}{name}Input"));
            }
        };
        for (name, mut schema) in requests {
            rename(&mut schema);
            let name = if renamed.contains(&name) { format!("{name}Input") } else { name };
            answers.insert(name, schema);
        }
        let paths = document["paths"].as_object_mut().into_iter().flatten();
        for (_, operation) in paths.filter_map(|(_, methods)| methods.as_object_mut()).flatten() {
            operation.get_mut("requestBody").map(rename);
            operation.get_mut("parameters").map(rename);
            operation["responses"]
                .as_object_mut()
                .into_iter()
                .flatten()
                .for_each(|(_, response)| present_or_absent(response));
        }
        answers
    }
}

fn refers_to(schema: &Value, name: &str) -> bool {
    match schema {
        Value::Object(fields) => {
            fields.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix(COMPONENTS)) == Some(name)
                || fields.values().any(|value| refers_to(value, name))
        }
        Value::Array(values) => values.iter().any(|value| refers_to(value, name)),
        _ => false,
    }
}

fn rename(schema: &mut Value, from: &str, to: &str) {
    match schema {
        Value::Object(fields) => {
            if fields.get("$ref").is_some_and(|name| name == from) {
                fields.insert("$ref".into(), to.into());
            }
            fields.values_mut().for_each(|value| rename(value, from, to));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, from, to)),
        _ => {}
    }
}

/// Removes null from the optional fields of an answer's objects.
fn present_or_absent(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            let required: Vec<Value> = fields.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            let properties = fields.get_mut("properties").and_then(Value::as_object_mut);
            for (name, property) in properties.into_iter().flatten() {
                if !required.iter().any(|field| field == name) {
                    without_null(property);
                }
            }
            fields.values_mut().for_each(present_or_absent);
        }
        Value::Array(values) => values.iter_mut().for_each(present_or_absent),
        _ => {}
    }
}

/// Sets `additionalProperties: false` on a request's objects.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object)
                && fields.get("type").is_some_and(|kind| kind == "object")
            {
                fields.insert("additionalProperties".into(), false.into());
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}

/// Removes null from the values that a schema allows.
pub(super) fn without_null(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    if let Some(Value::Array(kinds)) = fields.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            fields.insert("type".into(), kind);
        }
    }
    if let Some(Value::Array(values)) = fields.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(either)) = fields.get_mut("anyOf") {
        either.retain(|schema| schema["type"] != "null");
        if let [Value::Object(only)] = either.as_slice() {
            let only = only.clone();
            fields.remove("anyOf");
            for (key, value) in only {
                fields.entry(key).or_insert(value);
            }
        }
    }
}
