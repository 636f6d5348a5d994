//! The relay: sends events from the outbox to the queues.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures::{FutureExt as _, StreamExt as _, stream};
use souk_domain::EventId;
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, outbox::OutboxRecord};

use crate::{Failure, Message, Queue};

/// Sends events from the outbox to their queues.
#[derive(Debug)]
pub struct Relay {
    /// The table.
    pub store: Store,
    sqs: aws_sdk_sqs::Client,
    mail: String,
    live: String,
    payments: String,
    accounts: String,
    notifications: String,
    transforms: String,
    pictures: String,
    catalogue: String,
    categories: String,
    imports: String,
    exports: String,
    sales: String,
}

/// A message on its way to a queue.
struct Outgoing {
    /// The position of its record among those that are forwarded.
    record: usize,
    body: String,
    delay_seconds: i32,
}

/// Largest number of messages in one request to SQS.
const BATCH_SIZE: usize = 10;
/// Largest sum of the bodies in one request to SQS, in bytes. SQS takes 1 MiB, and took 256 KiB until August 2025.
const BATCH_BYTES: usize = 250_000;
/// Number of requests to SQS at the same time.
const CONCURRENCY: usize = 16;

impl Relay {
    /// Sends each event to its queues and then deletes it from the outbox. After a crash in between it is sent again, so
    /// consumers must be idempotent. Returns the failures by the position of their record. These records stay in the
    /// outbox, and some of their queues may have received them.
    pub async fn forward(&self, records: &[OutboxRecord]) -> BTreeMap<usize, Failure> {
        let mut failures = BTreeMap::new();
        let mut by_queue: BTreeMap<&str, Vec<Outgoing>> = BTreeMap::new();
        for (n, record) in records.iter().enumerate() {
            match outgoing(n, record) {
                Ok((queues, message)) => {
                    for queue in queues {
                        by_queue.entry(self.url(*queue)).or_default().push(message());
                    }
                }
                Err(failure) => {
                    failures.insert(n, failure);
                }
            }
        }
        let requests =
            by_queue.into_iter().flat_map(|(url, messages)| batches(messages).map(move |batch| (url, batch)));
        let sending: Vec<_> = requests.map(|(url, batch)| self.send(url, batch).boxed()).collect();
        let refused: Vec<_> = stream::iter(sending).buffer_unordered(CONCURRENCY).collect().await;
        failures.extend(refused.into_iter().flatten());
        let sent = || records.iter().enumerate().filter(|(n, _)| !failures.contains_key(n));
        let ids: BTreeSet<EventId> = sent().map(|(_, record)| record.id).collect();
        if let Err(error) = self.store.outbox().relayed(&ids).await {
            let kept: Vec<_> = sent().map(|(n, _)| (n, Failure::new(error.to_string()))).collect();
            failures.extend(kept);
        }
        failures
    }

    /// Sends messages in one request. Returns the failures by the position of their record.
    async fn send(&self, url: &str, messages: Vec<Outgoing>) -> Vec<(usize, Failure)> {
        let positions: Vec<usize> = messages.iter().map(|message| message.record).collect();
        let refused = |reason: &str| Failure::new(format!("{url} did not accept a message: {reason}"));
        let entries = messages.into_iter().enumerate().map(|(n, message)| {
            let entry = SendMessageBatchRequestEntry::builder().id(n.to_string()).message_body(message.body);
            entry.delay_seconds(message.delay_seconds).build()
        });
        let answer = match entries.collect::<Result<Vec<_>, _>>() {
            Ok(entries) => self.sqs.send_message_batch().queue_url(url).set_entries(Some(entries)).send().await,
            Err(error) => return positions.into_iter().map(|n| (n, refused(&error.to_string()))).collect(),
        };
        match answer {
            Ok(answer) => answer
                .failed()
                .iter()
                .filter_map(|failed| {
                    let position = positions.get(failed.id.parse::<usize>().ok()?)?;
                    Some((*position, refused(failed.message().unwrap_or(&failed.code))))
                })
                .collect(),
            Err(error) => {
                let reason = error.into_service_error().to_string();
                positions.into_iter().map(|n| (n, refused(&reason))).collect()
            }
        }
    }

    fn url(&self, queue: Queue) -> &str {
        match queue {
            Queue::Mail => &self.mail,
            Queue::Live => &self.live,
            Queue::Payments => &self.payments,
            Queue::Accounts => &self.accounts,
            Queue::Notifications => &self.notifications,
            Queue::Transforms => &self.transforms,
            Queue::Pictures => &self.pictures,
            Queue::Catalogue => &self.catalogue,
            Queue::Categories => &self.categories,
            Queue::Imports => &self.imports,
            Queue::Exports => &self.exports,
            Queue::Sales => &self.sales,
        }
    }
}

/// Returns the queues of a record and its message.
fn outgoing(n: usize, record: &OutboxRecord) -> Result<(&'static [Queue], impl Fn() -> Outgoing), Failure> {
    let message = Message::of(record)?;
    let (body, delay_seconds) = (serde_json::to_string(&message)?, message.event.delay());
    Ok((message.event.queues(), move || Outgoing { record: n, body: body.clone(), delay_seconds }))
}

/// Splits messages into requests that SQS accepts.
fn batches(messages: Vec<Outgoing>) -> impl Iterator<Item = Vec<Outgoing>> {
    let mut batches: Vec<Vec<Outgoing>> = Vec::new();
    let mut bytes = 0;
    for message in messages {
        bytes += message.body.len();
        match batches.last_mut().filter(|batch| batch.len() < BATCH_SIZE && bytes <= BATCH_BYTES) {
            Some(batch) => batch.push(message),
            None => {
                bytes = message.body.len();
                batches.push(vec![message]);
            }
        }
    }
    batches.into_iter()
}

impl Connect for Relay {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self {
            store: Store::connect(start).await?,
            sqs: aws_sdk_sqs::Client::new(start.aws()),
            mail: start.setting("MAIL_QUEUE")?,
            live: start.setting("LIVE_QUEUE")?,
            payments: start.setting("PAYMENTS_QUEUE")?,
            accounts: start.setting("ACCOUNTS_QUEUE")?,
            notifications: start.setting("NOTIFICATIONS_QUEUE")?,
            transforms: start.setting("TRANSFORMS_QUEUE")?,
            pictures: start.setting("PICTURES_QUEUE")?,
            catalogue: start.setting("CATALOGUE_QUEUE")?,
            categories: start.setting("CATEGORIES_QUEUE")?,
            imports: start.setting("IMPORTS_QUEUE")?,
            exports: start.setting("EXPORTS_QUEUE")?,
            sales: start.setting("SALES_QUEUE")?,
        })
    }
}
