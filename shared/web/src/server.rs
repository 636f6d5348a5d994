//! The way of a request through a function.

use std::time::Instant;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use futures::future::{BoxFuture, FutureExt, ready};
use http::{HeaderValue, Response};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Adapter, Body, IntoResponse, LambdaEvent, Request, Service, service_fn};
use souk_domain::Principal;
use souk_runtime::{Connect, Function, Handler, Kind, Start, StartError};
use souk_store::limits::Verdict;

use crate::{
    Access, Answer, Audience, Caller, Code, Cx, Deps, Endpoint, Error, FromRequest, Idempotent, Incoming, Key, Limit,
    Problem, Store, VerifyingKeys,
    answer::{respond, revalidate},
    caller::{admit, still_stands},
    event::readable,
};

/// Describes an endpoint for the list of its service.
pub fn function<E: Endpoint>() -> Function {
    Function {
        name: E::ROUTE.name(),
        kind: Kind::Endpoint,
        route: Some(E::ROUTE.key()),
        type_path: std::any::type_name::<E>(),
        read: read::<E>,
    }
}

/// Reads an event of the HTTP API as the endpoint reads it.
fn read<E: Endpoint>(event: &str) -> Result<(), String> {
    let event: ApiGatewayV2httpRequest = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let route = E::ROUTE.key();
    if event.route_key.as_deref() != Some(&route) {
        return Err(format!("it is for {:?} and not for {route}", event.route_key));
    }
    E::Input::read(&Incoming::read(readable(event).into(), &[])).map(drop).map_err(|problem| format!("{problem:?}"))
}

/// Serves a function until Lambda ends the process.
///
/// # Errors
/// Those of starting, and those of the runtime.
pub fn serve<E: Endpoint>() -> Result<(), Error> {
    host(|start| {
        Box::pin(async move {
            let deps = E::Deps::connect(start).await?;
            Ok(Box::new(Open::<E> { deps }) as Box<dyn Hosted>)
        })
    })
}

/// What of a function differs from others, behind one face: all around it is compiled once, here, and not in every binary.
trait Hosted: Send + Sync {
    fn facts(&self) -> Facts;

    fn store(&self) -> Option<&Store>;

    /// Reads what the function wants of a request.
    fn read<'a>(&'a self, request: &Incoming, principal: Option<Principal>) -> Result<Handling<'a>, Problem>;

    /// Answers again from the body that was stored.
    fn replay<'a>(&'a self, call: &'a Call, stored: String) -> Step<'a, Response<String>>;
}

type Opening = fn(&Start) -> BoxFuture<'_, Result<Box<dyn Hosted>, StartError>>;
type Step<'a, T> = BoxFuture<'a, Result<T, Problem>>;
type Handling<'a> = Box<dyn FnOnce(&'a Call) -> Step<'a, Response<String>> + Send + 'a>;
type Headers = Vec<(&'static str, HeaderValue)>;

/// What a function says of itself, and the steps it wants taken. A step that a function does not want is not linked into it.
struct Facts {
    name: &'static str,
    audiences: &'static [Audience],
    idempotent: Idempotent,
    admit: Option<Admit>,
    count: Option<(Limit, Count)>,
    stand: Option<Stand>,
    again: Option<Again>,
}

type Admit = for<'a> fn(&'a Server, &'a Incoming, Timestamp) -> Step<'a, Access>;
type Count = for<'a> fn(&'a Server, Limit, &'a Incoming, Option<Principal>, Timestamp) -> Step<'a, Counted>;
type Stand = fn(&Server, Access, Timestamp) -> Step<'_, ()>;
type Again = for<'a> fn(&'a Server, &'a Call) -> Step<'a, Option<Response<String>>>;

/// What the client is told of the limit, and whether the request is within it.
type Counted = (Headers, Result<(), Problem>);

/// A request that was let in.
struct Call {
    now: Timestamp,
    key: Option<Key>,
    access: Option<Access>,
}

impl Call {
    fn cx<'a, D>(&self, deps: &'a D) -> Cx<'a, D> {
        Cx { deps, now: self.now, key: self.key.clone(), access: self.access }
    }

    fn principal(&self) -> Option<Principal> {
        self.access.map(|access| access.principal)
    }
}

/// A function with what it needs.
struct Open<E: Endpoint> {
    deps: E::Deps,
}

impl<E: Endpoint> Hosted for Open<E> {
    fn facts(&self) -> Facts {
        Facts {
            name: E::ROUTE.name(),
            audiences: E::Caller::AUDIENCES,
            idempotent: E::IDEMPOTENT,
            admit: if E::Caller::AUDIENCES.is_empty() { None } else { Some(Server::admit) },
            count: match E::LIMIT {
                Some(limit) => Some((limit, Server::count)),
                None => None,
            },
            stand: if E::GUARDED || E::Caller::GUARDED { Some(Server::stand) } else { None },
            again: if matches!(E::IDEMPOTENT, Idempotent::No) { None } else { Some(Server::again) },
        }
    }

    fn store(&self) -> Option<&Store> {
        self.deps.store()
    }

    fn read<'a>(&'a self, request: &Incoming, principal: Option<Principal>) -> Result<Handling<'a>, Problem> {
        let caller = E::Caller::from_principal(principal)?;
        let input = E::Input::read(request)?;
        Ok(Box::new(move |call| {
            Box::pin(async move {
                let output = E::handle(&call.cx(&self.deps), caller, input).await?;
                let mut response = respond::<E::Output>(output.body()?);
                output.decorate(&mut response);
                Ok(response)
            })
        }))
    }

    fn replay<'a>(&'a self, call: &'a Call, stored: String) -> Step<'a, Response<String>> {
        Box::pin(async move {
            let caller = E::Caller::from_principal(call.principal())?;
            Ok(respond::<E::Output>(E::replay(&call.cx(&self.deps), caller, stored).await?))
        })
    }
}

/// Serves any function behind `lambda_http`'s adapter. Not generic: it is compiled once, in this crate.
fn host(open: Opening) -> Result<(), Error> {
    souk_runtime::serve(move |start| {
        Box::pin(async move {
            let function = open(&start).await?;
            let server: &'static Server = Box::leak(Box::new(Server::start(function, &start, Timestamp::now()).await?));
            let adapter = Adapter::from(service_fn(move |request: Request| async move {
                Ok::<_, Error>(TextResponse(server.answer(request, now()).await))
            }));
            let handle = move |event: LambdaEvent<ApiGatewayV2httpRequest>| {
                adapter.clone().call(LambdaEvent::new(readable(event.payload), event.context)).boxed()
            };
            Ok(Box::new(handle) as Handler<_, _>)
        })
    })
}

/// A response whose body is text in UTF-8. `lambda_http`'s own conversion of a response guesses from the content type
/// whether a body is text, and in which encoding.
struct TextResponse(Response<String>);

impl IntoResponse for TextResponse {
    fn into_response(self) -> BoxFuture<'static, Response<Body>> {
        let response = self.0.map(|body| if body.is_empty() { Body::Empty } else { Body::Text(body) });
        Box::pin(ready(response))
    }
}

/// The time in whole milliseconds, as the table keeps it: what is answered now and what is read back later must be equal.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

struct Server {
    function: Box<dyn Hosted>,
    facts: Facts,
    keys: Option<VerifyingKeys>,
    allowed_origins: Vec<String>,
}

impl Server {
    async fn start(function: Box<dyn Hosted>, start: &Start, now: Timestamp) -> Result<Self, StartError> {
        let keys = match function.store() {
            Some(store) => Some(VerifyingKeys::load(store, now).await?),
            None => None,
        };
        let origins: Option<String> = start.optional("ALLOWED_ORIGINS")?;
        let allowed_origins = origins.unwrap_or_default().split(',').map(|origin| origin.trim().to_owned()).collect();
        Ok(Self { facts: function.facts(), function, keys, allowed_origins })
    }

    async fn answer(&self, request: Request, now: Timestamp) -> Response<String> {
        let begun = Instant::now();
        let request = Incoming::read(request, &self.allowed_origins);
        let mut limited = Headers::new();
        let mut response = match self.handle(&request, now, &mut limited).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(&request.request_id),
        };
        revalidate(request.header("if-none-match"), &mut response);
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&request.request_id) {
            headers.insert("x-request-id", id);
        }
        headers.entry("cache-control").or_insert(HeaderValue::from_static("no-store"));
        headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        for (name, value) in limited {
            headers.insert(name, value);
        }
        tracing::info!(
            function = self.facts.name,
            request.id = request.request_id,
            status = response.status().as_u16(),
            duration_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        response
    }

    async fn handle(
        &self,
        request: &Incoming,
        now: Timestamp,
        limited: &mut Headers,
    ) -> Result<Response<String>, Problem> {
        let access = match self.facts.admit {
            Some(admit) => Some(admit(self, request, now).await?),
            None => None,
        };
        let principal = access.map(|access| access.principal);
        if let Some((limit, count)) = self.facts.count {
            let (headers, verdict) = count(self, limit, request, principal, now).await?;
            *limited = headers;
            verdict?;
        }
        if let (Some(stand), Some(access)) = (self.facts.stand, access) {
            stand(self, access, now).await?;
        }
        let handling = self.function.read(request, principal)?;
        let key = Key::read(request, self.facts.name, principal, self.facts.idempotent)?;
        let call = Call { now, key, access };
        let Some(again) = self.facts.again.filter(|_| call.key.is_some()) else { return handling(&call).await };
        if let Some(answer) = again(self, &call).await? {
            return Ok(answer);
        }
        match handling(&call).await {
            // Two requests with one key at once: one of them wrote, and the other's refusal is that answer.
            Err(problem) => again(self, &call).await?.ok_or(problem),
            answer => answer,
        }
    }

    fn admit<'a>(&'a self, request: &'a Incoming, now: Timestamp) -> Step<'a, Access> {
        Box::pin(async move {
            let (Some(keys), Some(store)) = (&self.keys, self.function.store()) else {
                return Err(Code::Internal.into());
            };
            admit(self.facts.audiences, request, keys, store, now).await
        })
    }

    fn stand(&self, access: Access, now: Timestamp) -> Step<'_, ()> {
        Box::pin(async move {
            let Some(store) = self.function.store() else { return Err(Code::Internal.into()) };
            still_stands(access, store, now).await
        })
    }

    /// The answer that was given under the request's key, if there is one.
    fn again<'a>(&'a self, call: &'a Call) -> Step<'a, Option<Response<String>>> {
        Box::pin(async move {
            let (Some(key), Some(store)) = (&call.key, self.function.store()) else { return Ok(None) };
            let stored = store.idempotency().answer(key.principal, key.operation, &key.key, call.now).await?;
            let Some(stored) = stored else { return Ok(None) };
            if stored.fingerprint != key.fingerprint {
                return Err(Code::IdempotencyKeyReused.into());
            }
            let mut response = self.function.replay(call, stored.body).await?;
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            Ok(Some(response))
        })
    }

    /// Counts the request against the function's limit. Sensitive functions have one; when the table cannot count, they refuse.
    fn count<'a>(
        &'a self,
        limit: Limit,
        request: &'a Incoming,
        principal: Option<Principal>,
        now: Timestamp,
    ) -> Step<'a, Counted> {
        Box::pin(async move {
            let Some(store) = self.function.store() else { return Ok((Headers::new(), Ok(()))) };
            let name = self.facts.name;
            let who = principal.map_or_else(|| request.address.clone(), |principal| principal.to_string());
            let verdict = store.limits().pass(name, limit, &who, now).await?;
            let (left, wait) = match verdict {
                Verdict::Pass { left } => (left, SignedDuration::ZERO),
                Verdict::Wait { until } => (0, until.duration_since(now)),
            };
            // draft-ietf-httpapi-ratelimit-headers: what is left (r) and when more comes (t), under the policy's name.
            let window = limit.every.as_secs().saturating_mul(i64::from(limit.burst)).max(1);
            let policy = format!("\"{name}\";q={};w={window}", limit.burst);
            let reset = u64::try_from(wait.as_millis()).unwrap_or_default().div_ceil(1_000);
            let state = format!("\"{name}\";r={left};t={reset}");
            let header = |name, text: String| Some((name, HeaderValue::from_str(&text).ok()?));
            let headers = [header("ratelimit-policy", policy), header("ratelimit", state)].into_iter().flatten();
            let passed = match verdict {
                Verdict::Pass { .. } => Ok(()),
                Verdict::Wait { until } => Err(Problem::new(Code::RateLimited).retry_at(until, now)),
            };
            Ok((headers.collect(), passed))
        })
    }
}

/// What a function may answer with, all told: for the API document, and for tests that hold an answer against it.
pub(crate) fn problems_of<E: Endpoint>() -> Vec<Code> {
    let mut codes: Vec<Code> = [E::PROBLEMS.to_vec(), E::Input::problems()].concat();
    codes.extend([Code::Internal, Code::Unavailable]);
    if !E::Caller::AUDIENCES.is_empty() {
        codes.push(Code::NotSignedIn);
        if !matches!(E::ROUTE.method, "GET") {
            codes.push(Code::OriginRefused);
        }
    }
    if E::LIMIT.is_some() {
        codes.push(Code::RateLimited);
    }
    match E::IDEMPOTENT {
        Idempotent::No => {}
        Idempotent::Optional => codes.extend([Code::IdempotencyKeyMalformed, Code::IdempotencyKeyReused]),
        Idempotent::Required => {
            codes.extend([Code::IdempotencyKeyMissing, Code::IdempotencyKeyMalformed, Code::IdempotencyKeyReused]);
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}
