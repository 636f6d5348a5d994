//! Account links, the way to Stripe's onboarding page: <https://docs.stripe.com/api/account_links>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::values;
use crate::error::{ApiError, ApiResult};
use crate::state::{Resource, Stripe, new_id};

/// Stripe's links work for a few minutes, once.
const LIFE_SECONDS: i64 = 5 * 60;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    account: String,
    refresh_url: String,
    return_url: String,
    #[serde(rename = "type")]
    #[expect(dead_code, reason = "checked only: every kind leads to the same page, which asks nothing")]
    kind: Kind,
    #[expect(dead_code, reason = "checked only: the page asks nothing")]
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
    #[expect(dead_code, reason = "checked only: the page asks nothing")]
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

/// How far a seller has come on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Unused,
    /// The page has been shown; its form may be sent.
    Shown,
    Spent,
}

/// Opens the page; `None` when it was opened before or has expired, and the browser has to go to the refresh URL.
pub(crate) fn open(stripe: &mut Stripe, id: &str) -> Result<Option<String>, ApiError> {
    advance(stripe, id, Progress::Unused, Progress::Shown)
}

/// Takes the page's form, once; `None` as for [`open`].
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
