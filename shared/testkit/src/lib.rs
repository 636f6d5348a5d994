//! A client of a deployed Souk, for tests and the demo.
//!
//! Most of it uses what clients use: the HTTP API ([`Client`]), the sockets ([`Socket`]), the checkout page
//! ([`StripePage`]) and the mail that was sent ([`Mailbox`]). Every answer of the API is checked against the API
//! document, so an undeclared answer fails any test. Only [`Cloud`] uses the cloud's own APIs: the table and the
//! functions that no client can call.

mod account;
mod answer;
mod builders;
mod bulk;
mod client;
mod cloud;
mod contract;
pub mod events;
mod failed;
mod mailbox;
mod own_table;
pub mod pictures;
mod plain_http;
mod searching;
mod selling;
mod shopping;
mod socket;
mod stack;
mod stripe_page;
mod wait;

pub use account::{Account, Role, Tokens};
pub use answer::{Answer, FieldError};
pub use builders::{NewDiscount, NewProduct, NewSku, euros};
pub use bulk::{Job, JobFailure, RefusedRow, RowError};
pub use client::{Client, Request};
pub use cloud::{Cloud, Invocation};
pub use contract::{Operation, hold, operation, operations};
pub use failed::{Failed, Result};
pub use mailbox::{Mail, Mailbox};
pub use searching::ProductPage;
pub use selling::{Product, Shop, Sku, UploadForm};
pub use shopping::{Cart, CartDelivery, CartDiscount, CartLine, CartShipping, Money, PaymentSession, delivery_address};
pub use socket::Socket;
pub use stack::Stack;
pub use stripe_page::StripePage;
pub use wait::{PATIENCE, await_until};
