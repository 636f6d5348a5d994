//! The declaration of an endpoint.

use std::{future::Future, ops::Deref};

use jiff::Timestamp;
use souk_domain::Id;
use souk_runtime::Connect;
use souk_store::Store;
use uuid::Uuid;

use crate::{Access, Answer, Caller, Code, FromRequest, Key, Limit, Problem};

/// The route of an endpoint, and the name that follows from its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    module: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with `{name}` for its parameters.
    pub path: &'static str,
}

impl Route {
    /// Use [`route!`](crate::route), which fills in the module.
    pub const fn new(module: &'static str, method: &'static str, path: &'static str) -> Self {
        Self { module, method, path }
    }

    /// Returns the name of the function, which is the name of its module.
    pub fn name(self) -> &'static str {
        souk_runtime::name_of(self.module)
    }

    /// Returns the route as API Gateway writes it: `POST /v1/shops`.
    pub fn key(self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns whether the method changes nothing: `GET`.
    pub const fn reads(self) -> bool {
        matches!(self.method.as_bytes(), b"GET")
    }

    /// Returns the name of the service, which is the name of its crate.
    pub fn service(self) -> &'static str {
        self.module.split("::").next().unwrap_or(self.module)
    }
}

/// Whether an operation supports the header `Idempotency-Key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotent {
    /// It ignores the header, because it changes nothing or is idempotent anyway.
    No,
    /// It uses the header if the client sends one.
    Optional,
    /// It refuses a request without the header.
    Required,
}

/// The dependencies of an endpoint: usually a [`Store`] and perhaps an adapter.
pub trait Deps: Connect {
    /// Returns the store, for rate limits, public keys and idempotency.
    fn store(&self) -> Option<&Store>;
}

impl Deps for () {
    fn store(&self) -> Option<&Store> {
        None
    }
}

impl Deps for Store {
    fn store(&self) -> Option<&Store> {
        Some(self)
    }
}

/// An HTTP endpoint, declared once. Routing, authentication, parsing, documentation and tests all use this declaration.
pub trait Endpoint: Send + Sync + 'static {
    /// The method and path.
    const ROUTE: Route;
    /// What the endpoint does, in one sentence, for the API document.
    const SUMMARY: &'static str;
    /// How often one client may call the endpoint. A client is a principal or, without one, an IP address.
    const LIMIT: Option<Limit> = None;
    /// Whether the endpoint supports `Idempotency-Key`.
    const IDEMPOTENT: Idempotent = Idempotent::No;
    /// Whether the session is checked in the table, for one read of two items. A ban or the end of a session then takes
    /// effect at once, and not only when the access token expires. Every method but `GET` has it, and every endpoint of
    /// admins. An endpoint that departs from this says why.
    const GUARDED: bool = !Self::ROUTE.reads();
    /// The problem codes of the endpoint, besides those of its caller, its input and its limit.
    const PROBLEMS: &'static [Code] = &[];

    /// The dependencies.
    type Deps: Deps;
    /// Who may call the endpoint.
    type Caller: Caller;
    /// The input that is read from the request.
    type Input: FromRequest;
    /// The answer.
    type Output: Answer;

    /// Handles one request.
    fn handle(
        cx: &Cx<'_, Self::Deps>,
        caller: Self::Caller,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, Problem>> + Send;

    /// Returns the body of the answer to a repeated idempotency key, given the body that was stored with the key. An
    /// operation with a step after its transaction completes that step here.
    fn replay(
        _: &Cx<'_, Self::Deps>,
        _: Self::Caller,
        stored: String,
    ) -> impl Future<Output = Result<String, Problem>> + Send {
        async { Ok(stored) }
    }
}

/// The context of one request. Dereferences to the dependencies.
#[derive(Debug)]
pub struct Cx<'a, D> {
    /// The dependencies of the endpoint.
    pub deps: &'a D,
    /// When the request arrived, in whole milliseconds.
    pub now: Timestamp,
    /// The client's `Idempotency-Key`, if the operation supports it and the client sent one.
    pub key: Option<Key>,
    /// What the access token proves, if the endpoint needs a token.
    pub access: Option<Access>,
}

impl<D> Cx<'_, D> {
    /// Generates the id of a new entity.
    pub fn fresh<I: Id>(&self) -> I {
        I::from_uuid(Uuid::now_v7())
    }

    /// Returns the idempotency key of an operation that requires one.
    ///
    /// # Errors
    /// `idempotency_key_missing`.
    pub fn required_key(&self) -> Result<&Key, Problem> {
        self.key.as_ref().ok_or_else(|| Code::IdempotencyKeyMissing.into())
    }
}

impl<D> Deref for Cx<'_, D> {
    type Target = D;

    fn deref(&self) -> &D {
        self.deps
    }
}
