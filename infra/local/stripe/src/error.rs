//! Refusals in Stripe's shape: <https://docs.stripe.com/api/errors>.

use serde_json::{Value, json};

/// The result of an API operation.
pub(crate) type ApiResult = Result<Value, ApiError>;

/// A refused call. It is boxed because it is large and rare.
pub(crate) type ApiError = Box<Refusal>;

/// The fields of Stripe's error object, and the HTTP status.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    kind: &'static str,
    pub(crate) code: Option<&'static str>,
    pub(crate) decline_code: Option<&'static str>,
    pub(crate) message: String,
    param: Option<String>,
    charge: Option<String>,
    payment_intent: Option<Value>,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            code: None,
            decline_code: None,
            message: message.into(),
            param: None,
            charge: None,
            payment_intent: None,
        }
    }

    /// An invalid request, or one that the object's state does not allow.
    pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
        Box::new(Self::new(400, "invalid_request_error", message))
    }

    /// The object does not exist in this account.
    pub(crate) fn missing(noun: &str, id: &str, param: &str) -> ApiError {
        let refusal = Self::new(404, "invalid_request_error", format!("No such {noun}: '{id}'"));
        Box::new(refusal).code("resource_missing").param(param)
    }

    /// The operation does not exist.
    pub(crate) fn unknown_url(method: &str, path: &str) -> ApiError {
        let message = format!(
            "Unrecognized request URL ({method}: {path}). If Stripe has it, the local stand-in has to learn it first."
        );
        Box::new(Self::new(404, "invalid_request_error", message))
    }

    /// The secret key is missing or wrong.
    pub(crate) fn unauthorized(message: impl Into<String>) -> ApiError {
        Box::new(Self::new(401, "invalid_request_error", message))
    }

    /// The idempotency key was used for a different request.
    pub(crate) fn idempotency(key: &str) -> ApiError {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using \
             a key other than '{key}' if you meant to execute a different request."
        );
        Box::new(Self::new(400, "idempotency_error", message))
    }

    /// The bank declined the card.
    pub(crate) fn card(code: &'static str, decline_code: Option<&'static str>, message: &str) -> ApiError {
        let mut refusal = Box::new(Self::new(402, "card_error", message)).code(code);
        refusal.decline_code = decline_code;
        refusal
    }

    /// A failure of Stripe that a developer requested.
    pub(crate) fn requested_fault(status: u16) -> ApiError {
        let kind = if status == 429 { "invalid_request_error" } else { "api_error" };
        Box::new(Self::new(status, kind, "This failure was requested by POST /_local/faults."))
    }

    pub(crate) fn code(mut self: Box<Self>, code: &'static str) -> ApiError {
        self.code = Some(code);
        self
    }

    pub(crate) fn param(mut self: Box<Self>, param: impl Into<String>) -> ApiError {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn of_payment(mut self: Box<Self>, charge: String, payment_intent: Value) -> ApiError {
        self.charge = Some(charge);
        self.payment_intent = Some(payment_intent);
        self
    }

    /// Returns the error object. Like Stripe, it leaves out absent fields.
    pub(crate) fn render(&self) -> Value {
        let mut error = json!({ "type": self.kind, "message": self.message });
        let optional = [
            ("code", self.code.map(Value::from)),
            ("decline_code", self.decline_code.map(Value::from)),
            ("param", self.param.clone().map(Value::from)),
            ("charge", self.charge.clone().map(Value::from)),
            ("payment_intent", self.payment_intent.clone()),
            (
                "doc_url",
                self.code.map(|code| format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")).into()),
            ),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                error[name] = value;
            }
        }
        error
    }
}
