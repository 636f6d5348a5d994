//! The operations of the API document, for checking answers against them.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::Value;

use crate::{Failed, Result};

/// The checked-in document. Another test checks that it matches the functions.
static DOCUMENT: &str = include_str!("../../../openapi.json");

static OPERATIONS: LazyLock<BTreeMap<String, Operation>> = LazyLock::new(|| read(DOCUMENT));

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
    /// The codes of the refusals by status; empty for a success.
    answers: BTreeMap<u16, Vec<String>>,
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

impl Operation {
    /// Checks an answer against the document.
    ///
    /// # Errors
    /// Says what the document does not declare.
    pub fn check(&self, status: u16, body: &Value) -> std::result::Result<(), String> {
        let Some(codes) = self.answers.get(&status) else {
            return Err(format!("{} does not declare the status {status}", self.id));
        };
        if status < 400 {
            return Ok(());
        }
        let code = body["code"].as_str().unwrap_or_default();
        if body["status"] != status {
            return Err(format!("the status {status} came without a problem document of the same status"));
        }
        if codes.iter().any(|declared| declared == code) {
            return Ok(());
        }
        Err(format!("{} does not declare the code `{code}` with the status {status}", self.id))
    }

    /// Returns the declared refusals as pairs of status and code.
    pub fn refusals(&self) -> impl Iterator<Item = (u16, &str)> {
        self.answers.iter().flat_map(|(status, codes)| codes.iter().map(|code| (*status, code.as_str())))
    }
}

fn read(document: &str) -> BTreeMap<String, Operation> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
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
                answers: responses.filter_map(|(status, response)| answers(status, response)).collect(),
            };
            operations.insert(id, operation);
        }
    }
    operations
}

fn answers(status: &str, response: &Value) -> Option<(u16, Vec<String>)> {
    let status = status.parse().ok()?;
    let names = response["description"].as_str().unwrap_or_default();
    let codes = names.split(", ").filter_map(|name| name.strip_prefix('`')?.strip_suffix('`'));
    Some((status, codes.map(str::to_owned).collect()))
}

/// Returns the kinds of principals. `seller_bearer` and `seller_cookie` are two ways to sign in as a seller.
fn audiences(security: &Value) -> Vec<String> {
    let schemes = security.as_array().into_iter().flatten().filter_map(Value::as_object).flat_map(|way| way.keys());
    schemes.filter_map(|scheme| scheme.strip_suffix("_bearer")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> String {
        let problem = |codes: &str| json!({ "description": codes });
        json!({ "paths": { "/v1/things": { "post": {
            "operationId": "create_thing",
            "requestBody": {},
            "security": [{ "seller_bearer": [] }, { "seller_cookie": [] }],
            "responses": { "201": { "description": "Done." }, "409": problem("`no_shop`, `slug_taken`") },
        } } } })
        .to_string()
    }

    #[test]
    fn an_operation_has_its_callers_and_its_refusals() {
        let operation = &read(&document())["create_thing"];
        assert_eq!((operation.method.as_str(), operation.path.as_str()), ("POST", "/v1/things"));
        assert_eq!(operation.audiences, ["seller"]);
        assert_eq!(operation.refusals().collect::<Vec<_>>(), [(409, "no_shop"), (409, "slug_taken")]);
    }

    #[test]
    fn an_undeclared_answer_is_an_error() {
        let operation = &read(&document())["create_thing"];
        let problem = |code: &str, status: u16| json!({ "code": code, "status": status });
        assert_eq!(operation.check(201, &json!({})), Ok(()));
        assert_eq!(operation.check(409, &problem("no_shop", 409)), Ok(()));
        for (status, body) in [(200, json!({})), (409, problem("cart_empty", 409)), (409, json!({})), (500, json!({}))]
        {
            assert!(operation.check(status, &body).is_err(), "{status} {body}");
        }
    }
}
