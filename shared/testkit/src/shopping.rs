//! What shoppers do: carts, payment sessions and orders.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Answer, Client, Failed, PATIENCE, Result, StripePage, await_until};

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The amount, in cents.
    pub amount: i64,
    /// The currency code of ISO 4217.
    pub currency: String,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Cart {
    /// The lines that can be bought.
    pub lines: Vec<CartLine>,
    /// The discounts that were applied.
    pub discounts: Vec<CartDiscount>,
    /// The shipping, if a country was asked for.
    pub delivery: Option<CartDelivery>,
    /// The total after discounts, with shipping if a country was asked for.
    pub total: Money,
}

/// The shipping of a cart to a country.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CartDelivery {
    /// The country.
    pub country: String,
    /// The shops that ship there.
    pub shipping: Vec<CartShipping>,
    /// The SKUs whose shops do not ship there.
    pub not_shipped_there: Vec<String>,
}

/// The shipping of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CartShipping {
    /// The shop.
    pub shop: String,
    /// The price.
    pub amount: Money,
}

/// A discount that was applied to a cart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CartDiscount {
    /// The shop that gives it.
    pub shop: String,
    /// The code of the discount.
    pub code: String,
    /// The amount that it takes off.
    pub amount: Money,
    /// Why it takes nothing off.
    pub refusal: Option<String>,
}

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CartLine {
    /// The id of the SKU.
    pub sku: String,
    /// The number of pieces.
    pub quantity: u32,
    /// The number of pieces that the shopper can buy.
    pub available: u32,
    /// The price of one piece.
    pub unit_price: Money,
    /// The amount that a discount takes off the line.
    pub discount: Option<Money>,
    /// The price of the line after the discount.
    pub total: Money,
}

/// A payment session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PaymentSession {
    /// The id.
    pub id: String,
    /// The state.
    pub state: String,
    /// The amount to pay.
    pub total: Money,
    /// The URL of the checkout page.
    pub url: Option<String>,
    /// The order, once the session is paid.
    pub order: Option<String>,
}

/// Returns an address in Germany, for parcels.
pub fn delivery_address() -> Value {
    json!({
        "name": "Ann Lee",
        "street": "Kiln Lane 7",
        "city": "Potsdam",
        "zip": "14467",
        "country": "DE",
        "phone": "+4930901820",
    })
}

impl Cart {
    /// Returns the body that requests a payment session for exactly this cart, with [`delivery_address`].
    pub fn as_seen(&self) -> Value {
        let lines = self
            .lines
            .iter()
            .map(|line| json!({ "sku": line.sku, "quantity": line.quantity, "unit_price": line.unit_price.amount }));
        let given = self.discounts.iter().filter(|discount| discount.refusal.is_none());
        let discounts = given.map(|discount| json!({ "shop": discount.shop, "amount": discount.amount.amount }));
        let shipping = self.delivery.iter().flat_map(|delivery| &delivery.shipping);
        let shipping = shipping.filter(|shipping| shipping.amount.amount != 0);
        let shipping = shipping.map(|shipping| json!({ "shop": shipping.shop, "amount": shipping.amount.amount }));
        json!({
            "lines": lines.collect::<Vec<_>>(),
            "discounts": discounts.collect::<Vec<_>>(),
            "shipping": shipping.collect::<Vec<_>>(),
            "address": delivery_address(),
        })
    }
}

impl Client {
    /// Reads the cart, with its shipping to the country of [`delivery_address`].
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn cart(&self) -> Result<Cart> {
        self.cart_for("DE").await
    }

    /// Reads the cart, with its shipping to a country.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn cart_for(&self, country: &str) -> Result<Cart> {
        self.ask("get_cart")?.query("country", country).send().await?.read()
    }

    /// Sets the quantity of a SKU in the cart.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn set_cart_line(&self, sku: &str, quantity: u32) -> Result<Cart> {
        self.ask("set_cart_line")?.path("sku", sku).json(&json!({ "quantity": quantity })).send().await?.read()
    }

    /// Applies a shop's discount to the cart and returns the answer.
    ///
    /// # Errors
    /// Those of [`crate::Request::send`].
    pub async fn try_discount(&self, shop: &str, code: &str) -> Result<Answer> {
        self.ask("apply_discount")?.path("shop", shop).json(&json!({ "code": code })).send().await
    }

    /// Applies a shop's discount to the cart.
    ///
    /// # Errors
    /// Fails if the discount is refused.
    pub async fn apply_discount(&self, shop: &str, code: &str) -> Result<Cart> {
        self.try_discount(shop, code).await?.read()
    }

    /// Requests a payment session for a cart as it was seen, with an `Idempotency-Key`.
    ///
    /// # Errors
    /// Those of [`crate::Request::send`].
    pub async fn try_to_pay(&self, seen: &Value, key: &str) -> Result<Answer> {
        self.ask("create_payment_session")?.key(key).json(seen).send().await
    }

    /// Creates a payment session for the current cart.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn open_payment(&self) -> Result<PaymentSession> {
        let seen = self.cart().await?.as_seen();
        self.try_to_pay(&seen, &format!("key-{:016x}", fastrand::u64(..))).await?.read()
    }

    /// Reads one of the shopper's own payment sessions.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn payment(&self, id: &str) -> Result<PaymentSession> {
        self.ask("get_payment_session")?.path("id", id).send().await?.read()
    }

    /// Waits until a payment session reaches a state.
    ///
    /// # Errors
    /// Fails if it does not do so in time.
    pub async fn await_payment(&self, id: &str, state: &str) -> Result<PaymentSession> {
        await_until(PATIENCE, &format!("the payment session {id} to be {state}"), async || {
            Ok(Some(self.payment(id).await?).filter(|session| session.state == state))
        })
        .await
    }

    /// Waits until a payment session is paid and returns the id of its order.
    ///
    /// # Errors
    /// Fails if it is not paid in time.
    pub async fn await_order(&self, session: &str) -> Result<String> {
        let paid = self.await_payment(session, "paid").await?;
        paid.order.ok_or_else(|| Failed::new(format!("{session} is paid and names no order")))
    }

    /// Pays for the cart with a valid card, waits for the order and returns its id.
    ///
    /// # Errors
    /// Fails if a step is refused.
    pub async fn buy(&self) -> Result<String> {
        let session = self.open_payment().await?;
        let url = session.url.ok_or_else(|| Failed::new("a payment session without a checkout page"))?;
        StripePage::open(&url).await?.pay().await?;
        self.await_order(&session.id).await
    }
}
