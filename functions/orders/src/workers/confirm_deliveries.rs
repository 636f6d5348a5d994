//! Schedule, every hour - counts shipments as delivered that were shipped some days ago. Few sellers report each delivery,
//! and what follows a delivery must not wait for ever.

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use souk_domain::delivery::{Pieces, Progress, Step};
use souk_messaging::{Failure, Schedule};
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, WriteError, retry_on_conflict};
use souk_store_sales::{SalesExt as _, orders::ShipmentUnderWay};

use crate::delivery::{progressed, save};

/// How many shipments are changed at once.
const CONCURRENCY: usize = 8;

/// Counts old shipments as delivered.
#[derive(Debug)]
pub struct ConfirmDeliveries;

/// The table, and the age at which a shipment counts as delivered.
#[derive(Debug)]
pub struct ConfirmDeliveriesDeps {
    store: Store,
    after: SignedDuration,
}

impl Connect for ConfirmDeliveriesDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let days: u32 = start.setting("DELIVERED_AFTER_DAYS")?;
        Ok(Self { store: Store::connect(start).await?, after: SignedDuration::from_hours(24 * i64::from(days)) })
    }
}

impl Schedule for ConfirmDeliveries {
    const MODULE: &'static str = module_path!();

    type Deps = ConfirmDeliveriesDeps;

    async fn run(deps: &ConfirmDeliveriesDeps, now: Timestamp) -> Result<usize, Failure> {
        let (mut from, mut done, mut failed) = (None, 0, None);
        loop {
            let page = deps.store.orders().under_way(now - deps.after, from).await?;
            let confirming: Vec<_> =
                page.items.iter().map(|shipment| confirm(&deps.store, shipment, now).boxed()).collect();
            let mut results = stream::iter(confirming).buffer_unordered(CONCURRENCY);
            while let Some(result) = results.next().await {
                // One that fails must not delay the others. The next run tries it again.
                match result {
                    Ok(()) => done += 1,
                    Err(failure) => failed = Some(failure),
                }
            }
            from = page.next;
            if from.is_none() {
                return failed.map_or(Ok(done), Err);
            }
        }
    }
}

/// Counts a shipment as delivered, unless it was delivered meanwhile.
async fn confirm(store: &Store, shipment: &ShipmentUnderWay, now: Timestamp) -> Result<(), Failure> {
    let ShipmentUnderWay { order, shop, shipment, .. } = *shipment;
    retry_on_conflict(|| async {
        let before = store.orders().at(shop, order).await?;
        let before = before.ok_or_else(|| Failure::new("the shop order of a shipment is not in the table"))?;
        let mut delivery = before.delivery.clone();
        if delivery.advance(shipment, Step::AssumedDelivered, now) != Ok(true) {
            return Ok(Some(()));
        }
        let (after, events) = (before.with(delivery), [progressed(&before, Progress::Delivered { shipment })]);
        match save(store, &before, &after, &Pieces::new(), &events, None, now).await {
            Ok(saved) => Ok(saved),
            // No key is written, so nothing but the version can be refused.
            Err(WriteError::Refused(_)) => Ok(None),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}
