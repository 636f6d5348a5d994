//! Tests with real events of API Gateway: what an endpoint reads from them, and what a client gets back.

use deserr::Deserr;
use http::Response;
use jiff::Timestamp;
use proptest::prelude::*;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde_json::{Value, json};
use souk_domain::{Email, Id, Principal, Quantity, SellerId, Title, UserId, catalogue::Colour};
use souk_runtime::Sealer;
use souk_store::Position;
use uuid::Uuid;

use crate::{
    Answer, Anyone, Audience, Body, Caller, Code, Created, Cursors, Cx, Endpoint, FieldErrors, Flag, FromRequest,
    Incoming, ListCursors, NoContent, Paging, Path, Problem, Query, Redirect, Route, Seller, Several, Shopper,
    SignedInCaller, answer::respond, event::readable,
};

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[expect(dead_code, reason = "the tests only parse it")]
struct Order {
    email: Email,
    lines: Vec<Line>,
    #[deserr(default)]
    note: Option<Title>,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[expect(dead_code, reason = "the tests only parse it")]
struct Line {
    quantity: Quantity,
}

/// Reads an event as API Gateway sends it (payload format 2.0).
fn event(method: &str, query: &str, headers: Value, body: &str) -> Incoming {
    read(event_with(method, query, headers, json!({ "body": body, "isBase64Encoded": false })))
}

fn read(event: Value) -> Incoming {
    Incoming::read(readable(serde_json::from_value(event).unwrap()).into(), &["https://shop.example".to_owned()])
}

fn event_with(method: &str, query: &str, headers: Value, more: Value) -> Value {
    let parameters: serde_json::Map<String, Value> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let mut event = json!({
        "version": "2.0",
        "routeKey": format!("{method} /v1/things/{{id}}"),
        "rawPath": "/v1/things/7",
        "rawQueryString": query,
        "headers": headers,
        "queryStringParameters": parameters,
        "pathParameters": { "id": "7" },
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "example.com", "domainPrefix": "api",
            "http": { "method": method, "path": "/v1/things/7", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "curl" },
            "requestId": "request-1", "routeKey": "$default", "stage": "$default",
            "time": "21/Nov/2026:00:00:00 +0000", "timeEpoch": 1_795_219_200_000_i64,
        },
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn post(body: &str) -> Incoming {
    event("POST", "", json!({ "content-type": "application/json" }), body)
}

/// Returns the body of a refusal with its headers.
fn document(problem: Problem) -> Value {
    let response = problem.into_response("request-1");
    let mut document = body_of(&response);
    document["headers"] = json!(
        response
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect::<Vec<_>>()
    );
    document
}

fn body_of(response: &Response<String>) -> Value {
    serde_json::from_str(response.body()).unwrap()
}

#[test]
fn a_name_that_an_object_has_twice_is_refused_at_its_pointer() {
    let body = r#"{"email": "ann@example.com", "lines": [{"quantity": 1}, {"quantity": 2, "quantity": 3}], "email": "x", "a/b": 1, "a/b": 2}"#;
    let problem = Body::<Order>::read(&post(body)).unwrap_err();
    let errors: Vec<_> = problem.errors().iter().map(|error| (error.pointer.as_str(), &*error.code)).collect();
    assert_eq!(errors, [("/lines/1/quantity", "duplicate"), ("/email", "duplicate"), ("/a~1b", "duplicate")]);
}

#[test]
fn at_most_a_hundred_errors_are_named_and_all_are_counted() {
    for count in [1, 100, 101, 4_000] {
        let lines = vec![r#"{"quantity":0}"#; count].join(",");
        let problem = Body::<Order>::read(&post(&format!(r#"{{"email": "ann@example.com", "lines": [{lines}]}}"#)));
        let response = problem.unwrap_err().into_response("request-1");
        let document = body_of(&response);
        assert_eq!(document["errors"].as_array().map(Vec::len), Some(count.min(100)));
        assert_eq!(document.get("error_count"), (count > 100).then(|| json!(count)).as_ref());
        assert!(response.body().len() < 16 * 1_024);
    }
}

#[test]
fn every_wrong_field_is_named_at_once_at_its_pointer() {
    let body = r#"{"email": "nobody", "lines": [{"quantity": 2}, {"quantity": 0}, {"quantity": "2", "colour": "red"}], "a/b": 1}"#;
    let problem = Body::<Order>::read(&post(body)).unwrap_err();
    insta::assert_json_snapshot!(document(problem), @r#"
    {
      "code": "invalid_input",
      "errors": [
        {
          "code": "unknown",
          "detail": "is not known here; known are email, lines, note",
          "pointer": "/a~1b"
        },
        {
          "code": "malformed",
          "detail": "must be a mail address such as ann@example.com",
          "pointer": "/email"
        },
        {
          "code": "out_of_range",
          "detail": "must be 1 to 999",
          "pointer": "/lines/1/quantity"
        },
        {
          "code": "unknown",
          "detail": "is not known here; known are quantity",
          "pointer": "/lines/2/colour"
        },
        {
          "code": "wrong_type",
          "detail": "must be of type integer",
          "pointer": "/lines/2/quantity"
        }
      ],
      "headers": [
        "content-type: application/problem+json"
      ],
      "request_id": "request-1",
      "status": 422,
      "title": "Some fields are not right.",
      "type": "/docs#problem-invalid_input"
    }
    "#);
}

#[test]
fn a_body_that_is_not_json_or_has_another_content_type_is_refused() {
    assert_eq!(Body::<Order>::read(&post("{")).unwrap_err().code(), Code::MalformedJson);
    assert_eq!(Body::<Order>::read(&post("")).unwrap_err().code(), Code::MalformedJson);
    let form = event("POST", "", json!({ "content-type": "application/x-www-form-urlencoded" }), "a=b");
    assert_eq!(Body::<Order>::read(&form).unwrap_err().code(), Code::UnsupportedMediaType);
    let long = format!(r#"{{"email": "{}"}}"#, "a".repeat(70_000));
    assert_eq!(Body::<Order>::read(&post(&long)).unwrap_err().code(), Code::PayloadTooLarge);
}

#[test]
fn a_query_is_read_like_a_body_and_a_repeated_parameter_is_refused() {
    let paging = |query: &str| Query::<Paging>::read(&event("GET", query, json!({}), ""));
    assert_eq!(paging("limit=50").unwrap().0.limit(), 50);
    assert_eq!(paging("").unwrap().0.limit(), 20);
    let refused = document(paging("limit=0&page=2").unwrap_err());
    let pointers: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["?limit", "?page"]);
}

#[test]
fn a_list_in_a_query_is_read_value_by_value() {
    #[derive(Debug, Deserr, JsonSchema)]
    #[deserr(error = FieldErrors, deny_unknown_fields)]
    struct Filter {
        #[deserr(default)]
        colour: Option<Several<Colour>>,
        #[deserr(default)]
        in_stock: Option<Flag>,
    }
    let read = |query: &str| Query::<Filter>::read(&event("GET", query, json!({}), ""));
    let filter = read("colour=Blue,%20Red&in_stock=true").unwrap().0;
    assert_eq!(filter.colour.as_deref(), Some(&["Blue", "Red"].map(|raw| Colour::parse(raw).unwrap())[..]));
    assert_eq!(filter.in_stock, Some(Flag(true)));
    let pointers = |query: &str| {
        let refused = document(read(query).unwrap_err());
        let errors: Vec<Value> = refused["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| format!("{} {}", error["pointer"], error["code"])).collect::<Vec<_>>()
    };
    let long = "x".repeat(51);
    assert_eq!(
        pointers(&format!("colour=Blue,,{long}&in_stock=1")),
        [r#""?colour/1" "empty""#, r#""?colour/2" "too_long""#, r#""?in_stock" "malformed""#]
    );
    assert_eq!(pointers("colour=Blue,Blue"), [r#""?colour" "duplicate""#]);
    let many: Vec<String> = (0..21).map(|n| format!("c{n}")).collect();
    assert_eq!(pointers(&format!("colour={}", many.join(","))), [r#""?colour" "too_many""#]);
}

#[test]
fn a_base64_body_is_decoded_and_cookies_are_read_from_their_own_field() {
    let of = |body: &str| read(event_with("POST", "", json!({}), json!({ "body": body, "isBase64Encoded": true })));
    assert_eq!(of("AP8=").body, [0x00, 0xFF]);
    assert_eq!(of("no Base64").body, b"no Base64");
    let request = read(event_with("GET", "", json!({}), json!({ "cookies": ["a=1", "b=2"] })));
    assert_eq!((request.cookie("a").as_deref(), request.cookie("b").as_deref()), (Some("1"), Some("2")));
}

#[test]
fn a_query_with_characters_that_no_uri_may_hold_keeps_its_values() {
    let query = event("GET", r#"q="sea blue"<mug>&limit=1"#, json!({}), "").query;
    assert_eq!(Value::Object(query), json!({ "q": r#""sea blue"<mug>"#, "limit": "1" }));
}

#[test]
fn an_event_with_an_invalid_host_scheme_or_path_is_read() {
    let domain = |domain: &str| json!({ "domainName": domain });
    for (host, proto, context, path) in [
        ("", "https", domain("example.com"), "/v1/things/a b"),
        ("a b", "gopher", domain("a:99999"), "no slash <>"),
        ("[::1", "https,https", domain("1.2.3.999"), "/v1/things/7?#{|}\\^`"),
        ("example.com", "http", domain(""), "//"),
        ("xn--a", "https", domain("/"), ""),
    ] {
        let headers = json!({ "host": host, "x-forwarded-proto": proto });
        let mut odd = event_with("GET", "q=1", headers, json!({ "rawPath": path }));
        odd["requestContext"].as_object_mut().unwrap().extend(context.as_object().unwrap().clone());
        let request = read(odd);
        assert_eq!((&request.query["q"], &request.path["id"]), (&json!("1"), &json!("7")), "{host} {path}");
    }
}

#[test]
fn a_path_parameter_that_no_entity_can_have_is_not_found() {
    #[derive(Debug, Deserr, JsonSchema)]
    #[deserr(error = FieldErrors)]
    struct OrderPath {
        #[expect(dead_code, reason = "the test only parses it")]
        id: souk_domain::OrderId,
    }
    assert_eq!(Path::<OrderPath>::read(&event("GET", "", json!({}), "")).unwrap_err().code(), Code::NotFound);
}

#[test]
fn a_temporary_refusal_says_in_whole_seconds_when_to_retry_rounded_up() {
    let now = Timestamp::from_millisecond(1_800_000_000_000).unwrap();
    let until = Timestamp::from_millisecond(1_800_000_001_001).unwrap();
    let document = document(Problem::new(Code::RateLimited).retry_at(until, now));
    assert_eq!(document["headers"], json!(["content-type: application/problem+json", "retry-after: 2"]));
}

#[test]
fn an_internal_error_says_nothing_but_the_request_id() {
    let error = souk_store::StoreError::Rejected("User: arn:aws:... is not authorized".to_owned());
    insta::assert_json_snapshot!(document(error.into()), @r#"
    {
      "code": "internal",
      "headers": [
        "content-type: application/problem+json"
      ],
      "request_id": "request-1",
      "status": 500,
      "title": "Something went wrong on our side.",
      "type": "/docs#problem-internal"
    }
    "#);
}

#[test]
fn codes_are_unique_lower_case_and_have_an_error_status() {
    let mut seen = std::collections::BTreeSet::new();
    for code in Code::ALL {
        assert!(seen.insert(code.as_str()), "{} occurs twice", code.as_str());
        assert!((400..600).contains(&code.status()));
        assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    }
}

#[test]
fn an_answer_has_its_status() {
    let answer = Created(json!({ "id": 1 }));
    let response = respond::<Created<Value>>(answer.body().unwrap());
    assert_eq!((response.status().as_u16(), body_of(&response)), (201, json!({ "id": 1 })));
}

#[test]
fn a_redirect_has_a_location_and_cookies_and_no_body() {
    let redirect = Redirect::<303>::to("https://shop.example/cart").with_cookie("__Host-a", "b", 600);
    let mut response = respond::<Redirect<303>>(redirect.body().unwrap());
    redirect.decorate(&mut response);
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!((response.status().as_u16(), header("content-type")), (303, None));
    assert_eq!(header("location"), Some("https://shop.example/cart"));
    assert_eq!(header("set-cookie"), Some("__Host-a=b; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600"));
}

#[test]
fn a_caller_of_another_kind_is_refused() {
    let user = Principal::User(UserId::from_uuid(Uuid::from_u128(1)));
    let seller = Principal::Seller(SellerId::from_uuid(Uuid::from_u128(1)));
    assert!(Shopper::from_principal(Some(user)).is_ok());
    assert!(Shopper::from_principal(Some(seller)).is_err());
    assert!(Seller::from_principal(Some(user)).is_err());
    assert!(Seller::from_principal(None).is_err());
    assert_eq!(SignedInCaller::AUDIENCES, [Audience::User, Audience::Seller, Audience::Admin]);
}

fn cursors() -> Cursors {
    Cursors::new(Sealer::new(SecretString::from("0123456789abcdef0123456789abcdef")))
}

fn paging(cursor: &str) -> Paging {
    Query::<Paging>::read(&event("GET", &format!("cursor={cursor}"), json!({}), "")).unwrap().0
}

macro_rules! lists {
    ($($name:ident of $caller:ident),+) => {$(
        struct $name;

        impl Endpoint for $name {
            const ROUTE: Route = Route::new(stringify!($name), "GET", "/v1/list");
            const SUMMARY: &'static str = "A list";

            type Deps = ();
            type Caller = $caller;
            type Input = ();
            type Output = NoContent;

            async fn handle(_: &Cx<'_, ()>, _: $caller, (): ()) -> Result<NoContent, Problem> {
                Ok(NoContent)
            }
        }
    )+};
}

lists!(Bans of SignedInCaller, Orders of SignedInCaller, Shops of Anyone, TopShops of Anyone);

/// A list: the endpoint (one of four), the principal (one of two, or 0 for everybody) and the part of the list.
type AnyList = (u8, u128, Option<String>);

fn any_list() -> impl Strategy<Value = AnyList> {
    let part = proptest::option::of("[a-c )(,\"]{0,4}");
    (0..4_u8, 1..3_u128, part).prop_map(|(endpoint, principal, part)| match endpoint {
        0 | 1 => (endpoint, principal, part),
        _ => (endpoint, 0, part),
    })
}

fn cursors_of<'a>(cursors: &'a Cursors, (endpoint, principal, part): &AnyList) -> ListCursors<'a> {
    let caller = SignedInCaller(Principal::User(UserId::from_uuid(Uuid::from_u128(*principal))));
    let list = match endpoint {
        0 => cursors.list::<Bans>(&caller),
        1 => cursors.list::<Orders>(&caller),
        2 => cursors.list::<Shops>(&Anyone),
        _ => cursors.list::<TopShops>(&Anyone),
    };
    match part {
        Some(part) => list.of(part),
        None => list,
    }
}

proptest! {
    #[test]
    fn a_cursor_opens_only_in_its_own_list_for_its_own_caller(from in any_list(), to in any_list()) {
        let cursors = cursors();
        let cursor = cursors_of(&cursors, &from).cursor(&7).unwrap();
        let opened = cursors_of(&cursors, &to).open::<u8>(&paging(&cursor));
        if from == to {
            prop_assert_eq!(opened.unwrap(), Some(7));
        } else {
            prop_assert_eq!(opened.unwrap_err().code(), Code::InvalidCursor);
        }
    }

    #[test]
    fn every_forged_cursor_is_refused(text in "[A-Za-z0-9_-]{0,200}") {
        let refused = cursors().list::<Shops>(&Anyone).open::<Position>(&paging(&text)).unwrap_err();
        prop_assert_eq!(refused.code(), Code::InvalidCursor);
    }

    #[test]
    fn every_query_is_read_without_a_panic_and_keeps_its_values(value in ".{0,200}", any in ".{0,200}") {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &value).finish();
        prop_assert_eq!(&event("GET", &query, json!({}), "").query["q"], &json!(value));
        let read = event("GET", &any, json!({}), "").query;
        let written: serde_json::Map<_, _> = form_urlencoded::parse(any.as_bytes())
            .map(|(name, value)| (name.into_owned(), json!(value)))
            .collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn no_body_makes_parsing_panic(body in ".{0,400}") {
        let _ = Body::<Order>::read(&post(&body));
    }
}
