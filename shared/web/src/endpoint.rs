//! What a function declares of itself.

use std::{future::Future, ops::Deref};

use jiff::Timestamp;
use souk_domain::Id;
use souk_runtime::Connect;
use souk_store::Store;
use uuid::Uuid;

use crate::{Access, Answer, Caller, Code, FromRequest, Key, Limit, Problem};

/// Where a function is, and what it is called.
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

    /// The function's name: its module's.
    pub fn name(self) -> &'static str {
        souk_runtime::name_of(self.module)
    }

    /// The route as API Gateway writes it: `POST /v1/shops`.
    pub fn key(self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The service's name: its crate's.
    pub fn service(self) -> &'static str {
        self.module.split("::").next().unwrap_or(self.module)
    }
}

/// Whether an operation knows `Idempotency-Key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotent {
    /// It does not: it changes nothing, or changes the same thing however often it is called.
    No,
    /// It does, if the client sends one.
    Optional,
    /// It insists on one.
    Required,
}

/// What a function needs: usually a [`Store`] and perhaps an adapter.
pub trait Deps: Connect {
    /// The table, for limits, keys and idempotency.
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

/// An HTTP endpoint, declared once. Routing, guarding, parsing, documentation and tests all come from here.
pub trait Endpoint: Send + Sync + 'static {
    /// Where it is.
    const ROUTE: Route;
    /// What it does, in one sentence, for the API document.
    const SUMMARY: &'static str;
    /// How often one client may call it; the same address counts as one client.
    const LIMIT: Option<Limit> = None;
    /// Whether it knows `Idempotency-Key`.
    const IDEMPOTENT: Idempotent = Idempotent::No;
    /// Whether a ban or an ended session counts at once, at the price of one read, and not only when the access token
    /// ends: for what moves money or changes rights. For admins it always does.
    const GUARDED: bool = false;
    /// What it refuses with, beyond what its caller, its input and its limit may be refused with anyway.
    const PROBLEMS: &'static [Code] = &[];

    /// What it needs.
    type Deps: Deps;
    /// Who may call it.
    type Caller: Caller;
    /// What it reads.
    type Input: FromRequest;
    /// What it answers.
    type Output: Answer;

    /// Does it.
    fn handle(
        cx: &Cx<'_, Self::Deps>,
        caller: Self::Caller,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, Problem>> + Send;

    /// The body to repeat when the same key comes again, from the body that was stored with the key. An operation that
    /// still had something to do after its transaction finishes it here.
    fn replay(
        _: &Cx<'_, Self::Deps>,
        _: Self::Caller,
        stored: String,
    ) -> impl Future<Output = Result<String, Problem>> + Send {
        async { Ok(stored) }
    }
}

/// One request's surroundings. Dereferences to what the function needs.
#[derive(Debug)]
pub struct Cx<'a, D> {
    /// What the function needs.
    pub deps: &'a D,
    /// When the request came.
    pub now: Timestamp,
    /// The client's `Idempotency-Key`, if the operation knows it.
    pub key: Option<Key>,
    /// Whose token let the request in, if a token was needed.
    pub access: Option<Access>,
}

impl<D> Cx<'_, D> {
    /// A name for a new thing.
    pub fn fresh<I: Id>(&self) -> I {
        I::from_uuid(Uuid::now_v7())
    }

    /// The key of an operation that insists on one.
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
