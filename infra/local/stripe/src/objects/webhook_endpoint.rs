//! Webhook endpoints: <https://docs.stripe.com/api/webhook_endpoints>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::values::{self, Metadata, NoParams};
use crate::API_VERSION;
use crate::error::{ApiResult, Refusal};
use crate::form::Page;
use crate::lists;
use crate::state::{Resource, Stripe, machine_time, new_id};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    url: String,
    enabled_events: Vec<String>,
    api_version: Option<String>,
    description: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

/// A receiver of events.
#[derive(Debug, Clone)]
pub(crate) struct WebhookEndpoint {
    id: String,
    created: i64,
    pub(crate) url: String,
    pub(crate) secret: String,
    enabled_events: Vec<String>,
    description: Option<String>,
    metadata: Metadata,
    /// Whether it comes from the settings, so that a reset keeps it.
    pub(crate) from_settings: bool,
}

impl WebhookEndpoint {
    /// Creates an endpoint from the settings. It listens to all events.
    pub(crate) fn from_settings(url: String, secret: String) -> Self {
        Self {
            id: new_id("we"),
            created: machine_time(),
            url,
            secret,
            enabled_events: vec!["*".to_owned()],
            description: None,
            metadata: Metadata::new(),
            from_settings: true,
        }
    }

    pub(crate) fn listens_to(&self, kind: &str) -> bool {
        self.enabled_events.iter().any(|enabled| enabled == "*" || enabled == kind)
    }
}

/// `POST /v1/webhook_endpoints`. Only this answer contains the secret.
pub(crate) fn create(stripe: &mut Stripe, params: Create) -> ApiResult {
    if params.enabled_events.is_empty() {
        return Err(Refusal::invalid("Missing required param: enabled_events.")
            .code("parameter_missing")
            .param("enabled_events"));
    }
    if params.api_version.is_some_and(|version| version != API_VERSION) {
        let message = format!("The local stand-in sends events of version {API_VERSION} only.");
        return Err(Refusal::invalid(message).param("api_version"));
    }
    let endpoint = WebhookEndpoint {
        id: new_id("we"),
        created: stripe.now(),
        url: values::url(&params.url, "url")?,
        secret: new_id("whsec"),
        enabled_events: params.enabled_events,
        description: params.description,
        metadata: params.metadata,
        from_settings: false,
    };
    let mut answer = endpoint.render();
    answer["secret"] = endpoint.secret.clone().into();
    stripe.webhook_endpoints.insert(endpoint);
    Ok(answer)
}

/// `DELETE /v1/webhook_endpoints/{id}`
pub(crate) fn delete(stripe: &mut Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.webhook_endpoints.remove(id)?;
    Ok(json!({ "id": id, "object": "webhook_endpoint", "deleted": true }))
}

/// `GET /v1/webhook_endpoints`
pub(crate) fn list(stripe: &Stripe, page: &Page, _: &NoParams) -> ApiResult {
    lists::list(&stripe.webhook_endpoints, page, "/v1/webhook_endpoints", |_| true)
}

/// `GET /v1/webhook_endpoints/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.webhook_endpoints.get(id).map(Resource::render)
}

impl Resource for WebhookEndpoint {
    const NOUN: &'static str = "webhook endpoint";
    const PARAM: &'static str = "webhook_endpoint";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "webhook_endpoint",
            "api_version": API_VERSION,
            "application": null,
            "created": self.created,
            "description": self.description,
            "enabled_events": self.enabled_events,
            "livemode": false,
            "metadata": self.metadata,
            "status": "enabled",
            "url": self.url,
        })
    }
}
