//! Connected accounts, one for every seller: <https://docs.stripe.com/api/accounts>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::values::{self, Metadata, NoParams};
use crate::error::{ApiError, ApiResult, Refusal};
use crate::form::Page;
use crate::lists;
use crate::state::{Resource, Stripe, new_id};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    #[serde(rename = "type")]
    kind: Option<AccountType>,
    country: Option<String>,
    controller: Option<Controller>,
    email: Option<String>,
    business_type: Option<BusinessType>,
    #[serde(default)]
    business_profile: BusinessProfile,
    #[serde(default)]
    capabilities: BTreeMap<String, Capability>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Update {
    email: Option<String>,
    business_type: Option<BusinessType>,
    #[serde(default)]
    business_profile: BusinessProfile,
    #[serde(default)]
    capabilities: BTreeMap<String, Capability>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AccountType {
    Custom,
    Express,
    Standard,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BusinessType {
    Company,
    GovernmentEntity,
    Individual,
    NonProfit,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Capability {
    requested: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BusinessProfile {
    mcc: Option<String>,
    name: Option<String>,
    product_description: Option<String>,
    support_email: Option<String>,
    url: Option<String>,
}

/// The responsibilities in the account, which decide its kind in place of `type`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Controller {
    fees: Option<Fees>,
    losses: Option<Losses>,
    requirement_collection: Option<String>,
    stripe_dashboard: Option<Dashboard>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fees {
    payer: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Losses {
    payments: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dashboard {
    #[serde(rename = "type")]
    kind: String,
}

/// The capabilities that a marketplace requests.
const CAPABILITIES: [&str; 2] = ["card_payments", "transfers"];

#[derive(Debug)]
pub(crate) struct Account {
    id: String,
    created: i64,
    kind: Option<AccountType>,
    controller: Controller,
    country: String,
    email: Option<String>,
    business_type: Option<BusinessType>,
    business_profile: BusinessProfile,
    requested: BTreeMap<String, bool>,
    metadata: Metadata,
    /// Whether the seller has completed Stripe's onboarding.
    pub(crate) onboarded: bool,
}

/// `POST /v1/accounts`
pub(crate) fn create(stripe: &mut Stripe, params: Create) -> ApiResult {
    if params.kind.is_some() && params.controller.is_some() {
        return Err(Refusal::invalid("You may only specify one of these parameters: type, controller."));
    }
    let mut account = Account {
        id: new_id("acct"),
        created: stripe.now(),
        controller: params.controller.unwrap_or_else(|| Controller::of(params.kind.unwrap_or(AccountType::Standard))),
        kind: params.kind,
        country: params.country.unwrap_or_else(|| "US".to_owned()).to_ascii_uppercase(),
        email: None,
        business_type: None,
        business_profile: BusinessProfile::default(),
        requested: BTreeMap::new(),
        metadata: Metadata::new(),
        onboarded: false,
    };
    if account.country.len() != 2 {
        let message =
            format!("Country '{}' is unknown. Try using a 2-character alphanumeric country code.", account.country);
        return Err(Refusal::invalid(message).code("country_unsupported").param("country"));
    }
    account.apply(Update {
        email: params.email,
        business_type: params.business_type,
        business_profile: params.business_profile,
        capabilities: params.capabilities,
        metadata: params.metadata,
    })?;
    let answer = account.render();
    stripe.accounts.insert(account);
    Ok(answer)
}

/// `POST /v1/accounts/{id}`
pub(crate) fn update(stripe: &mut Stripe, id: &str, params: Update) -> ApiResult {
    let account = stripe.accounts.get_mut(id)?;
    account.apply(params)?;
    let answer = account.render();
    stripe.emit("account.updated", answer.clone());
    Ok(answer)
}

/// `DELETE /v1/accounts/{id}`
pub(crate) fn delete(stripe: &mut Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.accounts.remove(id)?;
    Ok(json!({ "id": id, "object": "account", "deleted": true }))
}

/// `GET /v1/accounts`
pub(crate) fn list(stripe: &Stripe, page: &Page, _: &NoParams) -> ApiResult {
    lists::list(&stripe.accounts, page, "/v1/accounts", |_| true)
}

/// `GET /v1/accounts/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.accounts.get(id).map(Resource::render)
}

/// Marks the onboarding as completed.
pub(crate) fn finish_onboarding(stripe: &mut Stripe, id: &str) -> Result<(), ApiError> {
    let account = stripe.accounts.get_mut(id)?;
    account.onboarded = true;
    let updated = account.render();
    stripe.emit("account.updated", updated);
    Ok(())
}

impl Account {
    fn apply(&mut self, change: Update) -> Result<(), ApiError> {
        if let Some(email) = change.email {
            self.email = Some(values::email(&email, "email")?);
        }
        if let Some(unknown) = change.capabilities.keys().find(|name| !CAPABILITIES.contains(&name.as_str())) {
            let param = format!("capabilities[{unknown}]");
            return Err(Refusal::invalid(format!("Received unknown parameter: {param}"))
                .code("parameter_unknown")
                .param(param));
        }
        self.requested
            .extend(change.capabilities.into_iter().map(|(name, Capability { requested })| (name, requested)));
        self.business_type = change.business_type.or(self.business_type);
        let BusinessProfile { mcc, name, product_description, support_email, url } = change.business_profile;
        let profile = &mut self.business_profile;
        let fields = [
            (&mut profile.mcc, mcc),
            (&mut profile.name, name),
            (&mut profile.product_description, product_description),
            (&mut profile.support_email, support_email),
            (&mut profile.url, url),
        ];
        for (field, value) in fields {
            if value.is_some() {
                *field = value;
            }
        }
        values::merge_metadata(&mut self.metadata, change.metadata);
        Ok(())
    }

    /// Returns whether the account may use `capability` now.
    pub(crate) fn can(&self, capability: &str) -> bool {
        self.onboarded && self.requested.get(capability).copied().unwrap_or(false)
    }

    /// Returns the main currency of the account's country; the euro for countries that are not in this list.
    fn default_currency(&self) -> &'static str {
        match self.country.as_str() {
            "US" => "usd",
            "GB" => "gbp",
            "CH" => "chf",
            "CZ" => "czk",
            "PL" => "pln",
            "CA" => "cad",
            "AU" => "aud",
            _ => "eur",
        }
    }
}

impl Controller {
    /// Returns the properties that the older `type` stands for:
    /// <https://docs.stripe.com/connect/migrate-to-controller-properties>.
    fn of(kind: AccountType) -> Self {
        let (fees, losses, collection, dashboard) = match kind {
            AccountType::Standard => ("account", "stripe", "stripe", "full"),
            AccountType::Express => ("application_express", "application", "stripe", "express"),
            AccountType::Custom => ("application_custom", "application", "application", "none"),
        };
        Self {
            fees: Some(Fees { payer: fees.to_owned() }),
            losses: Some(Losses { payments: losses.to_owned() }),
            requirement_collection: Some(collection.to_owned()),
            stripe_dashboard: Some(Dashboard { kind: dashboard.to_owned() }),
        }
    }

    fn render(&self) -> Value {
        json!({
            "fees": { "payer": self.fees.as_ref().map_or("account", |fees| &fees.payer) },
            "is_controller": true,
            "losses": { "payments": self.losses.as_ref().map_or("stripe", |losses| &losses.payments) },
            "requirement_collection": self.requirement_collection.as_deref().unwrap_or("stripe"),
            "stripe_dashboard": { "type": self.stripe_dashboard.as_ref().map_or("full", |dashboard| &dashboard.kind) },
            "type": "application",
        })
    }
}

impl Resource for Account {
    const NOUN: &'static str = "account";
    const PARAM: &'static str = "account";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        let kind = self.kind.map(|kind| match kind {
            AccountType::Custom => "custom",
            AccountType::Express => "express",
            AccountType::Standard => "standard",
        });
        let business_type = self.business_type.map(|kind| match kind {
            BusinessType::Company => "company",
            BusinessType::GovernmentEntity => "government_entity",
            BusinessType::Individual => "individual",
            BusinessType::NonProfit => "non_profit",
        });
        let capabilities: BTreeMap<&str, &str> = self
            .requested
            .iter()
            .filter(|(_, requested)| **requested)
            .map(|(name, _)| (name.as_str(), if self.onboarded { "active" } else { "inactive" }))
            .collect();
        let due: &[&str] = if self.onboarded { &[] } else { &["external_account", "tos_acceptance.date"] };
        let requirements = json!({
            "alternatives": [],
            "current_deadline": null,
            "currently_due": due,
            "disabled_reason": if self.onboarded { None } else { Some("requirements.past_due") },
            "errors": [],
            "eventually_due": due,
            "past_due": due,
            "pending_verification": [],
        });
        let profile = &self.business_profile;
        json!({
            "id": self.id,
            "object": "account",
            "business_profile": {
                "mcc": profile.mcc,
                "name": profile.name,
                "product_description": profile.product_description,
                "support_address": null,
                "support_email": profile.support_email,
                "support_phone": null,
                "support_url": null,
                "url": profile.url,
            },
            "business_type": business_type,
            "capabilities": capabilities,
            "charges_enabled": self.can("card_payments"),
            "controller": self.controller.render(),
            "country": self.country,
            "created": self.created,
            "default_currency": self.default_currency(),
            "details_submitted": self.onboarded,
            "email": self.email,
            "external_accounts": { "object": "list", "data": [], "has_more": false, "url": format!("/v1/accounts/{}/external_accounts", self.id) },
            "metadata": self.metadata,
            "payouts_enabled": self.onboarded,
            "requirements": requirements,
            "type": kind.unwrap_or("none"),
        })
    }
}
