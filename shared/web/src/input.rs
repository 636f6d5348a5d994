//! The input of an endpoint as a type, such as `(Path<GetShopPath>, Body<ShopChange>)`.

use deserr::Deserr;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::{Code, FieldError, FieldErrors, Incoming, Problem, json};

/// The largest accepted body: 64 KiB. The largest legitimate one, a product with 100 SKUs, has a third of that.
pub(crate) const MAX_BODY: usize = 64 * 1_024;

/// A type that an endpoint reads from a request, and that the API document describes.
pub trait FromRequest: Sized + Send {
    /// Reads the value from a request.
    ///
    /// # Errors
    /// A 4xx problem that names every error.
    fn read(request: &Incoming) -> Result<Self, Problem>;

    /// Adds the parameters and the body to an operation of the API document.
    fn describe(_operation: &mut Described, _generator: &mut SchemaGenerator) {}

    /// Returns the codes of the problems that [`FromRequest::read`] returns.
    fn problems() -> Vec<Code> {
        Vec::new()
    }
}

/// The inputs of an operation in the API document.
#[derive(Debug, Default)]
pub struct Described {
    /// The object schema whose properties are the parameters of the path.
    pub path: Option<Schema>,
    /// The object schema whose properties are the parameters of the query.
    pub query: Option<Schema>,
    /// The headers, as parameters of OpenAPI.
    pub headers: Vec<Value>,
    /// The schema of the JSON body.
    pub body: Option<Schema>,
}

/// A JSON body.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

/// The parameters of the path. A value that no object can have is answered with 404.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

/// The parameters of the query.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// The unparsed body and the headers, for callers who sign their requests.
#[derive(Debug, Clone)]
pub struct RawBody {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The headers.
    pub headers: http::HeaderMap,
}

impl FromRequest for () {
    fn read(_: &Incoming) -> Result<Self, Problem> {
        Ok(())
    }
}

impl<T: Deserr<FieldErrors> + JsonSchema + Send> FromRequest for Body<T> {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        if request.body.len() > MAX_BODY {
            return Err(Problem::new(Code::PayloadTooLarge).detail(format!("at most {MAX_BODY} bytes are read")));
        }
        let media_type = request.header("content-type").unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Code::UnsupportedMediaType.into());
        }
        let mut value = json::read(&request.body)?;
        whole_numbers(&mut value);
        Ok(Self(deserr::deserialize::<T, Value, FieldErrors>(value)?))
    }

    fn describe(operation: &mut Described, generator: &mut SchemaGenerator) {
        operation.body = Some(generator.subschema_for::<T>());
    }

    fn problems() -> Vec<Code> {
        vec![Code::MalformedJson, Code::PayloadTooLarge, Code::UnsupportedMediaType, Code::InvalidInput]
    }
}

/// Turns numbers such as `1.0` and `1e2` into integers, because JSON Schema counts them as integers.
/// Numbers from 2^53 on stay as they are, because they may have been rounded.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            const EXACT: f64 = 9_007_199_254_740_992.0;
            let whole = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT);
            if let Some(whole) = whole.and_then(|float| format!("{float:.0}").parse::<i64>().ok()) {
                *value = whole.into();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

impl<T: Deserr<FieldErrors> + JsonSchema + Send> FromRequest for Path<T> {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        deserr::deserialize::<T, Value, FieldErrors>(Value::Object(request.path.clone()))
            .map(Self)
            .map_err(|_| Problem::new(Code::NotFound))
    }

    fn describe(operation: &mut Described, generator: &mut SchemaGenerator) {
        operation.path = Some(T::json_schema(generator));
    }

    fn problems() -> Vec<Code> {
        vec![Code::NotFound]
    }
}

impl<T: Deserr<FieldErrors> + JsonSchema + Send> FromRequest for Query<T> {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        for name in &request.repeated {
            errors.0.push(FieldError::new(format!("?{name}"), "repeated", "may be given once only"));
        }
        let parsed = deserr::deserialize::<T, Value, FieldErrors>(Value::Object(Map::clone(&request.query)));
        match parsed {
            Ok(query) if errors.0.is_empty() => Ok(Self(query)),
            Ok(_) => Err(errors.into()),
            Err(more) => {
                errors.0.extend(more.0.into_iter().map(|error| FieldError {
                    pointer: format!("?{}", error.pointer.trim_start_matches('/')),
                    ..error
                }));
                Err(errors.into())
            }
        }
    }

    fn describe(operation: &mut Described, generator: &mut SchemaGenerator) {
        operation.query = Some(T::json_schema(generator));
    }

    fn problems() -> Vec<Code> {
        vec![Code::InvalidInput]
    }
}

impl FromRequest for RawBody {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        // Stripe's largest events have some 30 KB; twice our own limit leaves room.
        if request.body.len() > 2 * MAX_BODY {
            return Err(Code::PayloadTooLarge.into());
        }
        Ok(Self { bytes: request.body.clone(), headers: request.headers.clone() })
    }

    fn describe(operation: &mut Described, _: &mut SchemaGenerator) {
        operation.body = Some(Schema::default());
        operation.headers.push(serde_json::json!({
            "name": "Stripe-Signature",
            "in": "header",
            "required": true,
            "description": "When the body was sent, and its HMAC under the webhook's secret.",
            "schema": { "type": "string" },
            "example": "t=1790000000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
        }));
    }

    fn problems() -> Vec<Code> {
        vec![Code::PayloadTooLarge]
    }
}

impl<A: FromRequest, B: FromRequest> FromRequest for (A, B) {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        Ok((A::read(request)?, B::read(request)?))
    }

    fn describe(operation: &mut Described, generator: &mut SchemaGenerator) {
        A::describe(operation, generator);
        B::describe(operation, generator);
    }

    fn problems() -> Vec<Code> {
        [A::problems(), B::problems()].concat()
    }
}

/// The client and its address, as the client states them. People see them in their list of sessions. No decision
/// depends on them alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The `User-Agent`, at most 200 characters.
    pub agent: String,
    /// The network address that API Gateway saw.
    pub address: String,
}

impl FromRequest for Device {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        let agent = request.header("user-agent").unwrap_or_default();
        let agent = agent.chars().filter(|c| !c.is_control()).take(200).collect();
        Ok(Self { agent, address: request.address.clone() })
    }
}
