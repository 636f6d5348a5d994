//! The API document: OpenAPI 3.1, from what the functions declare.

use std::collections::BTreeMap;

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    Answer, Audience, Caller, Code, Endpoint, FromRequest, Idempotent, Route, input::Described, problem::Document,
    server::problems_of,
};

/// An endpoint as the document needs it.
#[derive(Clone, Copy)]
pub struct Operation {
    route: Route,
    write: fn(&mut SchemaGenerator) -> Value,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.route.method, self.route.path)
    }
}

impl Operation {
    /// The operation of a function.
    pub fn of<E: Endpoint>() -> Self {
        Self { route: E::ROUTE, write: operation::<E> }
    }
}

/// The whole document.
pub fn document(operations: &[Operation]) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        let entry = paths.entry(operation.route.path).or_default();
        entry.insert(operation.route.method.to_lowercase(), (operation.write)(&mut generator));
    }
    generator.subschema_for::<Document<'_>>();
    let schemas = generator.take_definitions(true);
    let codes: Vec<String> = Code::ALL
        .iter()
        .map(|code| format!("| `{}` | {} | {} |", code.as_str(), code.status(), code.title()))
        .collect();
    let description = format!(
        "The HTTP API of a Souk marketplace. Money is in minor units; times are RFC 3339 in UTC; lists are paged by opaque \
         cursors. Every refusal is an RFC 9457 problem document whose `code` is one of these:\n\n\
         | code | status | meaning |\n|---|---|---|\n{}",
        codes.join("\n")
    );
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Souk", "version": "1", "description": description, "license": { "name": "MIT", "identifier": "MIT" } },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": Map::from_iter([Audience::User, Audience::Seller, Audience::Admin].into_iter().flat_map(schemes)),
        },
    })
}

fn schemes(audience: Audience) -> [(String, Value); 2] {
    let name = audience.as_str();
    [
        (format!("{name}_bearer"), json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" })),
        (format!("{name}_cookie"), json!({ "type": "apiKey", "in": "cookie", "name": audience.cookie() })),
    ]
}

fn operation<E: Endpoint>(generator: &mut SchemaGenerator) -> Value {
    let mut input = Described::default();
    E::Input::describe(&mut input, generator);
    let mut parameters = Vec::new();
    parameters.extend(parameters_in("path", input.path));
    parameters.extend(parameters_in("query", input.query));
    if E::IDEMPOTENT != Idempotent::No {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": E::IDEMPOTENT == Idempotent::Required,
            "description": "Asking again with the same key within 24 hours does nothing again and answers the same.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    let mut operation = json!({
        "operationId": E::ROUTE.name(),
        "summary": E::SUMMARY,
        "tags": [E::ROUTE.service()],
        "responses": responses::<E>(generator),
    });
    if let Value::Object(fields) = &mut operation {
        if !parameters.is_empty() {
            fields.insert("parameters".into(), parameters.into());
        }
        if let Some(body) = input.body {
            let content = json!({ "application/json": { "schema": body } });
            fields.insert("requestBody".into(), json!({ "required": true, "content": content }));
        }
        let security: Vec<Value> = E::Caller::AUDIENCES
            .iter()
            .flat_map(|&audience| schemes(audience))
            .map(|(name, _)| json!({ name: [] }))
            .collect();
        fields.insert("security".into(), security.into());
    }
    operation
}

fn responses<E: Endpoint>(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut success = json!({ "description": "Done." });
    if let Some(schema) = E::Output::schema(generator) {
        success["content"] = json!({ E::Output::MEDIA_TYPE: { "schema": schema } });
    } else if E::Output::STATUS == 200 {
        success["content"] = json!({ E::Output::MEDIA_TYPE: {} });
    }
    let mut responses = Map::from_iter([(E::Output::STATUS.to_string(), success)]);
    if E::Output::TAGGED {
        responses.insert("304".to_owned(), json!({ "description": "As the `ETag` in `If-None-Match` says." }));
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in problems_of::<E>() {
        by_status.entry(code.status()).or_default().push(code);
    }
    for (status, codes) in by_status {
        let names: Vec<String> = codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
        let problem = json!({
            "description": names.join(", "),
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        responses.insert(status.to_string(), problem);
    }
    responses
}

/// The parameters that an object schema's properties stand for.
fn parameters_in(place: &str, schema: Option<Schema>) -> Vec<Value> {
    let Some(Value::Object(mut schema)) = schema.map(Value::from) else { return Vec::new() };
    let required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.remove("properties") else { return Vec::new() };
    properties
        .into_iter()
        .map(|(name, mut schema)| {
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let required = place == "path" || required.iter().any(|field| field == &name);
            let several =
                schema["type"] == "array" || schema["type"].as_array().is_some_and(|of| of.contains(&json!("array")));
            let mut parameter = json!({ "name": name, "in": place, "required": required, "schema": schema });
            if several {
                // Between commas: see `Several`.
                parameter["explode"] = json!(false);
            }
            if let Some(description) = description {
                parameter["description"] = description;
            }
            parameter
        })
        .collect()
}
