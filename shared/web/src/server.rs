//! The way of a request through a function.

use std::time::Instant;

use aws_lambda_events::{
    apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
    encodings::Body,
};
use http::{HeaderValue, Response, header::SET_COOKIE};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{LambdaEvent, service_fn};
use souk_runtime::{Connect, Start, StartError, init_logging};
use souk_store::limits::Verdict;

use crate::{
    Answer, Code, Cx, Deps, Endpoint, Error, FromRequest, Idempotent, Incoming, Key, Problem, VerifyingKeys,
    answer::{respond, revalidate},
    caller::{Caller, admit, still_stands},
};

/// Serves a room until Lambda ends the process.
///
/// # Errors
/// Those of starting, and those of the runtime.
pub async fn serve<E: Endpoint>() -> Result<(), Error> {
    init_logging();
    let server = Server::<E>::start(&Start::load()?, Timestamp::now()).await?;
    let server = &server;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<ApiGatewayV2httpRequest>| async move {
        Ok::<_, std::convert::Infallible>(envelope(server.answer(event.payload, now()).await))
    }))
    .await
}

/// A response as API Gateway takes it: cookies apart from the headers.
fn envelope(response: Response<String>) -> ApiGatewayV2httpResponse {
    let (parts, body) = response.into_parts();
    let mut envelope = ApiGatewayV2httpResponse::default();
    envelope.status_code = parts.status.as_u16().into();
    envelope.headers = parts.headers;
    let cookies = envelope.headers.get_all(SET_COOKIE);
    envelope.cookies = cookies.iter().filter_map(|cookie| Some(cookie.to_str().ok()?.to_owned())).collect();
    envelope.headers.remove(SET_COOKIE);
    envelope.body = (!body.is_empty()).then_some(Body::Text(body));
    envelope
}

/// The time in whole milliseconds, as the table keeps it: what is answered now and what is read back later must be equal.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

struct Server<E: Endpoint> {
    deps: E::Deps,
    keys: Option<VerifyingKeys>,
    allowed_origins: Vec<String>,
}

impl<E: Endpoint> Server<E> {
    async fn start(start: &Start, now: Timestamp) -> Result<Self, StartError> {
        let deps = E::Deps::connect(start).await?;
        let keys = match deps.store() {
            Some(store) => Some(VerifyingKeys::load(store, now).await?),
            None => None,
        };
        let origins: Option<String> = start.optional("ALLOWED_ORIGINS")?;
        let allowed_origins = origins.unwrap_or_default().split(',').map(|origin| origin.trim().to_owned()).collect();
        Ok(Self { deps, keys, allowed_origins })
    }

    async fn answer(&self, event: ApiGatewayV2httpRequest, now: Timestamp) -> Response<String> {
        let begun = Instant::now();
        let request = Incoming::read(event, &self.allowed_origins);
        let mut limited = None;
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
        if let Some(state) = limited {
            for (name, value) in state {
                headers.insert(name, value);
            }
        }
        tracing::info!(
            function = E::ROUTE.name(),
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
        limited: &mut Option<Vec<(&'static str, HeaderValue)>>,
    ) -> Result<Response<String>, Problem> {
        let doorkeeper = self.keys.as_ref().zip(self.deps.store());
        let access = admit::<E::Caller>(request, doorkeeper, now).await?;
        let caller = E::Caller::from_principal(access.map(|access| access.principal))?;
        self.count(request, &caller, now, limited).await?;
        if let (true, Some(access), Some(store)) = (is_guarded::<E>(), access, self.deps.store()) {
            still_stands(access, store, now).await?;
        }
        let input = E::Input::read(request)?;
        let key = Key::read(request, E::ROUTE.name(), caller.principal(), E::IDEMPOTENT)?;
        let cx = Cx { deps: &self.deps, now, key, access };
        let principal = caller.principal();
        if let Some(again) = self.again(&cx, principal).await? {
            return Ok(again);
        }
        let result = E::handle(&cx, caller, input).await;
        if cx.key.is_some() && result.is_err() {
            // Two requests with one key at once: one of them wrote, and the other's refusal is that answer.
            if let Some(again) = self.again(&cx, principal).await? {
                return Ok(again);
            }
        }
        let output = result?;
        let mut response = respond::<E::Output>(output.body()?);
        output.decorate(&mut response);
        Ok(response)
    }

    /// The answer that was given under the request's key, if there is one.
    async fn again(
        &self,
        cx: &Cx<'_, E::Deps>,
        principal: Option<souk_domain::Principal>,
    ) -> Result<Option<Response<String>>, Problem> {
        let (Some(key), Some(store)) = (&cx.key, self.deps.store()) else { return Ok(None) };
        let stored = store.idempotency().answer(key.principal, key.operation, &key.key, cx.now).await?;
        let Some(stored) = stored else { return Ok(None) };
        if stored.fingerprint != key.fingerprint {
            return Err(Code::IdempotencyKeyReused.into());
        }
        let body = E::replay(cx, E::Caller::from_principal(principal)?, stored.body).await?;
        let mut response = respond::<E::Output>(body);
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
        Ok(Some(response))
    }

    /// Counts the request against the room's limit. Sensitive rooms have one; when the table cannot count, they refuse.
    async fn count(
        &self,
        request: &Incoming,
        caller: &E::Caller,
        now: Timestamp,
        limited: &mut Option<Vec<(&'static str, HeaderValue)>>,
    ) -> Result<(), Problem> {
        let (Some(limit), Some(store)) = (E::LIMIT, self.deps.store()) else { return Ok(()) };
        let who = caller.principal().map_or_else(|| request.address.clone(), |principal| principal.to_string());
        let verdict = store.limits().pass(E::ROUTE.name(), limit, &who, now).await?;
        let (left, wait) = match verdict {
            Verdict::Pass { left } => (left, SignedDuration::ZERO),
            Verdict::Wait { until } => (0, until.duration_since(now)),
        };
        // draft-ietf-httpapi-ratelimit-headers: what is left (r) and when more comes (t), under the policy's name.
        let window = limit.every.as_secs().saturating_mul(i64::from(limit.burst)).max(1);
        let policy = format!("\"{}\";q={};w={window}", E::ROUTE.name(), limit.burst);
        let reset = u64::try_from(wait.as_millis()).unwrap_or_default().div_ceil(1_000);
        let state = format!("\"{}\";r={left};t={reset}", E::ROUTE.name());
        let text = |text: String| HeaderValue::from_str(&text).ok();
        *limited = text(policy)
            .zip(text(state))
            .map(|(policy, state)| vec![("ratelimit-policy", policy), ("ratelimit", state)]);
        match verdict {
            Verdict::Pass { .. } => Ok(()),
            Verdict::Wait { until } => Err(Problem::new(Code::RateLimited).retry_at(until, now)),
        }
    }
}

/// Whether a room reads how its caller stands.
pub(crate) const fn is_guarded<E: Endpoint>() -> bool {
    E::GUARDED || E::Caller::GUARDED
}

/// What a room may answer with, all told: for the API document, and for tests that hold an answer against it.
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
