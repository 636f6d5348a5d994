//! Whether an address has an account is not to be learnt from what a function does: the calls that it makes are counted.

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

/// A call as DynamoDB sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    operation: String,
    /// The partitions that it names, without the address.
    partitions: Vec<String>,
    /// How long the request is, in bytes.
    length: usize,
}

impl Call {
    fn kind(&self) -> String {
        format!("{} {}", self.operation, self.partitions.join(" "))
    }
}

/// A table that holds a few items for good and notes down what it is asked.
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
        let found = self.items.iter().find(|item| operation == "GetItem" && item["pk"] == body["Key"]["pk"]);
        let answer = found.map_or(json!({}), |item| json!({ "Item": item }));
        let call = Call { operation, partitions: partitions(&body), length: bytes.len() };
        self.calls.lock().unwrap().push(call);
        let status = 200.try_into().unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer.to_string()))))
    }
}

impl RecordingTable {
    fn noted(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

/// The beginning of every partition that a request names: `CODE#register`.
fn partitions(body: &Value) -> Vec<String> {
    let parts = body["TransactItems"].as_array().cloned().unwrap_or_default();
    let keys = parts.iter().map(|part| &part["Put"]["Item"]["pk"]["S"]).chain([&body["Key"]["pk"]["S"]]);
    let beginning = |key: &str| match key.split('#').collect::<Vec<_>>()[..] {
        ["OUTBOX", ..] => "OUTBOX".to_owned(),
        [first, second, ..] => format!("{first}#{second}"),
        _ => key.to_owned(),
    };
    keys.filter_map(Value::as_str).map(beginning).collect()
}

/// DynamoDB's own notation of an item.
fn stored(entity: &impl Entity) -> Value {
    fn notation(value: Value) -> Value {
        match value {
            Value::String(text) => json!({ "S": text }),
            Value::Number(number) => json!({ "N": number.to_string() }),
            Value::Bool(flag) => json!({ "BOOL": flag }),
            Value::Null => json!({ "NULL": true }),
            Value::Array(list) => json!({ "L": list.into_iter().map(notation).collect::<Vec<_>>() }),
            Value::Object(map) => json!({ "M": fields(map) }),
        }
    }
    fn fields(map: serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
        map.into_iter().map(|(name, value)| (name, notation(value))).collect()
    }
    let Value::Object(map) = serde_json::to_value(entity).unwrap() else { panic!("an item is an object") };
    let mut item = fields(map);
    item.insert("pk".to_owned(), json!({ "S": entity.key().pk }));
    Value::Object(item)
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// Addresses of one length, so that what is written of them has one length too.
fn email(name: &str) -> Email {
    assert_eq!(name.len(), 8);
    Email::parse(&format!("{name}@example.com")).unwrap()
}

/// Addresses with every kind of account, and one with a registration.
fn ledger() -> RecordingTable {
    let id = Uuid::from_u128(1);
    let login = |name: &str, principal, password: Option<&str>| Login {
        email: email(name),
        principal,
        password: password.map(|text| passwords::hash(&Password::parse(text).unwrap()).unwrap()),
        google: Vec::new(),
    };
    let user = Principal::User(UserId::from_uuid(id));
    let waiting = CodeState {
        registration: Some(Registration {
            applicant: Applicant::User { name: PersonName::parse("Ann").unwrap() },
            password: "$argon2id$...".to_owned(),
        }),
        version: 1,
        forgotten_at: now() + jiff::SignedDuration::from_hours(1),
        ..CodeState::fresh(Purpose::ConfirmRegistration, Realm::Users, email("waiting0"))
    };
    let items = vec![
        stored(&login("shopper0", user, Some("correct horse"))),
        stored(&login("google00", user, None)),
        stored(&login("seller00", Principal::Seller(SellerId::from_uuid(id)), Some("correct horse"))),
        stored(&waiting),
    ];
    RecordingTable { items, calls: Arc::default() }
}

fn store(ledger: &RecordingTable) -> Store {
    let connector = SharedHttpConnector::new(ledger.clone());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "a test"))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    Store::new(Table::new(aws_sdk_dynamodb::Client::from_conf(config), "souk"))
}

/// The calls that a function makes for a body that it accepts.
async fn calls_of<E, I>(body: Value) -> Vec<Call>
where
    E: Endpoint<Deps = StoreSealer, Caller = Anyone, Input = Body<I>>,
    I: Deserr<FieldErrors>,
{
    let ledger = ledger();
    let sealer = Sealer::new(SecretString::from("0123456789abcdef0123456789abcdef"));
    let deps = StoreSealer { store: store(&ledger), sealer };
    let cx = Cx { deps: &deps, now: now(), key: None, access: None };
    let input = deserr::deserialize::<I, Value, FieldErrors>(body).unwrap();
    assert!(E::handle(&cx, Anyone, Body(input)).await.is_ok());
    ledger.noted()
}

/// Addresses with an account of each kind, and one of which nothing is known.
const ADDRESSES: [&str; 4] = ["unknown0", "shopper0", "google00", "seller00"];

/// Insists that a function makes these calls for every address, of the same length to the byte.
async fn asks_alike<E, I>(body: impl Fn(Email) -> Value, expected: &[&str])
where
    E: Endpoint<Deps = StoreSealer, Caller = Anyone, Input = Body<I>>,
    I: Deserr<FieldErrors>,
{
    let of_unknown = calls_of::<E, I>(body(email(ADDRESSES[0]))).await;
    assert_eq!(of_unknown.iter().map(Call::kind).collect::<Vec<_>>(), expected);
    for name in ADDRESSES {
        assert_eq!(calls_of::<E, I>(body(email(name))).await, of_unknown, "{name}");
    }
}

#[tokio::test]
async fn registering_asks_the_same_for_every_address() {
    let expected = ["GetItem CODE#register", "TransactWriteItems CODE#register OUTBOX"];
    let shopper = |email| json!({ "name": "Eve", "email": email, "password": "correct horse" });
    asks_alike::<register_user::RegisterUser, _>(shopper, &expected).await;
    let seller = |email| {
        json!({
            "name": "Eve",
            "email": email,
            "password": "correct horse",
            "phone": "+4930123456",
            "country": "DE",
        })
    };
    asks_alike::<register_seller::RegisterSeller, _>(seller, &expected).await;
}

#[tokio::test]
async fn asking_for_another_code_asks_the_same_for_every_address() {
    let expected = ["GetItem CODE#register", "TransactWriteItems CODE#register OUTBOX"];
    let body = |email| json!({ "email": email });
    asks_alike::<resend_user_code::ResendUserCode, _>(body, &expected).await;
    asks_alike::<resend_seller_code::ResendSellerCode, _>(body, &expected).await;
    // Where a registration waits it is written once more, which makes the write longer.
    let of_waiting = calls_of::<resend_user_code::ResendUserCode, _>(body(email("waiting0"))).await;
    assert_eq!(of_waiting.iter().map(Call::kind).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn asking_for_a_code_to_sign_in_with_asks_the_same_for_every_address() {
    let expected = ["GetItem CODE#sign_in", "TransactWriteItems CODE#sign_in OUTBOX"];
    asks_alike::<request_login_code::RequestLoginCode, _>(|email| json!({ "email": email }), &expected).await;
}

#[tokio::test]
async fn a_forgotten_password_asks_the_same_for_every_address() {
    let expected = ["GetItem CODE#reset", "TransactWriteItems CODE#reset OUTBOX"];
    for account in ["user", "seller"] {
        let body = |email| json!({ "email": email, "account": account });
        asks_alike::<forgot_password::ForgotPassword, _>(body, &expected).await;
    }
}

#[tokio::test]
async fn a_wrong_password_asks_the_same_for_every_address() {
    let expected = ["UpdateItem LIMIT#sign_in", "GetItem LOGIN#user"];
    let mut of_all = Vec::new();
    for name in ADDRESSES {
        let ledger = ledger();
        let input = sign_in::Credentials { email: email(name), password: Password::parse("battery staple").unwrap() };
        let refused = sign_in::authenticate(&store(&ledger), Realm::Users, &input, now()).await.unwrap_err();
        assert_eq!(refused.code(), Code::WrongCredentials, "{name}");
        of_all.push(ledger.noted());
    }
    assert_eq!(of_all[0].iter().map(Call::kind).collect::<Vec<_>>(), expected);
    assert!(of_all.iter().all(|calls| *calls == of_all[0]), "{of_all:?}");
}
