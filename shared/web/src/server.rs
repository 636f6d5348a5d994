//! The steps of a request: authenticate, count against the limit, read, handle, answer.

use std::time::Instant;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use futures::future::{BoxFuture, FutureExt, ready};
use http::{HeaderValue, Response};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Adapter, Body, IntoResponse, LambdaEvent, Request, Service, service_fn};
use souk_domain::Principal;
use souk_runtime::{Connect, Function, Kind, Start, StartError};
use souk_store::limits::Verdict;

use crate::{
    Access, Answer, Audience, Caller, Code, Cx, Deps, Endpoint, Error, FromRequest, Idempotent, Incoming, Key, Limit,
    Problem, Store, VerifyingKeys,
    answer::{respond, revalidate},
    caller::{authenticate, check_session},
    event::readable,
};

/// Describes an endpoint for the list of its service.
pub fn function<E: Endpoint>() -> Function {
    Function::new::<E>(E::ROUTE.name(), Kind::Endpoint, Some(E::ROUTE.key()), read::<E>)
}

/// Reads an event of the HTTP API and checks that it is for this endpoint and has the input that the endpoint reads.
fn read<E: Endpoint>(event: &str) -> Result<(), String> {
    let event: ApiGatewayV2httpRequest = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let route = E::ROUTE.key();
    if event.route_key.as_deref() != Some(&route) {
        return Err(format!("it is for {:?} and not for {route}", event.route_key));
    }
    E::Input::read(&Incoming::read(readable(event).into(), &[])).map(drop).map_err(|problem| format!("{problem:?}"))
}

/// Serves an endpoint until Lambda ends the process.
///
/// # Errors
/// Those of starting, and those of the Lambda runtime.
pub fn serve<E: Endpoint>() -> Result<(), Error> {
    serve_any(|start| {
        Box::pin(async move {
            let deps = E::Deps::connect(start).await?;
            Ok(Box::new(ConnectedEndpoint::<E> { deps }) as Box<dyn AnyEndpoint>)
        })
    })
}

/// An endpoint of any type with its dependencies, as a trait object. The code around it is compiled once, in this
/// crate, and not in every binary.
trait AnyEndpoint: Send + Sync {
    fn plan(&self) -> Plan;

    fn store(&self) -> Option<&Store>;

    /// Reads the endpoint's input from a request. Returns the call of the endpoint with that input.
    fn read<'a>(&'a self, request: &Incoming, principal: Option<Principal>) -> Result<Handler<'a>, Problem>;

    /// Makes the answer to a repeated request from the body that was stored with the first.
    fn replay<'a>(&'a self, call: &'a Call, stored: String) -> Step<'a, Response<String>>;
}

type ConnectEndpoint = fn(&Start) -> BoxFuture<'_, Result<Box<dyn AnyEndpoint>, StartError>>;
type Step<'a, T> = BoxFuture<'a, Result<T, Problem>>;
type Handler<'a> = Box<dyn FnOnce(&'a Call) -> Step<'a, Response<String>> + Send + 'a>;
type Headers = Vec<(&'static str, HeaderValue)>;

/// What an endpoint declares, and the steps it needs before it is called. A step that it does not need is not linked
/// into its binary.
struct Plan {
    name: &'static str,
    audiences: &'static [Audience],
    idempotent: Idempotent,
    authenticate: Option<Authenticate>,
    count: Option<(Limit, Count)>,
    check_session: Option<CheckSession>,
    find_answer: Option<FindAnswer>,
}

type Authenticate = for<'a> fn(&'a Server, &'a Incoming, Timestamp) -> Step<'a, Access>;
type Count = for<'a> fn(&'a Server, Limit, &'a Incoming, Option<Principal>, Timestamp) -> Step<'a, LimitState>;
type CheckSession = fn(&Server, Access, Timestamp) -> Step<'_, ()>;
type FindAnswer = for<'a> fn(&'a Server, &'a Call) -> Step<'a, Option<Response<String>>>;

/// The `RateLimit` headers, and a refusal if the request is over the limit.
type LimitState = (Headers, Result<(), Problem>);

/// An authenticated request.
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

/// An endpoint with its dependencies.
struct ConnectedEndpoint<E: Endpoint> {
    deps: E::Deps,
}

impl<E: Endpoint> AnyEndpoint for ConnectedEndpoint<E> {
    fn plan(&self) -> Plan {
        Plan {
            name: E::ROUTE.name(),
            audiences: E::Caller::AUDIENCES,
            idempotent: E::IDEMPOTENT,
            authenticate: if E::Caller::AUDIENCES.is_empty() { None } else { Some(Server::authenticate) },
            count: match E::LIMIT {
                Some(limit) => Some((limit, Server::count)),
                None => None,
            },
            check_session: if E::GUARDED || E::Caller::GUARDED { Some(Server::check_session) } else { None },
            find_answer: if matches!(E::IDEMPOTENT, Idempotent::No) { None } else { Some(Server::find_answer) },
        }
    }

    fn store(&self) -> Option<&Store> {
        self.deps.store()
    }

    fn read<'a>(&'a self, request: &Incoming, principal: Option<Principal>) -> Result<Handler<'a>, Problem> {
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

/// Serves an endpoint of any type behind `lambda_http`'s adapter. Not generic, so it is compiled once, in this crate.
fn serve_any(connect: ConnectEndpoint) -> Result<(), Error> {
    souk_runtime::serve(move |start| {
        Box::pin(async move {
            let endpoint = connect(&start).await?;
            let server: &'static Server = Box::leak(Box::new(Server::start(endpoint, &start, Timestamp::now()).await?));
            let adapter = Adapter::from(service_fn(move |request: Request| async move {
                Ok::<_, Error>(TextResponse(server.answer(request, now()).await))
            }));
            let handle = move |event: LambdaEvent<ApiGatewayV2httpRequest>| {
                adapter.clone().call(LambdaEvent::new(readable(event.payload), event.context)).boxed()
            };
            Ok(Box::new(handle) as souk_runtime::Handler<_, _>)
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

/// Returns the time in whole milliseconds. The table stores no finer time, and an answer must equal what is read later.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Answers the requests of one endpoint.
struct Server {
    endpoint: Box<dyn AnyEndpoint>,
    plan: Plan,
    keys: Option<VerifyingKeys>,
    allowed_origins: Vec<String>,
}

impl Server {
    async fn start(endpoint: Box<dyn AnyEndpoint>, start: &Start, now: Timestamp) -> Result<Self, StartError> {
        let keys = match endpoint.store() {
            Some(store) => Some(VerifyingKeys::load(store, now).await?),
            None => None,
        };
        let origins: Option<String> = start.optional("ALLOWED_ORIGINS")?;
        let allowed_origins = origins.unwrap_or_default().split(',').map(|origin| origin.trim().to_owned()).collect();
        Ok(Self { plan: endpoint.plan(), endpoint, keys, allowed_origins })
    }

    async fn answer(&self, request: Request, now: Timestamp) -> Response<String> {
        let started = Instant::now();
        let request = Incoming::read(request, &self.allowed_origins);
        let mut limit_headers = Headers::new();
        let mut response = match self.handle(&request, now, &mut limit_headers).await {
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
        for (name, value) in limit_headers {
            headers.insert(name, value);
        }
        tracing::info!(
            function = self.plan.name,
            request.id = request.request_id,
            status = response.status().as_u16(),
            duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        response
    }

    async fn handle(
        &self,
        request: &Incoming,
        now: Timestamp,
        limit_headers: &mut Headers,
    ) -> Result<Response<String>, Problem> {
        let access = match self.plan.authenticate {
            Some(authenticate) => Some(authenticate(self, request, now).await?),
            None => None,
        };
        let principal = access.map(|access| access.principal);
        if let Some((limit, count)) = self.plan.count {
            let (headers, within_limit) = count(self, limit, request, principal, now).await?;
            *limit_headers = headers;
            within_limit?;
        }
        if let (Some(check_session), Some(access)) = (self.plan.check_session, access) {
            check_session(self, access, now).await?;
        }
        let handle = self.endpoint.read(request, principal)?;
        let key = Key::read(request, self.plan.name, principal, self.plan.idempotent)?;
        let call = Call { now, key, access };
        let Some(find_answer) = self.plan.find_answer.filter(|_| call.key.is_some()) else {
            return handle(&call).await;
        };
        if let Some(answer) = find_answer(self, &call).await? {
            return Ok(answer);
        }
        match handle(&call).await {
            // Of two concurrent requests with one key, one wrote its answer. The other was refused and repeats that
            // answer.
            Err(problem) => find_answer(self, &call).await?.ok_or(problem),
            answer => answer,
        }
    }

    /// Finds out who sends the request.
    fn authenticate<'a>(&'a self, request: &'a Incoming, now: Timestamp) -> Step<'a, Access> {
        Box::pin(async move {
            let (Some(keys), Some(store)) = (&self.keys, self.endpoint.store()) else {
                return Err(Code::Internal.into());
            };
            authenticate(self.plan.audiences, request, keys, store, now).await
        })
    }

    /// Checks that the session of the token has not ended and its principal is not banned.
    fn check_session(&self, access: Access, now: Timestamp) -> Step<'_, ()> {
        Box::pin(async move {
            let Some(store) = self.endpoint.store() else { return Err(Code::Internal.into()) };
            check_session(access, store, now).await
        })
    }

    /// Returns the answer that was stored under the request's idempotency key, or `None` for a key that is new.
    fn find_answer<'a>(&'a self, call: &'a Call) -> Step<'a, Option<Response<String>>> {
        Box::pin(async move {
            let (Some(key), Some(store)) = (&call.key, self.endpoint.store()) else { return Ok(None) };
            let stored = store.idempotency().answer(key.principal, key.operation, &key.key, call.now).await?;
            let Some(stored) = stored else { return Ok(None) };
            if stored.fingerprint != key.fingerprint {
                return Err(Code::IdempotencyKeyReused.into());
            }
            let mut response = self.endpoint.replay(call, stored.body).await?;
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            Ok(Some(response))
        })
    }

    /// Counts the request against the endpoint's limit. If the table cannot count, the request is refused, since the
    /// endpoints with a limit are the sensitive ones.
    fn count<'a>(
        &'a self,
        limit: Limit,
        request: &'a Incoming,
        principal: Option<Principal>,
        now: Timestamp,
    ) -> Step<'a, LimitState> {
        Box::pin(async move {
            let Some(store) = self.endpoint.store() else { return Ok((Headers::new(), Ok(()))) };
            let name = self.plan.name;
            let client = principal.map_or_else(|| request.address.clone(), |principal| principal.to_string());
            let verdict = store.limits().pass(name, limit, &client, now).await?;
            let (left, wait) = match verdict {
                Verdict::Pass { left } => (left, SignedDuration::ZERO),
                Verdict::Wait { until } => (0, until.duration_since(now)),
            };
            // draft-ietf-httpapi-ratelimit-headers: the requests left (r) and the seconds until more are allowed (t).
            let window = limit.every.as_secs().saturating_mul(i64::from(limit.burst)).max(1);
            let policy = format!("\"{name}\";q={};w={window}", limit.burst);
            let reset = u64::try_from(wait.as_millis()).unwrap_or_default().div_ceil(1_000);
            let state = format!("\"{name}\";r={left};t={reset}");
            let header = |name, text: String| Some((name, HeaderValue::from_str(&text).ok()?));
            let headers = [header("ratelimit-policy", policy), header("ratelimit", state)].into_iter().flatten();
            let within_limit = match verdict {
                Verdict::Pass { .. } => Ok(()),
                Verdict::Wait { until } => Err(Problem::new(Code::RateLimited).retry_at(until, now)),
            };
            Ok((headers.collect(), within_limit))
        })
    }
}

/// Returns every problem code that an endpoint may answer with, sorted: for the API document, and for tests that
/// compare answers with it.
pub(crate) fn problems_of<E: Endpoint>() -> Vec<Code> {
    let mut codes: Vec<Code> = [E::PROBLEMS.to_vec(), E::Input::problems()].concat();
    codes.extend([Code::Internal, Code::Unavailable]);
    if !E::Caller::AUDIENCES.is_empty() {
        codes.push(Code::NotSignedIn);
        if !E::ROUTE.reads() {
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
