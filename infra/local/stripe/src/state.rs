//! The state of the stand-in, in memory.

use std::collections::{BTreeMap, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use crate::error::{ApiError, Refusal};
use crate::faults::Faults;
use crate::idempotency::StoredAnswer;
use crate::objects::{
    Account, AccountLink, Charge, CheckoutSession, Customer, Event, PaymentIntent, Refund, Transfer, WebhookEndpoint,
};
use crate::webhooks::{Delivery, DeliveryMode, Notice};

/// An object of Stripe's API.
pub(crate) trait Resource {
    /// Stripe's noun for it in "No such ...".
    const NOUN: &'static str;
    /// The name of its path parameter, as Stripe reports it in errors.
    const PARAM: &'static str;

    fn id(&self) -> &str;

    /// Returns the object as Stripe sends it.
    fn render(&self) -> Value;
}

/// All objects of one kind by id. Ids of one kind sort by age.
#[derive(Debug)]
pub(crate) struct Table<T>(BTreeMap<String, T>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Resource> Table<T> {
    pub(crate) fn get(&self, id: &str) -> Result<&T, ApiError> {
        self.0.get(id).ok_or_else(|| Refusal::missing(T::NOUN, id, T::PARAM))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Result<&mut T, ApiError> {
        self.0.get_mut(id).ok_or_else(|| Refusal::missing(T::NOUN, id, T::PARAM))
    }

    pub(crate) fn insert(&mut self, item: T) {
        self.0.insert(item.id().to_owned(), item);
    }

    pub(crate) fn remove(&mut self, id: &str) -> Result<T, ApiError> {
        self.0.remove(id).ok_or_else(|| Refusal::missing(T::NOUN, id, T::PARAM))
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &T> {
        self.0.values().rev()
    }
}

/// The state behind the API, the pages and the webhooks. One lock guards it, so every operation is atomic.
pub(crate) struct Stripe {
    /// The base URL of the hosted pages, without a trailing slash.
    pub(crate) public_url: String,
    /// How many seconds the clock is ahead of the machine's.
    pub(crate) clock_ahead: i64,
    pub(crate) sessions: Table<CheckoutSession>,
    pub(crate) payment_intents: Table<PaymentIntent>,
    pub(crate) charges: Table<Charge>,
    pub(crate) refunds: Table<Refund>,
    pub(crate) accounts: Table<Account>,
    pub(crate) account_links: Table<AccountLink>,
    pub(crate) transfers: Table<Transfer>,
    pub(crate) customers: Table<Customer>,
    pub(crate) events: Table<Event>,
    pub(crate) webhook_endpoints: Table<WebhookEndpoint>,
    /// The platform's balance by currency, in minor units. Stripe's fees are not deducted.
    pub(crate) balance: BTreeMap<String, i64>,
    pub(crate) stored_answers: HashMap<String, StoredAnswer>,
    pub(crate) faults: Vec<Faults>,
    pub(crate) delivery_mode: DeliveryMode,
    pub(crate) deliveries: Vec<Delivery>,
    /// The id and idempotency key of the current API call, for the events that it causes.
    pub(crate) request: Option<(String, Option<String>)>,
    notices: UnboundedSender<Notice>,
}

impl Stripe {
    pub(crate) fn new(public_url: String, endpoints: Vec<WebhookEndpoint>, notices: UnboundedSender<Notice>) -> Self {
        let mut stripe = Self {
            public_url,
            clock_ahead: 0,
            sessions: Table::default(),
            payment_intents: Table::default(),
            charges: Table::default(),
            refunds: Table::default(),
            accounts: Table::default(),
            account_links: Table::default(),
            transfers: Table::default(),
            customers: Table::default(),
            events: Table::default(),
            webhook_endpoints: Table::default(),
            balance: BTreeMap::new(),
            stored_answers: HashMap::new(),
            faults: Vec::new(),
            delivery_mode: DeliveryMode::default(),
            deliveries: Vec::new(),
            request: None,
            notices,
        };
        for endpoint in endpoints {
            stripe.webhook_endpoints.insert(endpoint);
        }
        stripe
    }

    /// Deletes everything but the endpoints from the settings. A delivery in progress does not find its event and ends.
    pub(crate) fn reset(&mut self) {
        let endpoints =
            self.webhook_endpoints.newest_first().filter(|endpoint| endpoint.from_settings).cloned().collect();
        *self = Self::new(self.public_url.clone(), endpoints, self.notices.clone());
    }

    /// Returns the stand-in's time in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        machine_time() + self.clock_ahead
    }

    /// Records an event about `object` and queues it for the endpoints that listen to it.
    pub(crate) fn emit(&mut self, kind: &'static str, object: Value) {
        let event = Event::new(self, kind, object);
        let id = event.id().to_owned();
        self.events.insert(event);
        self.queue(&id);
    }

    /// Queues an event for every endpoint that listens to it, in the current delivery mode.
    pub(crate) fn queue(&mut self, event: &str) {
        let Ok(kind) = self.events.get(event).map(|event| event.kind) else { return };
        let listeners: Vec<String> = self
            .webhook_endpoints
            .newest_first()
            .filter(|endpoint| endpoint.listens_to(kind))
            .map(|endpoint| endpoint.id().to_owned())
            .collect();
        for endpoint in listeners {
            if let Ok(event) = self.events.get_mut(event) {
                event.pending.insert(endpoint.clone());
            }
            let notice = Notice::new(event, endpoint, self.delivery_mode);
            // The receiver exists as long as the server does.
            let _ = self.notices.send(notice);
        }
    }

    /// Returns the object with an id, of any kind.
    pub(crate) fn render(&self, id: &str) -> Option<Value> {
        fn find<T: Resource>(table: &Table<T>, id: &str) -> Option<Value> {
            table.get(id).ok().map(Resource::render)
        }
        let (prefix, _) = id.split_once('_')?;
        match prefix {
            "cs" => find(&self.sessions, id),
            "pi" => find(&self.payment_intents, id),
            "ch" => find(&self.charges, id),
            "re" => find(&self.refunds, id),
            "acct" => find(&self.accounts, id),
            "tr" => find(&self.transfers, id),
            "cus" => find(&self.customers, id),
            _ => None,
        }
    }
}

/// Creates an id in Stripe's form. Ids with the same prefix sort by their time of creation.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::now_v7().simple())
}

/// Returns the machine's time in Unix seconds.
pub(crate) fn machine_time() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}
