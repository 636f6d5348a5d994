//! The relay: sends events from the outbox to the queues.

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

impl Relay {
    /// Sends an event to each of its queues and then deletes it from the outbox. After a crash in between it is sent
    /// again, so consumers must be idempotent.
    ///
    /// # Errors
    /// A [`Failure`] if a queue does not accept it. The event stays in the outbox.
    pub async fn forward(&self, record: &OutboxRecord) -> Result<(), Failure> {
        let message = Message::of(record)?;
        let (body, delay) = (serde_json::to_string(&message)?, message.event.delay());
        for queue in message.event.queues() {
            let message = self.sqs.send_message().queue_url(self.url(*queue)).message_body(&body);
            let sent = message.delay_seconds(delay).send().await;
            sent.map_err(|error| {
                Failure::new(format!("the queue {queue:?} did not accept the message: {}", error.into_service_error()))
            })?;
        }
        Ok(self.store.outbox().relayed(record.id).await?)
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
