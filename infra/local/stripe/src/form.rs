//! Stripe's request encoding: `line_items[0][price_data][currency]=eur`, parsed strictly.
//!
//! Stripe refuses unknown parameters. A stand-in that ignored a misspelt parameter would hide the mistake until
//! production. Parameters that Stripe has and this stand-in does not implement are refused as well.

use serde::de::DeserializeOwned;

use crate::error::{ApiError, Refusal};

/// The maximum nesting of brackets; `payment_intent_data[shipping][address][city]` has three.
const MAX_DEPTH: usize = 8;

/// The parameters of a call, from the query or the body, by their purpose.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// The operation's own parameters, still encoded.
    params: String,
    /// `expand[]`: the ids that the answer replaces by objects.
    pub(crate) expand: Vec<String>,
    /// The requested page of a list.
    pub(crate) page: Page,
}

/// The parameters that all lists share.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) limit: Option<String>,
    pub(crate) starting_after: Option<String>,
    pub(crate) ending_before: Option<String>,
}

impl Form {
    /// Sorts the pairs of an encoded query or body. `is_list` says whether the operation takes the parameters of
    /// [`Page`].
    pub(crate) fn sort(encoded: &str, is_list: bool) -> Result<Self, ApiError> {
        let mut form = Self::default();
        let mut params = Vec::new();
        for pair in encoded.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (percent_decode(name)?, percent_decode(value)?);
            match name.as_str() {
                _ if name == "expand" || name.starts_with("expand[") => form.expand.push(value),
                "limit" if is_list => form.page.limit = Some(value),
                "starting_after" if is_list => form.page.starting_after = Some(value),
                "ending_before" if is_list => form.page.ending_before = Some(value),
                _ => params.push(pair),
            }
        }
        form.params = params.join("&");
        Ok(form)
    }

    /// Decodes the operation's own parameters.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let config = serde_qs::Config::new().max_depth(MAX_DEPTH).use_form_encoding(true);
        let deserializer = serde_qs::Deserializer::with_config(config, self.params.as_bytes())
            .map_err(|error| Refusal::invalid(format!("Invalid request body: {error}")))?;
        serde_path_to_error::deserialize(deserializer).map_err(|error| explain(&error))
    }
}

fn percent_decode(encoded: &str) -> Result<String, ApiError> {
    let config = serde_qs::Config::new().use_form_encoding(true);
    let mut pair: std::collections::BTreeMap<String, String> = config
        .deserialize_str(&format!("v={encoded}"))
        .map_err(|_| Refusal::invalid("Invalid request body: broken percent encoding."))?;
    Ok(pair.remove("v").unwrap_or_default())
}

/// Converts a decoding error to Stripe's message and names the parameter in Stripe's bracket notation.
fn explain(error: &serde_path_to_error::Error<serde_qs::Error>) -> ApiError {
    let at = bracketed(&error.path().to_string());
    let reason = error.inner().to_string();
    if reason.starts_with("unknown field `") {
        let refusal = Refusal::invalid(format!("Received unknown parameter: {at}"));
        return refusal.code("parameter_unknown").param(at);
    }
    if let Some(field) = between(&reason, "missing field `", "`") {
        let param = if at.is_empty() { field.to_owned() } else { format!("{at}[{field}]") };
        let refusal = Refusal::invalid(format!("Missing required param: {param}."));
        return refusal.code("parameter_missing").param(param);
    }
    if let Some(text) = between(&reason, "invalid type: string \"", "\", expected i")
        .or_else(|| between(&reason, "invalid type: string \"", "\", expected u"))
    {
        return Refusal::invalid(format!("Invalid integer: {text}")).code("parameter_invalid_integer").param(at);
    }
    Refusal::invalid(format!("Invalid {at}: {reason}")).param(at)
}

fn between<'a>(text: &'a str, opening: &str, closing: &str) -> Option<&'a str> {
    text.split_once(opening).and_then(|(_, rest)| rest.split_once(closing)).map(|(inner, _)| inner)
}

/// Converts `line_items[0].price_data.currency` to `line_items[0][price_data][currency]`.
fn bracketed(path: &str) -> String {
    let mut parts = path.split('.').filter(|part| !matches!(*part, "" | "?"));
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // An index keeps its own brackets: `price_data[0]` is the key `price_data` and the index `[0]`.
        let (key, index) = part.find('[').map_or((part, ""), |at| part.split_at(at));
        name.push_str(&format!("[{key}]{index}"));
    }
    name
}
