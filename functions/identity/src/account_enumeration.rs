//! Tests that no function reveals whether an address has an account. They count the calls that a function makes to the
//! table, because a different number of calls, or a longer call, would take a measurably different time.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use souk_domain::{Email, Id, Password, PersonName, Principal, Realm, SellerId, UserId, code::Purpose};
use souk_runtime::Sealer;
use souk_store::{Entity, Store, Table};
use souk_store_identity::{
    accounts::Login,
    codes::{Applicant, CodeState, Registration},
};
use souk_web::{Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors};
use uuid::Uuid;

use crate::{
    forgot_password, passwords, register_seller, register_user, registration::StoreSealer, request_login_code,
    resend_seller_code, resend_user_code, sign_in,
};

/// One request to DynamoDB.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    operation: String,
    /// The partitions that the request names, without the mail address.
    partitions: Vec<String>,
    /// The size of the request, in bytes.
    length: usize,
}

impl Call {
    fn kind(&self) -> String {
        format!("{} {}", self.operation, self.partitions.join(" "))
    }
}

/// A fake table. It holds a few fixed items and records every request.
#[derive(Debug, Clone, Default)]
struct RecordingTable {
    items: Vec<Value>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl HttpConnector for RecordingTable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let bytes = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(bytes).unwrap();
        let item = self.items.iter().find(|item| operation == "GetItem" && item["pk"] == body["Key"]["pk"]);
        let answer = item.map_or(json!({}), |item| json!({ "Item": item }));
        let call = Call { operation, partitions: partitions(&body), length: bytes.len() };
        self.calls.lock().unwrap().push(call);
        let status = 200.try_into().unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer.to_string()))))
    }
}

impl RecordingTable {
    fn recorded(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

/// Returns the beginning of every partition that a request names, such as `CODE#register`.
fn partitions(body: &Value) -> Vec<String> {
    let parts = body["TransactItems"].as_array().cloned().unwrap_or_default();
    let keys = parts.iter().map(|part| &part["Put"]["Item"]["pk"]["S"]).chain([&body["Key"]["pk"]["S"]]);
    let prefix = |key: &str| match key.split('#').collect::<Vec<_>>()[..] {
        ["OUTBOX", ..] => "OUTBOX".to_owned(),
        [first, second, ..] => format!("{first}#{second}"),
        _ => key.to_owned(),
    };
    keys.filter_map(Value::as_str).map(prefix).collect()
}

/// Returns an item in DynamoDB's JSON.
fn as_item(entity: &impl Entity) -> Value {
    fn dynamo_json(value: Value) -> Value {
        match value {
            Value::String(text) => json!({ "S": text }),
            Value::Number(number) => json!({ "N": number.to_string() }),
            Value::Bool(flag) => json!({ "BOOL": flag }),
            Value::Null => json!({ "NULL": true }),
            Value::Array(list) => json!({ "L": list.into_iter().map(dynamo_json).collect::<Vec<_>>() }),
            Value::Object(map) => json!({ "M": fields(map) }),
        }
    }
    fn fields(map: serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
        map.into_iter().map(|(name, value)| (name, dynamo_json(value))).collect()
    }
    let Value::Object(map) = serde_json::to_value(entity).unwrap() else { panic!("an item is an object") };
    let mut item = fields(map);
    item.insert("pk".to_owned(), json!({ "S": entity.key().pk }));
    Value::Object(item)
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// Returns an address of a fixed length, so that every request has the same length.
fn email(name: &str) -> Email {
    assert_eq!(name.len(), 8);
    Email::parse(&format!("{name}@example.com")).unwrap()
}

/// Returns a table with an account of every kind, and with one pending registration.
fn table() -> RecordingTable {
    let id = Uuid::from_u128(1);
    let login = |name: &str, principal, password: Option<&str>| Login {
        email: email(name),
        principal,
        password: password.map(|text| passwords::hash(&Password::parse(text).unwrap()).unwrap()),
        google: Vec::new(),
    };
    let user = Principal::User(UserId::from_uuid(id));
    let pending = CodeState {
        registration: Some(Registration {
            applicant: Applicant::User { name: PersonName::parse("Ann").unwrap() },
            password: "$argon2id$...".to_owned(),
        }),
        version: 1,
        forgotten_at: now() + jiff::SignedDuration::from_hours(1),
        ..CodeState::fresh(Purpose::ConfirmRegistration, Realm::Users, email("pending0"))
    };
    let items = vec![
        as_item(&login("shopper0", user, Some("correct horse"))),
        as_item(&login("google00", user, None)),
        as_item(&login("seller00", Principal::Seller(SellerId::from_uuid(id)), Some("correct horse"))),
        as_item(&pending),
    ];
    RecordingTable { items, calls: Arc::default() }
}

fn store(table: &RecordingTable) -> Store {
    let connector = SharedHttpConnector::new(table.clone());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "a test"))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    Store::new(Table::new(aws_sdk_dynamodb::Client::from_conf(config), "souk"))
}

/// Returns the requests that a function makes to the table for a body that it accepts.
async fn calls_of<E, I>(body: Value) -> Vec<Call>
where
    E: Endpoint<Deps = StoreSealer, Caller = Anyone, Input = Body<I>>,
    I: Deserr<FieldErrors>,
{
    let table = table();
    let sealer = Sealer::new(SecretString::from("0123456789abcdef0123456789abcdef"));
    let deps = StoreSealer { store: store(&table), sealer };
    let cx = Cx { deps: &deps, now: now(), key: None, access: None };
    let input = deserr::deserialize::<I, Value, FieldErrors>(body).unwrap();
    assert!(E::handle(&cx, Anyone, Body(input)).await.is_ok());
    table.recorded()
}

/// An unknown address, and an address with an account of each kind.
const ADDRESSES: [&str; 4] = ["unknown0", "shopper0", "google00", "seller00"];

/// Asserts that a function makes the `expected` requests for every address, with the same size to the byte.
async fn assert_same_calls<E, I>(body: impl Fn(Email) -> Value, expected: &[&str])
where
    E: Endpoint<Deps = StoreSealer, Caller = Anyone, Input = Body<I>>,
    I: Deserr<FieldErrors>,
{
    let for_unknown = calls_of::<E, I>(body(email(ADDRESSES[0]))).await;
    assert_eq!(for_unknown.iter().map(Call::kind).collect::<Vec<_>>(), expected);
    for name in ADDRESSES {
        assert_eq!(calls_of::<E, I>(body(email(name))).await, for_unknown, "{name}");
    }
}

#[tokio::test]
async fn registering_makes_the_same_calls_for_every_address() {
    let expected = ["GetItem CODE#register", "TransactWriteItems CODE#register OUTBOX"];
    let shopper = |email| json!({ "name": "Eve", "email": email, "password": "correct horse" });
    assert_same_calls::<register_user::RegisterUser, _>(shopper, &expected).await;
    let seller = |email| {
        json!({
            "name": "Eve",
            "email": email,
            "password": "correct horse",
            "phone": "+4930123456",
            "country": "DE",
        })
    };
    assert_same_calls::<register_seller::RegisterSeller, _>(seller, &expected).await;
}

#[tokio::test]
async fn requesting_another_code_makes_the_same_calls_for_every_address() {
    let expected = ["GetItem CODE#register", "TransactWriteItems CODE#register OUTBOX"];
    let body = |email| json!({ "email": email });
    assert_same_calls::<resend_user_code::ResendUserCode, _>(body, &expected).await;
    assert_same_calls::<resend_seller_code::ResendSellerCode, _>(body, &expected).await;
    // A pending registration is written again, which makes the request longer.
    let for_pending = calls_of::<resend_user_code::ResendUserCode, _>(body(email("pending0"))).await;
    assert_eq!(for_pending.iter().map(Call::kind).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn requesting_a_sign_in_code_makes_the_same_calls_for_every_address() {
    let expected = ["GetItem CODE#sign_in", "TransactWriteItems CODE#sign_in OUTBOX"];
    assert_same_calls::<request_login_code::RequestLoginCode, _>(|email| json!({ "email": email }), &expected).await;
}

#[tokio::test]
async fn a_forgotten_password_makes_the_same_calls_for_every_address() {
    let expected = ["GetItem CODE#reset", "TransactWriteItems CODE#reset OUTBOX"];
    for account in ["user", "seller"] {
        let body = |email| json!({ "email": email, "account": account });
        assert_same_calls::<forgot_password::ForgotPassword, _>(body, &expected).await;
    }
}

#[tokio::test]
async fn a_wrong_password_makes_the_same_calls_for_every_address() {
    let expected = ["UpdateItem LIMIT#sign_in", "GetItem LOGIN#user"];
    let mut calls = Vec::new();
    for name in ADDRESSES {
        let table = table();
        let input = sign_in::Credentials { email: email(name), password: Password::parse("battery staple").unwrap() };
        let refused = sign_in::authenticate(&store(&table), Realm::Users, &input, now()).await.unwrap_err();
        assert_eq!(refused.code(), Code::WrongCredentials, "{name}");
        calls.push(table.recorded());
    }
    assert_eq!(calls[0].iter().map(Call::kind).collect::<Vec<_>>(), expected);
    assert!(calls.iter().all(|of_address| *of_address == calls[0]), "{calls:?}");
}
