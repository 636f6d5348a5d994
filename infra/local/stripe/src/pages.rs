//! The hosted pages for buyers and sellers. They are plain forms without scripts, so that tests and browsers use them
//! alike.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::error::{ApiError, Refusal};
use crate::money;
use crate::objects::checkout_payment::{self, Payer};
use crate::objects::checkout_session::Status;
use crate::objects::{CheckoutSession, account, account_link, payment_attempt, payment_intent};
use crate::state::Stripe;
use crate::{cards, objects};

#[derive(Template)]
#[template(path = "checkout.html")]
struct CheckoutPage {
    total: String,
    lines: Vec<Line>,
    email: String,
    needs_card: bool,
    cancel_url: Option<String>,
    refusal: Option<String>,
}

struct Line {
    image: Option<String>,
    name: String,
    description: Option<String>,
    quantity: u32,
    unit: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    title: &'static str,
    message: String,
    link: Option<String>,
}

#[derive(Template)]
#[template(path = "authentication.html")]
struct AuthenticationPage {
    amount: String,
}

#[derive(Template)]
#[template(path = "onboarding.html")]
struct OnboardingPage {
    who: String,
    return_url: String,
}

/// What the buyer entered on the checkout page.
#[derive(Debug, Deserialize)]
pub(crate) struct PayForm {
    email: String,
    card_number: Option<String>,
    name: Option<String>,
}

/// What the buyer answered to the bank.
#[derive(Debug, Deserialize)]
pub(crate) struct AuthenticateForm {
    answer: BankAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BankAnswer {
    Approve,
    Refuse,
}

/// `GET /c/pay/{session}` - shows the checkout page.
pub(crate) async fn checkout(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    app.with(|stripe| match stripe.sessions.get(&id) {
        Ok(session) => checkout_page(session, None),
        Err(refusal) => refused(&refusal),
    })
}

/// `POST /c/pay/{session}` - pays. Redirects to the shop or to the bank's page, or shows the page again with the reason
/// of the refusal.
pub(crate) async fn pay(State(app): State<Arc<App>>, Path(id): Path<String>, Form(form): Form<PayForm>) -> Response {
    app.with(|stripe| match try_to_pay(stripe, &id, form) {
        Ok(location) => Redirect::to(&location).into_response(),
        Err(refusal) => match stripe.sessions.get(&id) {
            Ok(session) => checkout_page(session, Some(&refusal)),
            Err(missing) => refused(&missing),
        },
    })
}

fn try_to_pay(stripe: &mut Stripe, id: &str, form: PayForm) -> Result<String, ApiError> {
    let card = form.card_number.as_deref().map(cards::by_number).transpose()?;
    let payer = Payer {
        email: objects::values::email(&form.email, "email")?,
        name: form.name.filter(|name| !name.trim().is_empty()),
    };
    let payment = checkout_payment::pay(stripe, id, payer, card)?;
    let session = stripe.sessions.get(id)?;
    match payment {
        Some(payment) if session.status == Status::Open => Ok(format!("/c/authenticate/{payment}")),
        _ => Ok(session.success_location()),
    }
}

/// Renders the page of a session in any state.
fn checkout_page(session: &CheckoutSession, refusal: Option<&Refusal>) -> Response {
    match session.status {
        Status::Open => {
            let display = |amount| money::display(amount, &session.currency);
            let lines = session.lines.iter().map(|line| Line {
                image: line.image.clone(),
                name: line.name.clone(),
                description: line.description.clone(),
                quantity: line.quantity,
                unit: display(line.unit_amount),
                amount: display(line.amount().unwrap_or_default()),
            });
            let page = CheckoutPage {
                total: display(session.amount_total),
                lines: lines.collect(),
                email: session.customer_email.clone().unwrap_or_default(),
                needs_card: session.amount_total > 0,
                cancel_url: session.cancel_url.clone(),
                refusal: refusal.map(|refusal| refusal.message.clone()),
            };
            let status = refusal.map_or(StatusCode::OK, status_of);
            show(status, &page)
        }
        Status::Complete => {
            let message = "This payment has already been made.".to_owned();
            let link = Some(session.success_location());
            show(StatusCode::OK, &MessagePage { title: "You are all done", message, link })
        }
        Status::Expired => {
            let message = "The time for this payment is over. Go back to the shop to start again.".to_owned();
            let link = session.cancel_url.clone();
            show(StatusCode::GONE, &MessagePage { title: "This page has expired", message, link })
        }
    }
}

/// `GET /c/authenticate/{payment}` - shows the bank's page.
pub(crate) async fn authentication(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    app.with(|stripe| match stripe.payment_intents.get(&id) {
        Ok(payment) if payment.status == payment_intent::Status::RequiresAction => {
            let amount = money::display(payment.details.amount, &payment.details.currency);
            show(StatusCode::OK, &AuthenticationPage { amount })
        }
        Ok(_) => refused(&Refusal::invalid("This payment is not waiting for authentication.")),
        Err(refusal) => refused(&refusal),
    })
}

/// `POST /c/authenticate/{payment}` - redirects to the shop, or shows the checkout page again for another card.
pub(crate) async fn authenticate(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Form(form): Form<AuthenticateForm>,
) -> Response {
    app.with(|stripe| {
        let result = payment_attempt::authenticated(stripe, &id, form.answer == BankAnswer::Approve);
        let Ok(payment) = stripe.payment_intents.get(&id) else {
            return refused(&Refusal::missing("payment_intent", &id, "intent"));
        };
        let session = payment.details.session.as_deref().and_then(|session| stripe.sessions.get(session).ok());
        match (result, session, &payment.return_url) {
            (Ok(()), Some(session), _) => Redirect::to(&session.success_location()).into_response(),
            (Err(refusal), Some(session), _) => checkout_page(session, Some(&refusal)),
            // A payment without a session redirects with its id. Its state says how it ended, as at Stripe.
            (_, None, Some(return_url)) => {
                let separator = if return_url.contains('?') { '&' } else { '?' };
                Redirect::to(&format!("{return_url}{separator}payment_intent={id}")).into_response()
            }
            (Ok(()), None, None) => {
                let message = "The bank has confirmed the payment.".to_owned();
                show(StatusCode::OK, &MessagePage { title: "Thank you", message, link: None })
            }
            (Err(refusal), None, None) => refused(&refusal),
        }
    })
}

/// `GET /c/onboard/{link}` - shows the onboarding page once. After that it redirects to the URL for a new link.
pub(crate) async fn onboarding(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    app.with(|stripe| {
        let account = match account_link::open(stripe, &id) {
            Ok(account) => account,
            Err(refusal) => return refused(&refusal),
        };
        let Ok(link) = stripe.account_links.get(&id) else { return StatusCode::NOT_FOUND.into_response() };
        match account {
            Some(who) => show(StatusCode::OK, &OnboardingPage { who, return_url: link.return_url.clone() }),
            None => Redirect::to(&link.refresh_url).into_response(),
        }
    })
}

/// `POST /c/onboard/{link}` - completes the onboarding.
pub(crate) async fn onboard(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    app.with(|stripe| {
        let account = match account_link::submit(stripe, &id) {
            Ok(account) => account,
            Err(refusal) => return refused(&refusal),
        };
        let Ok(link) = stripe.account_links.get(&id) else { return StatusCode::NOT_FOUND.into_response() };
        let (return_url, refresh_url) = (link.return_url.clone(), link.refresh_url.clone());
        let finished = account.map(|account| account::finish_onboarding(stripe, &account));
        match finished {
            Some(Ok(())) => Redirect::to(&return_url).into_response(),
            Some(Err(refusal)) => refused(&refusal),
            None => Redirect::to(&refresh_url).into_response(),
        }
    })
}

fn refused(refusal: &Refusal) -> Response {
    let message = refusal.message.clone();
    show(status_of(refusal), &MessagePage { title: "Something went wrong", message, link: None })
}

fn status_of(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST)
}

/// Renders a page.
pub(crate) fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
