//! The examples in the API document. Those of requests come from the sample events, those of answers from the schemas.

use serde_json::{Map, Value, json};

/// Returns the example of a field with a plain type, by its name. Other types have examples in their own schemas.
fn by_name(name: &str) -> Option<Value> {
    Some(match name {
        "access_token" => json!("eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.eyJpc3MiOiJzb3VrIn0.c2lnbmF0dXJl"),
        "address" => json!("203.0.113.7"),
        "agent" => json!("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"),
        "alg" => json!("EdDSA"),
        "amount" | "max_price" | "min_price" | "unit_price" => json!(1299),
        "basis_points" | "commission" => json!(1000),
        "blur" => json!("1QcSHQRnh493V4dIh4eXh1h4kJUI"),
        "code" => json!("malformed"),
        "column" => json!("price"),
        "crv" => json!("Ed25519"),
        "detail" => json!("must be a whole number"),
        "did_you_mean" => json!("blue mug"),
        "expires_in" => json!(900),
        "fields" => {
            json!({ "key": "uploads/media_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6", "policy": "eyJleHBpcmF0aW9uIjoiMjAyNiJ9" })
        }
        "followers" | "count" | "in_stock" | "on_offer" | "total" | "sold" => json!(42),
        "height" => json!(900),
        "kid" => json!("c291ay1zaWcw"),
        "kty" => json!("OKP"),
        "link" => json!("/orders/order_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6"),
        "max_bytes" => json!(15_000_000),
        "name" => json!("www.example.com"),
        "next" => json!("b2Zmc2V0LTIwLW9mLXRoaXMtbGlzdA"),
        "options" => json!("Blue / XL"),
        "pieces" | "quantity" => json!(2),
        "picture" | "url" => json!("https://souk.example/media/0192f3a4b5c67d8e9fa0b1c2d3e4f5a6/800.webp"),
        "recovery_codes" => json!(["MFRGG-ZDFMZ"]),
        "recovery_codes_left" => json!(9),
        "refresh_expires_in" => json!(604_800),
        "refresh_token" | "reset_token" => json!("b3BhcXVlLWFuZC1nb29kLW9uY2U"),
        "secret" => json!("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
        "text" => json!("Two pieces of Stoneware mug were sold."),
        "texts" => json!(["blue mug"]),
        "title" => json!("New order"),
        "token_type" => json!("Bearer"),
        "uri" => json!("otpauth://totp/Souk:ann%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Souk"),
        "use" => json!("sig"),
        "value" => json!("Blue"),
        "version" => json!(3),
        "width" => json!(1200),
        "x" => json!("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
        _ => return None,
    })
}

/// Returns the body of a sample event.
pub(super) fn of_body(event: Option<&Value>) -> Option<Value> {
    serde_json::from_str(event?["body"].as_str()?).ok()
}

/// Sets the examples of the parameters from a sample event.
pub(super) fn of_parameters(parameters: &mut [Value], event: Option<&Value>) {
    for parameter in parameters {
        let from = match parameter["in"].as_str() {
            Some("path") => "pathParameters",
            Some("query") => "queryStringParameters",
            _ => continue,
        };
        let name = parameter["name"].as_str().unwrap_or_default();
        if let Some(text) = event.and_then(|event| event[from][name].as_str()) {
            // `add` converts it to its type later, when the schemas are complete.
            parameter["example"] = text.into();
        }
    }
}

/// Adds an example to every success, and converts the parameters' examples to the types of their schemas.
pub(super) fn add(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in paths.filter_map(|(_, methods)| methods.as_object_mut()).flatten() {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(text) = parameter["example"].as_str() {
                let typed = typed(text, &parameter["schema"], &schemas);
                parameter["example"] = typed;
            }
        }
        let successes = operation["responses"].as_object_mut().into_iter().flatten();
        for (_, response) in successes.filter(|(status, _)| status.starts_with('2')) {
            // `get_mut`, because an index into a JSON object inserts a null where the key is missing.
            let contents = response.get_mut("content").and_then(Value::as_object_mut);
            for (_, content) in contents.into_iter().flatten() {
                if content.get("schema").is_some() {
                    content["example"] = sample("", &content["schema"], &schemas, &[]).unwrap_or_default();
                }
            }
        }
    }
}

/// Converts the text of a parameter to the type of its schema.
fn typed(text: &str, schema: &Value, schemas: &Value) -> Value {
    let schema = resolve(schema, schemas);
    match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().map_or(json!(text), Value::from),
        Some("boolean") => json!(text == "true"),
        Some("array") => text.split(',').map(|value| typed(value, &schema["items"], schemas)).collect(),
        _ => json!(text),
    }
}

fn resolve<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        Some(name) => &schemas[name],
        None => schema,
    }
}

/// Returns a value that a schema allows, with every optional field. `within` names the enclosing schemas. Returns
/// `None` for a schema that contains itself, so that the field is left out.
fn sample(name: &str, schema: &Value, schemas: &Value, within: &[&str]) -> Option<Value> {
    if let Some(example) = schema["examples"].get(0).or_else(|| schema["enum"].get(0)).or_else(|| schema.get("const")) {
        return Some(example.clone());
    }
    if let Some(to) = schema["$ref"].as_str() {
        let resolved = resolve(schema, schemas);
        return if within.contains(&to) { None } else { sample(name, resolved, schemas, &[within, &[to]].concat()) };
    }
    let mut fields = Map::new();
    let either = ["oneOf", "anyOf"].iter().filter_map(|of| schema[*of].get(0));
    for part in either.chain(schema["allOf"].as_array().into_iter().flatten()) {
        match sample(name, part, schemas, within)? {
            Value::Object(more) => fields.extend(more),
            other => return Some(other),
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = sample(name, property, schemas, within) {
            fields.insert(name.clone(), value);
        }
    }
    if !fields.is_empty() {
        return Some(Value::Object(fields));
    }
    if let Some(example) = by_name(name).filter(|_| schema.get("format").is_none_or(|format| format != "date-time")) {
        return Some(example);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"].get(0).and_then(Value::as_str));
    Some(match (kind, schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => json!("2026-11-21T05:39:12.234Z"),
        (Some("string"), Some("uri")) => json!("https://souk.example/"),
        (Some("string"), _) => json!("..."),
        (Some("integer" | "number"), _) => {
            schema.get("minimum").cloned().filter(|least| *least != json!(0)).unwrap_or(json!(1))
        }
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => {
            let length = schema["minItems"].as_u64().unwrap_or(1).max(1);
            (0..length).filter_map(|_| sample(name, &schema["items"], schemas, within)).collect()
        }
        (Some("object"), _) => json!({}),
        _ => Value::Null,
    })
}
