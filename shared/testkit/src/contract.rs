//! Checks answers against the operations of the API document.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex},
};

use jsonschema::Validator;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::{Failed, Result};

/// The committed document. Another test checks that the functions declare the same.
static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi.json")).unwrap_or_default());

static OPERATIONS: LazyLock<BTreeMap<String, Operation>> = LazyLock::new(|| read(&DOCUMENT));

/// The named schemas, as strict as they are for answers: see [`close`].
static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    let mut schemas = DOCUMENT["components"]["schemas"].clone();
    schemas.as_object_mut().into_iter().flatten().for_each(|(_, schema)| close(schema, false));
    schemas
});

/// The validators that were already compiled, by schema.
static VALIDATORS: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());

/// An operation as the API document declares it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The operation id.
    pub id: String,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path, with `{name}` for each parameter.
    pub path: String,
    /// The kinds of principals that may call it: `user`, `seller`, `admin`. Empty if everybody may.
    pub audiences: Vec<String>,
    /// Whether it has a request body.
    pub takes_body: bool,
    answers: BTreeMap<u16, Declared>,
}

/// An answer as the API document declares it.
#[derive(Debug, Clone)]
struct Declared {
    /// The codes of the refusals; empty for a success.
    codes: Vec<String>,
    /// The schema of the body by media type, or `None` if any body is allowed.
    content: BTreeMap<String, Option<Value>>,
    /// The required headers.
    headers: Vec<String>,
}

/// Returns every operation of the document.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.values()
}

/// Returns an operation by its id.
///
/// # Errors
/// Fails if the document does not declare it.
pub fn operation(id: &str) -> Result<&'static Operation> {
    OPERATIONS.get(id).ok_or_else(|| Failed::new(format!("openapi.json declares no operation {id}")))
}

/// Validates a value against a schema of the document. A field that the schema does not declare is an error.
///
/// # Errors
/// The errors of the value or of the schema.
pub fn hold(value: &Value, schema: &Value) -> std::result::Result<(), String> {
    let validator = validator(schema)?;
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("at `{}`: {error}", error.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
}

impl Operation {
    /// Validates the status, the media type, the headers and the body of an answer.
    ///
    /// # Errors
    /// The first difference from the document.
    pub fn check(&self, status: u16, headers: &HeaderMap, body: &str) -> std::result::Result<(), String> {
        let Some(declared) = self.answers.get(&status) else {
            return Err(format!("{} does not declare the status {status}", self.id));
        };
        let refused = |what: String| Err(format!("{} declares its {status} otherwise: {what}", self.id));
        if let Some(missing) = declared.headers.iter().find(|name| !headers.contains_key(name.as_str())) {
            return refused(format!("the header {missing} is missing"));
        }
        let media_type = headers.get("content-type").and_then(|value| value.to_str().ok());
        let Some(media_type) = media_type.filter(|_| !body.is_empty()) else {
            let is_empty = declared.content.is_empty() && body.is_empty();
            return if is_empty { Ok(()) } else { refused("there must be a body, and its media type".to_owned()) };
        };
        match declared.content.get(media_type) {
            None => refused(format!("the body is {media_type}")),
            Some(None) => Ok(()),
            Some(Some(schema)) => {
                let Ok(value) = serde_json::from_str(body) else { return refused("the body is not JSON".to_owned()) };
                hold(&value, schema).or_else(refused)
            }
        }
    }

    /// Returns the declared refusals as pairs of status and code.
    pub fn refusals(&self) -> impl Iterator<Item = (u16, &str)> {
        self.answers.iter().flat_map(|(status, answer)| answer.codes.iter().map(|code| (*status, code.as_str())))
    }
}

fn validator(schema: &Value) -> std::result::Result<Arc<Validator>, String> {
    let key = schema.to_string();
    let mut known = VALIDATORS.lock().map_err(|poisoned| poisoned.to_string())?;
    if let Some(validator) = known.get(&key) {
        return Ok(Arc::clone(validator));
    }
    let mut schema = schema.clone();
    close(&mut schema, false);
    schema["components"] = json!({ "schemas": *SCHEMAS });
    let validator = Arc::new(jsonschema::draft202012::new(&schema).map_err(|error| error.to_string())?);
    known.insert(key, Arc::clone(&validator));
    Ok(validator)
}

/// Closes the objects of an answer's schema, so that an undeclared field is an error here, although clients ignore it.
/// The parts of a composed object (`allOf`, `oneOf`, `anyOf`) stay open, and the composed object is closed.
fn close(schema: &mut Value, is_part: bool) {
    match schema {
        Value::Object(fields) => {
            let is_object = fields.get("properties").is_some_and(Value::is_object);
            if is_object && !is_part {
                fields.insert("unevaluatedProperties".into(), false.into());
            }
            for (name, value) in fields {
                let is_part = matches!(name.as_str(), "allOf" | "oneOf" | "anyOf") && (is_object || is_part);
                close(value, is_part);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| close(value, is_part)),
        _ => {}
    }
}

fn read(document: &Value) -> BTreeMap<String, Operation> {
    let mut operations = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, declared) in methods.as_object().into_iter().flatten() {
            let id = declared["operationId"].as_str().unwrap_or_default().to_owned();
            let responses = declared["responses"].as_object().into_iter().flatten();
            let operation = Operation {
                id: id.clone(),
                method: method.to_uppercase(),
                path: path.clone(),
                audiences: audiences(&declared["security"]),
                takes_body: declared.get("requestBody").is_some(),
                answers: responses.filter_map(|(status, response)| answer(document, status, response)).collect(),
            };
            operations.insert(id, operation);
        }
    }
    operations
}

/// Resolves a `$ref` of the document.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let path = value["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    path.and_then(|path| document.pointer(path)).unwrap_or(value)
}

fn answer(document: &Value, status: &str, response: &Value) -> Option<(u16, Declared)> {
    let response = resolve(document, response);
    let content = response["content"].as_object().into_iter().flatten();
    let headers = response["headers"].as_object().into_iter().flatten();
    let codes = &response["content"]["application/problem+json"]["schema"]["properties"]["code"]["enum"];
    let declared = Declared {
        codes: codes.as_array().into_iter().flatten().filter_map(|code| Some(code.as_str()?.to_owned())).collect(),
        content: content.map(|(kind, content)| (kind.clone(), content.get("schema").cloned())).collect(),
        headers: headers
            .filter(|(_, header)| resolve(document, header)["required"] == true)
            .map(|(name, _)| name.to_lowercase())
            .collect(),
    };
    Some((status.parse().ok()?, declared))
}

/// Returns the kinds of principals. `seller_bearer` and `seller_cookie` are two ways to sign in as a seller.
fn audiences(security: &Value) -> Vec<String> {
    let schemes = security.as_array().into_iter().flatten().filter_map(Value::as_object).flat_map(|way| way.keys());
    schemes.filter_map(|scheme| scheme.strip_suffix("_bearer")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        let thing = json!({
            "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"],
            "oneOf": [
                { "type": "object", "properties": { "state": { "const": "new" } }, "required": ["state"] },
                { "type": "object", "properties": { "state": { "const": "old" }, "age": { "type": "integer" } }, "required": ["state"] },
            ],
        });
        let problem = json!({
            "type": "object",
            "properties": { "status": { "const": 409 }, "code": { "type": "string", "enum": ["no_shop", "slug_taken"] } },
            "required": ["status", "code"],
        });
        json!({
            "paths": { "/v1/things": { "post": {
                "operationId": "create_thing",
                "requestBody": {},
                "security": [{ "seller_bearer": [] }, { "seller_cookie": [] }],
                "responses": {
                    "201": {
                        "headers": { "ETag": { "$ref": "#/components/headers/ETag" } },
                        "content": { "application/json": { "schema": thing } },
                    },
                    "204": {},
                    "409": { "$ref": "#/components/responses/Taken" },
                },
            } } },
            "components": {
                "headers": { "ETag": { "required": true } },
                "responses": { "Taken": { "content": { "application/problem+json": { "schema": problem } } } },
            },
        })
    }

    fn check(status: u16, headers: &[(&'static str, &'static str)], body: &Value) -> std::result::Result<(), String> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        read(&document())["create_thing"].check(status, &headers, &body)
    }

    const JSON: (&str, &str) = ("content-type", "application/json");
    const PROBLEM: (&str, &str) = ("content-type", "application/problem+json");
    const TAG: (&str, &str) = ("etag", "\"1\"");

    #[test]
    fn an_operation_has_its_callers_and_its_refusals() {
        let operation = &read(&document())["create_thing"];
        assert_eq!((operation.method.as_str(), operation.path.as_str()), ("POST", "/v1/things"));
        assert_eq!(operation.audiences, ["seller"]);
        assert_eq!(operation.refusals().collect::<Vec<_>>(), [(409, "no_shop"), (409, "slug_taken")]);
    }

    #[test]
    fn a_success_with_a_field_too_many_or_too_few_is_noticed() {
        assert_eq!(check(201, &[JSON, TAG], &json!({ "id": "a", "state": "new" })), Ok(()));
        assert_eq!(check(201, &[JSON, TAG], &json!({ "id": "a", "state": "old", "age": 3 })), Ok(()));
        for body in [
            json!({ "state": "new" }),
            json!({ "id": "a" }),
            json!({ "id": "a", "state": "new", "age": 3 }),
            json!({ "id": "a", "state": "new", "colour": "blue" }),
            json!({ "id": 1, "state": "new" }),
        ] {
            assert!(check(201, &[JSON, TAG], &body).is_err(), "{body}");
        }
    }

    #[test]
    fn an_answer_without_its_header_its_media_type_or_its_body_is_noticed() {
        let body = json!({ "id": "a", "state": "new" });
        assert!(check(201, &[JSON], &body).is_err());
        assert!(check(201, &[PROBLEM, TAG], &body).is_err());
        assert!(check(201, &[JSON, TAG], &Value::Null).is_err());
        assert_eq!(check(204, &[], &Value::Null), Ok(()));
        assert!(check(204, &[JSON], &body).is_err());
    }

    #[test]
    fn a_refusal_that_is_not_declared_is_noticed() {
        let problem = |code: &str, status: u16| json!({ "code": code, "status": status });
        assert_eq!(check(409, &[PROBLEM], &problem("no_shop", 409)), Ok(()));
        assert!(check(409, &[PROBLEM], &problem("cart_empty", 409)).is_err());
        assert!(check(409, &[PROBLEM], &problem("no_shop", 404)).is_err());
        assert!(check(409, &[PROBLEM], &json!({})).is_err());
        assert!(check(500, &[PROBLEM], &problem("internal", 500)).is_err());
    }
}
