//! The answers of an operation: the success, and the refusals by status.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use souk_runtime::camel_case;

use super::schemas::Schemas;
use crate::{Answer, Code, Endpoint, Idempotent, server::problems_of};

/// API Gateway's own answer if it could not call the function or got no answer from it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct GatewayError {
    /// The error in a few words, for people.
    #[schemars(example = "Service Unavailable")]
    message: String,
}

/// The statuses of API Gateway's own answers on every existing route.
const GATEWAY: [u16; 3] = [429, 500, 503];

/// Returns the headers that answers refer to.
pub(super) fn headers() -> Value {
    let text = |description: &str, example: &str, required: bool| {
        json!({
            "description": description,
            "required": required,
            "schema": { "type": "string" },
            "example": example,
        })
    };
    json!({
        "X-Request-Id": text("The id of the request. Give it when you ask for help.", "RqSouk0301FiAEJmg=", true),
        "ETag": text("The version of the answer, for `If-None-Match`.", "\"8rPq0mYw\"", true),
        "Location": text("The address that the browser continues at.", "https://shop.example.com/cart", true),
        "Set-Cookie": text("The tokens as cookies that scripts cannot read.", "__Host-souk-user=...; Secure", true),
        "WWW-Authenticate": text("The scheme of the access token.", "Bearer", true),
        "Idempotency-Replayed": {
            "description": "This is the answer to an earlier request with the same `Idempotency-Key`.",
            "required": false,
            "schema": { "type": "string", "const": "true" },
        },
        "Retry-After": {
            "description": "The seconds after which to retry.",
            "required": false,
            "schema": { "type": "integer", "minimum": 1 },
            "example": 30,
        },
        "RateLimit-Policy": text("The limit: `q` requests within `w` seconds.", "\"login_user\";q=10;w=60", false),
        "RateLimit": text("`r` requests are left now, and the next one is allowed after `t` seconds.", "\"login_user\";r=9;t=0", false),
    })
}

pub(super) fn responses<E: Endpoint>(schemas: &mut Schemas) -> Map<String, Value> {
    let mut success = json!({ "description": "Done." });
    if let Some(schema) = E::Output::schema(&mut schemas.answers) {
        success["content"] = json!({ E::Output::MEDIA_TYPE: { "schema": schema } });
    } else if E::Output::STATUS == 200 {
        success["content"] = json!({ E::Output::MEDIA_TYPE: {} });
    }
    let mut own = vec!["X-Request-Id"];
    own.extend(E::Output::HEADERS);
    if E::Output::TAGGED {
        own.push("ETag");
    }
    if E::IDEMPOTENT != Idempotent::No {
        own.push("Idempotency-Replayed");
    }
    let limits: &[&str] = if E::LIMIT.is_some() { &["RateLimit-Policy", "RateLimit"] } else { &[] };
    own.extend(limits);
    success["headers"] = refer(&own);
    let mut responses = Map::from_iter([(E::Output::STATUS.to_string(), success)]);
    if E::Output::TAGGED {
        let mut same =
            json!({ "description": "The answer has not changed: its `ETag` is the one in `If-None-Match`." });
        same["headers"] = refer(&[&["X-Request-Id", "ETag"], limits].concat());
        responses.insert("304".to_owned(), same);
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = GATEWAY.into_iter().map(|status| (status, Vec::new())).collect();
    for code in problems_of::<E>() {
        by_status.entry(code.status()).or_default().push(code);
    }
    for (status, codes) in by_status {
        responses.insert(status.to_string(), refusal(status, &codes, limits));
    }
    responses
}

/// Returns the refusals with one status.
fn refusal(status: u16, codes: &[Code], limits: &[&str]) -> Value {
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut content = Map::new();
    let mut headers = Vec::new();
    if !codes.is_empty() {
        let narrowed = json!({
            "allOf": [{ "$ref": "#/components/schemas/Problem" }],
            "type": "object",
            "properties": {
                "status": { "type": "integer", "const": status },
                "code": { "type": "string", "enum": names },
            },
            "required": ["status", "code"],
        });
        content.insert("application/problem+json".into(), json!({ "schema": narrowed }));
    }
    let mut quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if GATEWAY.contains(&status) || status == 413 {
        content.insert("application/json".into(), json!({ "schema": { "$ref": "#/components/schemas/GatewayError" } }));
        quoted.push("or an answer of API Gateway itself".to_owned());
    } else {
        headers.push("X-Request-Id");
    }
    if codes.contains(&Code::NotSignedIn) && codes.len() == 1 {
        headers.push("WWW-Authenticate");
    }
    if matches!(status, 429 | 503) {
        headers.push("Retry-After");
    }
    headers.extend(limits);
    let mut response = json!({ "description": quoted.join(", "), "content": content });
    if !headers.is_empty() {
        response["headers"] = refer(&headers);
    }
    response
}

fn refer(names: &[&str]) -> Value {
    let refer = |name: &&str| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }));
    Value::Object(names.iter().map(refer).collect())
}

/// Moves refusals that several operations share to the components, and names them after their codes.
pub(super) fn shared_responses(document: &mut Value) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    each_refusal(document, &mut |response| *seen.entry(response.to_string()).or_default() += 1);
    let mut shared = Map::new();
    each_refusal(document, &mut |response| {
        let codes: Vec<String> = response["description"]
            .as_str()
            .unwrap_or_default()
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        let limited = response["headers"].get("RateLimit").is_some();
        if seen.get(&response.to_string()).is_some_and(|&times| times > 1) && codes.len() <= 2 && !limited {
            let name = match codes.join("_or_").as_str() {
                "" => "GatewayThrottled".to_owned(),
                codes => camel_case(codes),
            };
            let refer = json!({ "$ref": format!("#/components/responses/{name}") });
            shared.insert(name, std::mem::replace(response, refer));
        }
    });
    document["components"]["responses"] = Value::Object(shared);
}

fn each_refusal(document: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.filter_map(|(_, methods)| methods.as_object_mut()).flatten();
    for (_, operation) in operations {
        let responses = operation["responses"].as_object_mut().into_iter().flatten();
        responses.filter(|(status, _)| status.starts_with(['4', '5'])).for_each(|(_, response)| visit(response));
    }
}
