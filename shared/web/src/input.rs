//! What a function reads from a request, as a type: `(Path<Slug>, Body<Input>)`.

use deserr::Deserr;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::{Code, FieldError, FieldErrors, Incoming, Problem};

/// The longest body that is read: 64 KiB. The largest honest one, a product with 100 SKUs, has a third of that.
pub(crate) const MAX_BODY: usize = 64 * 1_024;

/// Something that can be read from a request, and described.
pub trait FromRequest: Sized + Send {
    /// Reads it.
    ///
    /// # Errors
    /// A 4xx problem that names everything that is wrong.
    fn read(request: &Incoming) -> Result<Self, Problem>;

    /// Adds what it reads to an operation of the API document.
    fn describe(_operation: &mut Described, _generator: &mut SchemaGenerator) {}

    /// What reading it may answer with.
    fn problems() -> Vec<Code> {
        Vec::new()
    }
}

/// An operation's inputs in the API document.
#[derive(Debug, Default)]
pub struct Described {
    /// The object schema whose properties are the path's parameters.
    pub path: Option<Schema>,
    /// The object schema whose properties are the query's parameters.
    pub query: Option<Schema>,
    /// The headers, as parameters in OpenAPI.
    pub headers: Vec<Value>,
    /// The JSON body's schema.
    pub body: Option<Schema>,
}

/// A JSON body.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

/// The parameters in the path. What cannot be the name of anything is answered with 404.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

/// The parameters in the query.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// The body as it came and the headers, for callers who sign what they send.
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
        let mut value: Value = serde_json::from_slice(&request.body).map_err(|error| {
            let detail = format!("line {}, column {}", error.line(), error.column());
            Problem::new(Code::MalformedJson).detail(detail)
        })?;
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

/// Makes integers of numbers such as `1.0` and `1e2`: to JSON and to JSON Schema they are integers, however they are spelt.
/// Numbers from 2^53 on are left alone, because they may have been rounded.
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

/// What calls, as far as it says so itself: for people who look at their sessions, never for a decision alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The `User-Agent`, at most 200 characters.
    pub agent: String,
    /// The network address, as API Gateway saw it.
    pub address: String,
}

impl FromRequest for Device {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        let agent = request.header("user-agent").unwrap_or_default();
        let agent = agent.chars().filter(|c| !c.is_control()).take(200).collect();
        Ok(Self { agent, address: request.address.clone() })
    }
}
