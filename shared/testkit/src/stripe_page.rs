//! The payment provider's checkout page, used as a browser does: forms and redirects, no scripts.

use reqwest::{Response, StatusCode, Url, redirect::Policy};

use crate::{Failed, Result};

/// The number of a card that is always accepted.
const VALID_CARD: &str = "4242 4242 4242 4242";

/// An open checkout page.
#[derive(Debug)]
pub struct StripePage {
    http: reqwest::Client,
    url: Url,
    html: String,
}

impl StripePage {
    /// Opens the page.
    ///
    /// # Errors
    /// Fails if the page does not open.
    pub async fn open(url: &str) -> Result<Self> {
        let http = reqwest::Client::builder().redirect(Policy::none()).build()?;
        let response = http.get(url).send().await?.error_for_status()?;
        Ok(Self { http, url: url.parse::<Url>()?, html: response.text().await? })
    }

    /// Returns the HTML.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// Pays with a valid card and returns the URL of the shop that the page redirects to.
    ///
    /// # Errors
    /// Fails if the payment is refused.
    pub async fn pay(&self) -> Result<String> {
        self.pay_with(VALID_CARD).await
    }

    /// Pays with a card. Confirms the payment if the bank wants authentication.
    ///
    /// # Errors
    /// Fails if the payment is refused.
    pub async fn pay_with(&self, card: &str) -> Result<String> {
        let form = [("email", self.email()), ("card_number", card), ("name", "A Buyer")];
        let response = self.http.post(self.url.clone()).form(&form).send().await?;
        let next = self.follow(response).await?;
        if !next.path().starts_with("/c/authenticate/") || next.origin() != self.url.origin() {
            return Ok(next.into());
        }
        self.http.get(next.clone()).send().await?.error_for_status()?;
        let response = self.http.post(next).form(&[("answer", "approve")]).send().await?;
        Ok(self.follow(response).await?.into())
    }

    /// Returns the mail address that the form already contains.
    fn email(&self) -> &str {
        let field = self.html.split("name=\"email\"").nth(1).unwrap_or_default();
        field.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
    }

    async fn follow(&self, response: Response) -> Result<Url> {
        let status = response.status();
        let location = response.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
        match location {
            Some(location) if status == StatusCode::SEE_OTHER => Ok(self.url.join(&location)?),
            _ => Err(Failed::new(format!(
                "the page answered {status} instead of a redirect:\n{}",
                response.text().await?
            ))),
        }
    }
}
