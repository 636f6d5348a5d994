//! Problem documents (RFC 9457) with a stable code.

use std::borrow::Cow;

use aws_lc_rs::error::Unspecified;
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use souk_store::{Conflict, StoreError, WriteError};

use crate::{FieldError, FieldErrors};

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $code:literal $status:literal $title:literal;)+) => {
        /// The reason for a refusal, for programs. A code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])+ $name),+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the code as a problem document shows it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// Returns the HTTP status of the code.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }

            /// Returns the sentence for people, which is the same every time.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }
        }
    };
}

codes! {
    /// The body is not JSON.
    MalformedJson = "malformed_json" 400 "The body is not valid JSON.";
    /// The cursor was not made for this list and this caller.
    InvalidCursor = "invalid_cursor" 400 "The cursor is not one of ours.";
    /// The operation needs an `Idempotency-Key` header.
    IdempotencyKeyMissing = "idempotency_key_missing" 400 "This operation needs an Idempotency-Key header.";
    /// The `Idempotency-Key` header is not 1 to 255 visible ASCII characters.
    IdempotencyKeyMalformed = "idempotency_key_malformed" 400 "The Idempotency-Key must be 1 to 255 visible ASCII characters.";
    /// A webhook's signature is wrong or too old.
    InvalidSignature = "invalid_signature" 400 "The signature is not right.";
    /// No access token, or one that is expired, forged or for another audience.
    NotSignedIn = "not_signed_in" 401 "Sign in first.";
    /// The mail address or the password is wrong. The answer does not say which.
    WrongCredentials = "wrong_credentials" 401 "The mail address or the password is wrong.";
    /// The password is right, but the account has a second factor and the request has no code of it.
    SecondFactorRequired = "second_factor_required" 401 "Send a code of your second factor too.";
    /// The password is right, but the code of the second factor is wrong or used.
    WrongSecondFactor = "wrong_second_factor" 401 "The code of the second factor is not right.";
    /// The refresh token is expired, forged, used or its session has ended.
    InvalidRefreshToken = "invalid_refresh_token" 401 "Sign in again.";
    /// The account is banned. Only a caller who proved to be its owner gets this code.
    Banned = "banned" 403 "This account is banned.";
    /// The mail address belonged to a seller who deleted their shop. Only its proven owner gets this code.
    SellerBarred = "seller_barred" 403 "A seller with this address has closed their shop.";
    /// The account has no password, so this needs a sign-in within the last 10 minutes.
    SignInAgain = "sign_in_again" 403 "Sign in again to do this.";
    /// The principal may not do this.
    Forbidden = "forbidden" 403 "You may not do this.";
    /// A cookie came with an unsafe method from an origin that is not allowed.
    OriginRefused = "origin_refused" 403 "Requests with cookies must come from an allowed origin.";
    /// The object does not exist or belongs to somebody else. The answer does not say which.
    NotFound = "not_found" 404 "There is no such thing.";
    /// An admin's account cannot be deleted.
    StillAdmin = "still_admin" 409 "Admins cannot delete their account.";
    /// Another request used the refresh token a moment ago. Its answer has the next tokens.
    RefreshRaced = "refresh_raced" 409 "Another request was faster with this refresh token.";
    /// The request would end the admin's own rights.
    NotYourself = "not_yourself" 409 "Not yourself: ask another admin.";
    /// The request is about the first admin, whose rights come from the deployment.
    FirstAdmin = "first_admin" 409 "The first admin stays.";
    /// A banned shopper cannot become an admin.
    UserBanned = "user_banned" 409 "This shopper is banned.";
    /// The second factor is on already.
    SecondFactorOn = "second_factor_on" 409 "The second factor is on already.";
    /// There is no second factor.
    SecondFactorOff = "second_factor_off" 409 "There is no second factor.";
    /// The account has no password. A password reset sets one.
    NoPassword = "no_password" 409 "This account has no password yet.";
    /// The seller has a shop already.
    ShopExists = "shop_exists" 409 "You have a shop already.";
    /// The seller has no shop yet.
    NoShop = "no_shop" 409 "Open a shop first.";
    /// The seller's shop is deleted; it can be restored for 28 days.
    ShopDeleted = "shop_deleted" 409 "Your shop is deleted.";
    /// The seller's shop was closed for good.
    ShopClosed = "shop_closed" 409 "Your shop is closed for good.";
    /// Another object has this slug.
    SlugTaken = "slug_taken" 409 "This slug is taken.";
    /// Somebody else changed the object after it was read.
    ChangedMeanwhile = "changed_meanwhile" 409 "Somebody changed it meanwhile: read it again.";
    /// A category that was ever used needs a successor before it is deleted.
    CategoryInUse = "category_in_use" 409 "This category is in use.";
    /// There are 100 categories already.
    CategoryLimit = "category_limit" 409 "There are as many categories as there may be.";
    /// The product is deleted; it can be restored for 24 hours.
    ProductDeleted = "product_deleted" 409 "This product is deleted.";
    /// The stock of the SKU would be below 0 or above 1,000,000.
    StockOutOfRange = "stock_out_of_range" 409 "There cannot be so many.";
    /// The cart has no lines.
    CartEmpty = "cart_empty" 409 "The cart is empty.";
    /// The cart has 100 different SKUs already.
    CartFull = "cart_full" 409 "The cart is full.";
    /// The request differs from the cart. The errors name each line that differs.
    CartChanged = "cart_changed" 409 "The cart is no longer what you saw.";
    /// There is too little stock. The errors name each line.
    SoldOut = "sold_out" 409 "Some of it is sold out.";
    /// A shop does not ship to the country of the address. The errors name each line.
    NotShippedThere = "not_shipped_there" 409 "Some of it is not shipped there.";
    /// A discount does not apply. The errors say why for each.
    DiscountRefused = "discount_refused" 409 "A discount does not apply.";
    /// Another discount of the shop has this code.
    DiscountCodeTaken = "discount_code_taken" 409 "This discount code is taken.";
    /// The total is below the smallest card payment.
    AmountTooSmall = "amount_too_small" 409 "This is too little to be paid by card.";
    /// The total is above the largest card payment.
    AmountTooLarge = "amount_too_large" 409 "This is too much for one card payment.";
    /// The shopper has 20 addresses already.
    AddressLimit = "address_limit" 409 "You have as many addresses as there may be.";
    /// The wishlist has 200 products already.
    WishlistFull = "wishlist_full" 409 "The wishlist is full.";
    /// The picture is not checked yet, or was rejected.
    MediaNotReady = "media_not_ready" 409 "This picture is not ready.";
    /// The picture is in use, or got a reference within the last 15 minutes.
    MediaInUse = "media_in_use" 409 "Something shows this picture.";
    /// The caller has the largest number of pictures: 5,000 for a seller, 500 for others.
    MediaLimit = "media_limit" 409 "You keep as many pictures as there may be.";
    /// The last checkouts of the shopper ended without a payment, and this one would hold more than half of what is left.
    UnpaidHolds = "unpaid_holds" 429 "Your last checkouts were not paid. For now you can buy at most half of what is left.";
    /// The shop has orders that are not delivered yet.
    UndeliveredOrders = "undelivered_orders" 409 "Some orders are not delivered yet.";
    /// The order or the shipment is past this step.
    OrderState = "order_state" 409 "The order is past this step.";
    /// So many pieces are neither shipped nor cancelled, or none are left. The errors name each line.
    NotLeft = "not_left" 409 "So many pieces are not left.";
    /// The shop order has 20 shipments and cancellations already.
    ShipmentLimit = "shipment_limit" 409 "The order has as many shipments and cancellations as there may be.";
    /// The payment session is no longer in a state that allows this.
    PaymentNotOpen = "payment_not_open" 409 "This payment session is no longer open.";
    /// The body is larger than allowed.
    PayloadTooLarge = "payload_too_large" 413 "The body is too large.";
    /// The body is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type" 415 "The body must be application/json.";
    /// Fields are missing, unknown or wrong. The errors name each.
    InvalidInput = "invalid_input" 422 "Some fields are not right.";
    /// The code is wrong, used or expired.
    WrongCode = "wrong_code" 422 "The code is not right.";
    /// The reset token is forged, used or expired.
    InvalidResetToken = "invalid_reset_token" 422 "Ask for a new code.";
    /// The `Idempotency-Key` was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused" 422 "The Idempotency-Key was used for another request.";
    /// Too many requests. `Retry-After` says when to retry.
    RateLimited = "rate_limited" 429 "Too many requests.";
    /// Too many mailed codes or guesses. `Retry-After` says when to retry.
    CodeLocked = "code_locked" 429 "Too many codes or guesses.";
    /// An internal error.
    Internal = "internal" 500 "Something went wrong on our side.";
    /// The operator of the marketplace has not entered the keys of the payment provider yet.
    PaymentsNotSetUp = "payments_not_set_up" 503 "Payments are not set up yet.";
    /// A system that the function needs is unavailable. A retry may succeed.
    Unavailable = "unavailable" 503 "Try again in a moment.";
}

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "ProblemCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Self::ALL.iter().map(|code| code.as_str()).collect();
        json_schema!({
            "description": "The reason for a refusal, for programs. A code never changes its meaning.",
            "type": "string",
            "enum": names,
        })
    }
}

/// A refusal, before it becomes a response.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    retry_after: Option<SignedDuration>,
}

/// A problem document as it is sent.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Document<'a> {
    /// The address of the explanation of the code.
    #[serde(rename = "type")]
    kind: String,
    /// The meaning of the code, for people.
    title: &'a str,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// The code, for programs.
    #[schemars(with = "Code")]
    code: &'a str,
    /// The reason in this case.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// The id of the request. Give it when you ask for help.
    request_id: &'a str,
    /// The errors in the fields, at most the first 100.
    #[schemars(length(max = 100))]
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// How many errors there are, if `errors` does not name all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_count: Option<usize>,
}

/// How many errors a problem names at most. A body of 64 KiB can have thousands, and an answer should not be larger than the
/// request.
const MAX_ERRORS: usize = 100;

impl Problem {
    /// Creates a problem that says no more than its code.
    pub const fn new(code: Code) -> Self {
        Self { code, detail: None, errors: Vec::new(), retry_after: None }
    }

    /// Creates a problem that names every field or line with an error.
    pub fn refused(code: Code, errors: FieldErrors) -> Self {
        Self { errors: errors.0, ..Self::new(code) }
    }

    /// Adds the reason in this case. It must not contain input of the client or the text of an internal error.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds an error in a field.
    #[must_use]
    pub fn field(
        mut self,
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.errors.push(FieldError::new(pointer, code, detail));
        self
    }

    /// Adds `Retry-After`.
    #[must_use]
    pub fn retry_at(mut self, until: Timestamp, now: Timestamp) -> Self {
        self.retry_after = Some(until.duration_since(now));
        self
    }

    /// Returns the code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// Returns the errors in the fields.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    pub(crate) fn into_response(self, request_id: &str) -> Response<String> {
        let code = self.code;
        let document = Document {
            kind: format!("/docs#problem-{}", code.as_str()),
            title: code.title(),
            status: code.status(),
            code: code.as_str(),
            detail: self.detail.as_deref(),
            request_id,
            errors: self.errors.get(..MAX_ERRORS).unwrap_or(&self.errors),
            error_count: Some(self.errors.len()).filter(|&count| count > MAX_ERRORS),
        };
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert("content-type", http::HeaderValue::from_static("application/problem+json"));
        if code == Code::NotSignedIn {
            // RFC 6750, 3: a 401 names the scheme.
            headers.insert("www-authenticate", http::HeaderValue::from_static("Bearer"));
        }
        let soon = (code == Code::Unavailable).then_some(SignedDuration::from_secs(1));
        if let Some(wait) = self.retry_after.or(soon) {
            // Rounded up: coming back a fraction of a second early would be refused again.
            let seconds = u64::try_from(wait.as_millis().max(0)).unwrap_or_default().div_ceil(1_000).max(1);
            headers.insert("retry-after", http::HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        Self::refused(Code::InvalidInput, errors)
    }
}

impl From<Unspecified> for Problem {
    fn from(error: Unspecified) -> Self {
        tracing::error!(%error, "nothing could be drawn or sealed");
        Code::Internal.into()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the table did not serve");
        match error {
            StoreError::Unavailable(_) => Self::new(Code::Unavailable),
            StoreError::Rejected(_) | StoreError::Shape(_) => Self::new(Code::Internal),
        }
    }
}

impl From<Conflict> for Problem {
    fn from(_: Conflict) -> Self {
        Self::new(Code::Unavailable)
    }
}

impl Problem {
    /// Returns the problem of a failed write: that of `refusal` for failed conditions, `unavailable` or `internal`
    /// otherwise.
    pub fn from_write<R>(error: WriteError<R>, refused: impl FnOnce(&[R]) -> Self) -> Self {
        match error {
            WriteError::Refused(rules) => refused(&rules.0),
            WriteError::Store(error) => error.into(),
        }
    }
}
