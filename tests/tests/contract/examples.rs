//! The examples in the document are valid, and the functions accept exactly the bodies that the schemas allow.

use std::{collections::BTreeMap, fs};

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::{Value, json};
use souk_runtime::Function;
use xtask::functions;

use crate::{api_document::checked_in, functions::workspace};

/// An operation of the document, with its function and its sample event.
struct Sample {
    id: String,
    declared: Value,
    read: fn(&str) -> Result<(), String>,
    event: Value,
}

impl Sample {
    fn body(&self) -> Option<Value> {
        self.declared.get("requestBody")?;
        serde_json::from_str(self.event["body"].as_str()?).ok()
    }

    /// Tells whether the function accepts a body in place of the event's.
    fn reads(&self, body: &Value) -> Result<(), String> {
        let mut event = self.event.clone();
        event["body"] = body.to_string().into();
        (self.read)(&event.to_string())
    }
}

fn samples() -> Vec<Sample> {
    let functions: BTreeMap<&str, Function> =
        functions().into_iter().map(|function| (function.name, function)).collect();
    let document = checked_in();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|methods| methods.as_object().unwrap().values());
    operations
        .map(|declared| {
            let id = declared["operationId"].as_str().unwrap().to_owned();
            let file = workspace().join(format!("events/{}.json", id.replace('_', "-")));
            let event = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
            let read = functions[id.as_str()].read;
            Sample { id, declared: declared.clone(), read, event }
        })
        .collect()
}

/// Returns the validator of a schema in the document, as a client would use it.
fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn every_example_is_what_its_schema_says() {
    let document = checked_in();
    let mut wrong = Vec::new();
    for Sample { id, declared, .. } in samples() {
        for parameter in declared["parameters"].as_array().into_iter().flatten() {
            if let Some(example) = parameter.get("example")
                && let Err(why) = souk_testkit::hold(example, &parameter["schema"])
            {
                wrong.push(format!("{id}: the parameter {}: {why}", parameter["name"]));
            }
        }
        let request = &declared["requestBody"]["content"]["application/json"];
        if declared.get("requestBody").is_some() {
            match request.get("example") {
                None => wrong.push(format!("{id}: no example of a body")),
                Some(example) => {
                    let errors = validator(&document, &request["schema"]);
                    wrong
                        .extend(errors.iter_errors(example).map(|why| format!("{id}: {}: {why}", why.instance_path())));
                }
            }
        }
        for (status, response) in declared["responses"].as_object().unwrap() {
            for (kind, content) in response["content"].as_object().into_iter().flatten() {
                let Some(example) = content.get("example") else {
                    if status.starts_with('2') && kind == "application/json" && content.get("schema").is_some() {
                        wrong.push(format!("{id}: no example of {status}"));
                    }
                    continue;
                };
                if let Err(why) = souk_testkit::hold(example, &content["schema"]) {
                    wrong.push(format!("{id}: the example of {status}: {why}"));
                }
                if example.to_string().contains("\"...\"") {
                    wrong.push(format!("{id}: the example of {status} has a text that says nothing: {example}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the place of every object, list and leaf in a JSON value.
fn places(value: &Value, at: &str) -> Vec<String> {
    let mut all = vec![at.to_owned()];
    match value {
        Value::Object(fields) => {
            all.extend(fields.iter().flat_map(|(name, value)| places(value, &format!("{at}/{name}"))));
        }
        Value::Array(values) => {
            all.extend(values.iter().enumerate().flat_map(|(n, value)| places(value, &format!("{at}/{n}"))));
        }
        _ => {}
    }
    all
}

fn without(body: &Value, place: &str) -> Option<Value> {
    let (parent, name) = place.rsplit_once('/')?;
    let mut body = body.clone();
    body.pointer_mut(parent)?.as_object_mut()?.remove(name)?;
    Some(body)
}

#[test]
fn an_unknown_field_is_refused_wherever_it_stands() {
    let mut taken = Vec::new();
    for sample in samples() {
        let Some(body) = sample.body().filter(|_| sample.id != "receive_stripe_event") else { continue };
        for place in places(&body, "").iter().filter(|place| body.pointer(place).unwrap().is_object()) {
            let mut more = body.clone();
            more.pointer_mut(place).unwrap()["unheard_of"] = json!(1);
            match sample.reads(&more) {
                Err(why) if why.contains("unheard_of") && why.contains("unknown") => {}
                other => taken.push(format!("{} {place}: {other:?}", sample.id)),
            }
        }
    }
    assert!(taken.is_empty(), "{}", taken.join("\n"));
}

/// Tells whether an error says that a number is out of range, in one of the alternatives if there are several.
fn is_of_range(error: &ValidationError<'_>) -> bool {
    match error.kind() {
        ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. } => true,
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().any(|errors| errors.iter().all(is_of_range))
        }
        _ => false,
    }
}

/// A function accepts a body if and only if its schema allows it. Rules on several fields together, rules that depend
/// on the table and ranges of numbers are checked later, and are not part of this test.
#[test]
fn a_body_is_read_if_its_schema_says_so() {
    let document = checked_in();
    let mut differ = Vec::new();
    for sample in samples() {
        let Some(body) = sample.body().filter(|_| sample.id != "receive_stripe_event") else { continue };
        let schema = validator(&document, &sample.declared["requestBody"]["content"]["application/json"]["schema"]);
        for place in places(&body, "") {
            let now = body.pointer(&place).unwrap();
            let others = [
                json!(null),
                json!(true),
                json!(0),
                json!(1),
                json!(1.0),
                json!(1.5),
                json!(-1),
                json!(1e15),
                json!(""),
                json!(" "),
                json!("a\u{0}b"),
                json!("a\nb"),
                json!("text"),
                json!(" text\n"),
                json!("x".repeat(30_000)),
                json!("é".repeat(101)),
                json!([]),
                json!({}),
                json!([now]),
                json!([now, now]),
            ];
            let changed = others.into_iter().filter_map(|other| {
                let mut changed = body.clone();
                *changed.pointer_mut(&place)? = other;
                Some(changed)
            });
            for changed in changed.chain(without(&body, &place)) {
                // Whether an address has a postal code depends on its country.
                if place.ends_with("/zip") && changed.pointer(&place).is_none_or(Value::is_null) {
                    continue;
                }
                let (is_valid, read) = (schema.is_valid(&changed), sample.reads(&changed));
                if read.is_ok() && schema.iter_errors(&changed).all(|error| is_of_range(&error)) {
                    continue;
                }
                if is_valid != read.is_ok() {
                    let value: String = changed
                        .pointer(&place)
                        .map_or("nothing".to_owned(), Value::to_string)
                        .chars()
                        .take(40)
                        .collect();
                    let why: String = read.err().unwrap_or_default().chars().take(200).collect();
                    differ.push(format!(
                        "{} {place}: {value} is {} and {why}",
                        sample.id,
                        if is_valid { "allowed" } else { "refused, but read" }
                    ));
                }
            }
        }
    }
    assert!(differ.is_empty(), "{} differ\n{}", differ.len(), differ.join("\n"));
}
