//! Stripe's objects.
//!
//! Every file holds one kind of object: its parameters (unknown ones are refused), its state, its operations and its
//! JSON.

pub(crate) mod account;
pub(crate) mod account_link;
pub(crate) mod charge;
pub(crate) mod checkout_payment;
pub(crate) mod checkout_session;
pub(crate) mod customer;
pub(crate) mod event;
pub(crate) mod line_item;
pub(crate) mod payment_attempt;
pub(crate) mod payment_intent;
pub(crate) mod refund;
pub(crate) mod transfer;
pub(crate) mod values;
pub(crate) mod webhook_endpoint;

pub(crate) use account::Account;
pub(crate) use account_link::AccountLink;
pub(crate) use charge::Charge;
pub(crate) use checkout_session::CheckoutSession;
pub(crate) use customer::Customer;
pub(crate) use event::Event;
pub(crate) use payment_intent::PaymentIntent;
pub(crate) use refund::Refund;
pub(crate) use transfer::Transfer;
pub(crate) use webhook_endpoint::WebhookEndpoint;
