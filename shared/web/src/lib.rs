//! HTTP endpoints: their declaration, their requests and their answers.
//!
//! A function declares itself once, as an [`Endpoint`]: its route, who may call it, its input and its answer. Routing,
//! authentication, parsing and the API document follow from that declaration. [`serve`] authenticates the caller,
//! counts the request against the limit, and parses the input, reporting all errors at once. It repeats the earlier
//! answer for an `Idempotency-Key` that was used before. Every refusal is an RFC 9457 problem document with a stable
//! [`Code`].

mod answer;
mod caller;
mod cursor;
mod deps;
mod endpoint;
mod event;
mod fields;
mod idempotency;
mod input;
mod json;
mod keys;
pub mod openapi;
mod problem;
mod query;
mod request;
mod server;
#[cfg(test)]
mod tests;
mod token;

pub use answer::{Accepted, Answer, Created, Json, NoContent, Raw, Redirect, SignedIn, SignedOut, Tagged};
pub use caller::{Admin, Anyone, Caller, Seller, Shopper, SignedInCaller, own_shop};
pub use cursor::{Cursors, ListCursors, Listed, PageSize, Paging};
pub use deps::StoreCursors;
pub use endpoint::{Cx, Deps, Endpoint, Idempotent, Route};
pub use fields::{FIELD_CODES, FieldError, FieldErrors};
pub use idempotency::Key;
pub use input::{Body, Described, Device, FromRequest, Path, Query, RawBody};
pub use keys::VerifyingKeys;
pub use problem::{Code, Problem};
pub use query::{Flag, Several};
pub use request::Incoming;
pub use server::{function, serve};
pub use token::{Access, Audience, Signer, Token, TokenIssuer};

// Used by the macros and derives of endpoints.
pub use deserr::Deserr;
pub use lambda_runtime::Error;
pub use schemars::JsonSchema;
pub use souk_runtime as runtime;
pub use souk_store::{Store, limits::Limit};

/// Declares a struct of dependencies: the table, and others that implement `Connect`.
///
/// `deps! { /** The table and the bucket. */ pub struct StoreFiles { store: Store, files: MediaStore } }`
#[macro_export]
macro_rules! deps {
    ($($(#[$doc:meta])+ pub struct $name:ident { store: Store, $($field:ident: $kind:ty),+ })+) => {$(
        $(#[$doc])+
        #[derive(Debug)]
        #[expect(missing_docs, reason = "a field is named after its type")]
        pub struct $name {
            pub store: $crate::Store,
            $(pub $field: $kind),+
        }

        impl $crate::runtime::Connect for $name {
            async fn connect(start: &$crate::runtime::Start) -> Result<Self, $crate::runtime::StartError> {
                Ok(Self { store: <$crate::Store as $crate::runtime::Connect>::connect(start).await?, $($field: <$kind as $crate::runtime::Connect>::connect(start).await?),+ })
            }
        }

        impl $crate::Deps for $name {
            fn store(&self) -> Option<&$crate::Store> {
                Some(&self.store)
            }
        }
    )+};
}

/// Makes the route of an endpoint, which is named after the current module: `route!(POST "/v1/shops")`.
#[macro_export]
macro_rules! route {
    ($method:ident $path:literal) => {
        $crate::Route::new(module_path!(), stringify!($method), $path)
    };
}
