//! The API document: OpenAPI 3.1, generated from the declarations of the endpoints.

mod answers;
mod examples;
mod schemas;

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use self::{
    answers::{GatewayError, headers, responses, shared_responses},
    schemas::{Schemas, without_null},
};
use crate::{
    Answer, Audience, Caller, Code, Endpoint, FromRequest, Idempotent, Route, input::Described, problem::Document,
};

/// An endpoint in the API document.
#[derive(Clone, Copy)]
pub struct Operation {
    route: Route,
    write: fn(&mut Schemas, Option<&Value>) -> Value,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.route.method, self.route.path)
    }
}

impl Operation {
    /// Creates the operation of an endpoint.
    pub fn of<E: Endpoint>() -> Self {
        Self { route: E::ROUTE, write: operation::<E> }
    }
}

/// A kind of frame that a socket carries.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    kind: &'static str,
    schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Frame {
    /// Creates a kind of frame with this `type`. `T` describes all other fields.
    pub fn of<T: Serialize + JsonSchema>(kind: &'static str) -> Self {
        Self { kind, schema: T::json_schema }
    }
}

/// Returns the whole document. The bodies and parameters of the sample `events`, by operation, become its examples.
pub fn document(operations: &[Operation], frames: &[Frame], events: &BTreeMap<String, Value>) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        let entry = paths.entry(operation.route.path).or_default();
        let written = (operation.write)(&mut schemas, events.get(operation.route.name()));
        entry.insert(operation.route.method.to_lowercase(), written);
    }
    schemas.answers.subschema_for::<Document<'_>>();
    schemas.answers.subschema_for::<GatewayError>();
    let frame = frame(frames, &mut schemas.answers);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Souk", "version": "1", "description": description(), "license": { "name": "MIT", "identifier": "MIT" } },
        "paths": paths,
        "components": {
            "headers": headers(),
            "securitySchemes": Map::from_iter([Audience::User, Audience::Seller, Audience::Admin].into_iter().flat_map(schemes)),
        },
    });
    let mut components = schemas.finish(&mut document);
    components.insert("Frame".into(), frame);
    document["components"]["schemas"] = Value::Object(components);
    examples::add(&mut document);
    shared_responses(&mut document);
    document
}

fn description() -> String {
    let codes: Vec<String> = Code::ALL
        .iter()
        .map(|code| format!("| `{}` | {} | {} |", code.as_str(), code.status(), code.title()))
        .collect();
    format!(
        "{}\n\n| code | status | meaning |\n|---|---|---|\n{}",
        include_str!("openapi/description.md").trim(),
        codes.join("\n")
    )
}

/// Returns the schema of all frames, as one tagged union.
fn frame(frames: &[Frame], generator: &mut SchemaGenerator) -> Value {
    let kinds = frames.iter().map(|frame| {
        let mut schema = (frame.schema)(generator).to_value();
        schema["properties"]["type"] = json!({ "type": "string", "const": frame.kind });
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let others = required.into_iter().filter(|field| field != "type");
        schema["required"] = std::iter::once(json!("type")).chain(others).collect();
        schema
    });
    json!({
        "description": "A message that a socket delivers. A frame may be delivered more than once: ignore a repeated `id`.",
        "oneOf": kinds.collect::<Vec<_>>(),
    })
}

fn schemes(audience: Audience) -> [(String, Value); 2] {
    let name = audience.as_str();
    [
        (format!("{name}_bearer"), json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" })),
        (format!("{name}_cookie"), json!({ "type": "apiKey", "in": "cookie", "name": audience.cookie() })),
    ]
}

fn operation<E: Endpoint>(schemas: &mut Schemas, event: Option<&Value>) -> Value {
    let mut input = Described::default();
    E::Input::describe(&mut input, &mut schemas.requests);
    let mut parameters = Vec::new();
    parameters.extend(parameters_in("path", input.path));
    parameters.extend(parameters_in("query", input.query));
    if E::IDEMPOTENT != Idempotent::No {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": E::IDEMPOTENT == Idempotent::Required,
            "description": "A repeated request with the same key within 24 hours has no further effect and gets the same answer.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
            "example": "5f0c6a52-8b0e-4d5c-9d0a-6f3f0f6f6d11",
        }));
    }
    if E::Output::TAGGED {
        parameters.push(json!({
            "name": "If-None-Match",
            "in": "header",
            "required": false,
            "description": "The `ETag` of an earlier answer. If the answer has not changed, the status is 304 and there is no body.",
            "schema": { "type": "string" },
        }));
    }
    parameters.extend(input.headers);
    examples::of_parameters(&mut parameters, event);
    let mut operation = json!({
        "operationId": E::ROUTE.name(),
        "summary": E::SUMMARY,
        "tags": [E::ROUTE.service()],
        "responses": responses::<E>(schemas),
    });
    if let Value::Object(fields) = &mut operation {
        if !parameters.is_empty() {
            fields.insert("parameters".into(), parameters.into());
        }
        if let Some(body) = input.body {
            let mut content = json!({ "schema": body });
            if let Some(example) = examples::of_body(event) {
                content["example"] = example;
            }
            let content = json!({ "application/json": content });
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

/// Returns the properties of an object schema as parameters. A parameter may be absent but is never null.
fn parameters_in(place: &str, schema: Option<Schema>) -> Vec<Value> {
    let Some(Value::Object(mut schema)) = schema.map(Value::from) else { return Vec::new() };
    let required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.remove("properties") else { return Vec::new() };
    properties
        .into_iter()
        .map(|(name, mut schema)| {
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let required = place == "path" || required.iter().any(|field| field == &name);
            without_null(&mut schema);
            let several = schema["type"] == "array";
            let mut parameter = json!({ "name": name, "in": place, "required": required, "schema": schema });
            if several {
                // Between commas: see `Several`.
                parameter["style"] = json!("form");
                parameter["explode"] = json!(false);
            }
            if let Some(description) = description {
                parameter["description"] = description;
            }
            parameter
        })
        .collect()
}
