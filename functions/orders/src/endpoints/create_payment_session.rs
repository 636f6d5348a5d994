//! `POST /v1/payment-sessions` - opens a payment session for the shopper's cart.
//!
//! 1. The cart is priced again for the country of the address, and every line, every discount and the shipping of every
//!    shop is compared with what the shopper saw.
//! 2. If the cart's open session has exactly these parts and this address, it is the answer.
//! 3. Otherwise a shopper whose last holds ended unpaid may hold half of what is left. Stripe closes the page of the
//!    previous session, so that two pages of a cart are never open. Then one transaction takes the stock and the uses of
//!    discounts, opens a session, replaces the previous session and stores the answer's key. A cart that is too large for
//!    one transaction takes two. If the second is refused, the stock of the first is released.
//! 4. Then Stripe creates a checkout page, under an idempotency key of the session and the page. If Stripe does not
//!    answer, or if the function stops here, a retry continues at this step. If Stripe refuses, the session ends and its
//!    stock is released.

use souk_domain::{Quantity, ShopId, SkuId, discount::MAX_PER_CART, order::PaymentState};
use souk_store::retry_on_conflict;
use souk_store_sales::{SalesExt as _, carts::MAX_LINES};
use souk_web::{
    Answer, Body, Code, Created, Cx, Deserr, Endpoint, FieldError, FieldErrors, Idempotent, JsonSchema, Limit, Problem,
    Route, Shopper, route,
};

use crate::{
    deps::CheckoutDeps,
    payment_session::{
        checkout_page::with_checkout_page,
        destination::GivenAddress,
        opening::{Resumed, StoredAnswer, Wanted, open, resume},
        pricing::{SeenAmount, SeenCart, SeenLine},
    },
    view::PaymentSessionView,
};

/// Opens a payment session for the shopper's cart.
#[derive(Debug)]
pub struct CreatePaymentSession;

/// The cart as the shopper saw it. If it has changed, the answer names the differences and nothing is charged.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewPaymentSession {
    /// Every line of the cart, at most 100.
    #[schemars(length(max = 100))]
    lines: Vec<SeenLineInput>,
    /// Every discount that takes something off, at most 10.
    #[deserr(default)]
    #[schemars(default, length(max = 10))]
    discounts: Vec<SeenDiscountInput>,
    /// The shipping of every shop for which it costs something, at most 100.
    #[deserr(default)]
    #[schemars(default, length(max = 100))]
    shipping: Vec<SeenShippingInput>,
    /// Where the parcels go: one of your addresses, or another one. The default is your default address.
    #[deserr(default)]
    address: Option<GivenAddress>,
}

/// A line as the shopper saw it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SeenLine")]
struct SeenLineInput {
    /// The id of the variant.
    sku: SkuId,
    /// The number of pieces.
    quantity: Quantity,
    /// The price of one piece, in minor units.
    unit_price: i64,
}

/// A discount as the shopper saw it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SeenDiscount")]
struct SeenDiscountInput {
    /// The shop that gives it.
    shop: ShopId,
    /// The amount that it takes off, in minor units.
    amount: i64,
}

/// The shipping of a shop as the shopper saw it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SeenShipping")]
struct SeenShippingInput {
    /// The shop that ships.
    shop: ShopId,
    /// The price of shipping, in minor units.
    amount: i64,
}

impl Endpoint for CreatePaymentSession {
    const ROUTE: Route = route!(POST "/v1/payment-sessions");
    const SUMMARY: &'static str = "Hold the cart's stock and get a checkout page to pay on";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const PROBLEMS: &'static [Code] = &[
        Code::CartEmpty,
        Code::CartChanged,
        Code::SoldOut,
        Code::NotShippedThere,
        Code::DiscountRefused,
        Code::AmountTooSmall,
        Code::AmountTooLarge,
        Code::PaymentNotOpen,
        Code::UnpaidHolds,
        Code::PaymentsNotSetUp,
    ];

    type Deps = CheckoutDeps;
    type Caller = Shopper;
    type Input = Body<NewPaymentSession>;
    type Output = Created<PaymentSessionView>;

    async fn handle(
        cx: &Cx<'_, CheckoutDeps>,
        shopper: Shopper,
        Body(input): Body<NewPaymentSession>,
    ) -> Result<Self::Output, Problem> {
        if !cx.stripe.has_key() {
            // Before anything is held.
            return Err(Code::PaymentsNotSetUp.into());
        }
        let key = cx.required_key()?;
        let wanted = Wanted { seen: validate(&input)?, address: input.address };
        retry_on_conflict(|| async {
            let Some(session) = open(cx, &shopper, key, &wanted).await? else { return Ok(None) };
            with_checkout_page(cx, session).await.map(Created).map(Some)
        })
        .await
    }

    /// Answers a retry. The stored answer names the session. A session that is not open yet is opened, and a missing
    /// checkout page is created.
    async fn replay(cx: &Cx<'_, CheckoutDeps>, shopper: Shopper, stored: String) -> Result<String, Problem> {
        let StoredAnswer { id } = serde_json::from_str(&stored).map_err(|_| Problem::new(Code::Internal))?;
        let own = async || cx.store.payments().of(shopper.id, id).await?.ok_or(Problem::new(Code::Internal));
        let mut session = own().await?;
        if session.state == PaymentState::Opening {
            session = match resume(cx, cx.required_key()?, session).await? {
                Resumed::Open(session) => *session,
                Resumed::SoldOut => {
                    return Err(Problem::new(Code::SoldOut).field("/lines", "sold_out", "have too little stock"));
                }
                // Either the request that started to open the session was faster, or it found that something is sold
                // out and freed the key. Then a retry says what is sold out.
                Resumed::Ended => {
                    Some(own().await?).filter(|session| session.state == PaymentState::Open).ok_or(Code::Unavailable)?
                }
            };
        }
        Created(with_checkout_page(cx, session).await?).body()
    }
}

/// Checks the lengths of the lists and refuses duplicates.
///
/// # Errors
/// `invalid_input` with one error for each mistake.
fn validate(input: &NewPaymentSession) -> Result<SeenCart, Problem> {
    let mut errors = FieldErrors::default();
    let mut add_error = |pointer: String, code, detail: String| errors.0.push(FieldError::new(pointer, code, detail));
    let lengths = [
        ("/lines", input.lines.len(), MAX_LINES),
        ("/discounts", input.discounts.len(), MAX_PER_CART),
        ("/shipping", input.shipping.len(), MAX_LINES),
    ];
    for (list, length, most) in lengths {
        if length > most {
            add_error(list.to_owned(), "wrong_length", format!("must have at most {most} elements"));
        }
    }
    let duplicate = || "must not occur duplicate".to_owned();
    for (n, line) in input.lines.iter().enumerate() {
        if input.lines.iter().take(n).any(|earlier| earlier.sku == line.sku) {
            add_error(format!("/lines/{n}/sku"), "duplicate", duplicate());
        }
    }
    for (n, discount) in input.discounts.iter().enumerate() {
        if input.discounts.iter().take(n).any(|earlier| earlier.shop == discount.shop) {
            add_error(format!("/discounts/{n}/shop"), "duplicate", duplicate());
        }
    }
    for (n, shipping) in input.shipping.iter().enumerate() {
        if input.shipping.iter().take(n).any(|earlier| earlier.shop == shipping.shop) {
            add_error(format!("/shipping/{n}/shop"), "duplicate", duplicate());
        }
    }
    if !errors.0.is_empty() {
        return Err(errors.into());
    }
    let line = |line: &SeenLineInput| SeenLine { sku: line.sku, quantity: line.quantity, unit_price: line.unit_price };
    let discount = |discount: &SeenDiscountInput| SeenAmount { shop: discount.shop, amount: discount.amount };
    let shipping = |shipping: &SeenShippingInput| SeenAmount { shop: shipping.shop, amount: shipping.amount };
    Ok(SeenCart {
        lines: input.lines.iter().map(line).collect(),
        discounts: input.discounts.iter().map(discount).collect(),
        shipping: input.shipping.iter().map(shipping).collect(),
    })
}
