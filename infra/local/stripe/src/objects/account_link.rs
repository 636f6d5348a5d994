//! Account links, which open Stripe's onboarding page: <https://docs.stripe.com/api/account_links>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::values;
use crate::error::{ApiError, ApiResult};
use crate::state::{Resource, Stripe, new_id};

/// Stripe's links are valid for a few minutes and work once.
const LIFE_SECONDS: i64 = 5 * 60;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    account: String,
    refresh_url: String,
    return_url: String,
    #[serde(rename = "type")]
    #[expect(dead_code, reason = "only validated: every kind opens the same page, which has no fields")]
    kind: Kind,
    #[expect(dead_code, reason = "only validated: the page has no fields")]
    collection_options: Option<CollectionOptions>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    AccountOnboarding,
    AccountUpdate,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct CollectionOptions {
    #[expect(dead_code, reason = "only validated: the page has no fields")]
    fields: CollectedFields,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CollectedFields {
    CurrentlyDue,
    EventuallyDue,
}

#[derive(Debug)]
pub(crate) struct AccountLink {
    id: String,
    account: String,
    created: i64,
    pub(crate) refresh_url: String,
    pub(crate) return_url: String,
    progress: Progress,
    url: String,
}

/// `POST /v1/account_links`
pub(crate) fn create(stripe: &mut Stripe, params: Create) -> ApiResult {
    stripe.accounts.get(&params.account)?;
    let id = new_id("link");
    let link = AccountLink {
        url: format!("{}/c/onboard/{id}", stripe.public_url),
        id,
        account: params.account,
        created: stripe.now(),
        refresh_url: values::url(&params.refresh_url, "refresh_url")?,
        return_url: values::url(&params.return_url, "return_url")?,
        progress: Progress::Unused,
    };
    let answer = link.render();
    stripe.account_links.insert(link);
    Ok(answer)
}

/// The state of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Unused,
    /// The page was shown, and its form may be submitted.
    Shown,
    Spent,
}

/// Opens the page and returns the account. Returns `None` if the link was opened before or has expired; then the
/// browser must go to the refresh URL.
pub(crate) fn open(stripe: &mut Stripe, id: &str) -> Result<Option<String>, ApiError> {
    advance(stripe, id, Progress::Unused, Progress::Shown)
}

/// Submits the page's form, once, and returns the account. Returns `None` in the same cases as [`open`].
pub(crate) fn submit(stripe: &mut Stripe, id: &str) -> Result<Option<String>, ApiError> {
    advance(stripe, id, Progress::Shown, Progress::Spent)
}

fn advance(stripe: &mut Stripe, id: &str, from: Progress, to: Progress) -> Result<Option<String>, ApiError> {
    let now = stripe.now();
    let link = stripe.account_links.get_mut(id)?;
    let works = link.progress == from && now < link.created + LIFE_SECONDS;
    if works {
        link.progress = to;
    }
    Ok(works.then(|| link.account.clone()))
}

impl Resource for AccountLink {
    const NOUN: &'static str = "account link";
    const PARAM: &'static str = "account_link";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        json!({
            "object": "account_link",
            "created": self.created,
            "expires_at": self.created + LIFE_SECONDS,
            "url": self.url,
        })
    }
}
