//! What shoppers do.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Answer, Client, Failed, PATIENCE, Result, StripePage, await_until};

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// In cents.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Cart {
    /// What can be bought.
    pub lines: Vec<CartLine>,
    /// The discounts that it asks for.
    pub discounts: Vec<CartDiscount>,
    /// What it costs together, less the discounts.
    pub total: Money,
}

/// A discount that a cart asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CartDiscount {
    /// The shop that gives it.
    pub shop: String,
    /// Its code.
    pub code: String,
    /// What it takes off.
    pub amount: Money,
    /// Why it takes nothing off.
    pub refusal: Option<String>,
}

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CartLine {
    /// What.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub unit_price: Money,
    /// What a discount takes off all.
    pub discount: Option<Money>,
    /// What all cost, less the discount.
    pub total: Money,
}

/// A payment session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PaymentSession {
    /// Names it.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// What is to be paid.
    pub total: Money,
    /// The page to pay on.
    pub url: Option<String>,
    /// The order, once it is paid.
    pub order: Option<String>,
}

impl Cart {
    /// The body with which a shopper asks to pay exactly this.
    pub fn as_seen(&self) -> Value {
        let lines = self
            .lines
            .iter()
            .map(|line| json!({ "sku": line.sku, "quantity": line.quantity, "unit_price": line.unit_price.amount }));
        let given = self.discounts.iter().filter(|discount| discount.refusal.is_none());
        let discounts = given.map(|discount| json!({ "shop": discount.shop, "amount": discount.amount.amount }));
        json!({ "lines": lines.collect::<Vec<_>>(), "discounts": discounts.collect::<Vec<_>>() })
    }
}

impl Client {
    /// The cart.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn cart(&self) -> Result<Cart> {
        self.ask("get_cart")?.send().await?.read()
    }

    /// Puts so many of a SKU into the cart.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn set_cart_line(&self, sku: &str, quantity: u32) -> Result<Cart> {
        self.ask("set_cart_line")?.path("sku", sku).json(&json!({ "quantity": quantity })).send().await?.read()
    }

    /// Applies a shop's discount to the cart.
    ///
    /// # Errors
    /// Those of [`crate::Request::send`].
    pub async fn try_discount(&self, shop: &str, code: &str) -> Result<Answer> {
        self.ask("apply_discount")?.path("shop", shop).json(&json!({ "code": code })).send().await
    }

    /// The same, where it must work.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn apply_discount(&self, shop: &str, code: &str) -> Result<Cart> {
        self.try_discount(shop, code).await?.read()
    }

    /// Asks to pay what was seen, under a key.
    ///
    /// # Errors
    /// Those of [`crate::Request::send`].
    pub async fn try_to_pay(&self, seen: &Value, key: &str) -> Result<Answer> {
        self.ask("create_payment_session")?.key(key).json(seen).send().await
    }

    /// Asks to pay the cart as it is.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn open_payment(&self) -> Result<PaymentSession> {
        let seen = self.cart().await?.as_seen();
        self.try_to_pay(&seen, &format!("key-{:016x}", fastrand::u64(..))).await?.read()
    }

    /// A payment session of one's own.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn payment(&self, id: &str) -> Result<PaymentSession> {
        self.ask("get_payment_session")?.path("id", id).send().await?.read()
    }

    /// Waits until a payment session has reached a state.
    ///
    /// # Errors
    /// When it never does.
    pub async fn await_payment(&self, id: &str, state: &str) -> Result<PaymentSession> {
        await_until(PATIENCE, &format!("the payment session {id} to be {state}"), async || {
            Ok(Some(self.payment(id).await?).filter(|session| session.state == state))
        })
        .await
    }

    /// Waits until a payment session is paid and gives the order that it became.
    ///
    /// # Errors
    /// When it never is.
    pub async fn await_order(&self, session: &str) -> Result<String> {
        let paid = self.await_payment(session, "paid").await?;
        paid.order.ok_or_else(|| Failed::new(format!("{session} is paid and names no order")))
    }

    /// Pays the cart with a card that works and waits for the order, whose id it gives.
    ///
    /// # Errors
    /// When any of that is refused.
    pub async fn buy(&self) -> Result<String> {
        let session = self.open_payment().await?;
        let url = session.url.ok_or_else(|| Failed::new("a payment session without a page to pay on"))?;
        StripePage::open(&url).await?.pay().await?;
        self.await_order(&session.id).await
    }
}
