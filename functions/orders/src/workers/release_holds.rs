//! Schedule, every minute - ends payment sessions whose hold ended, and those that were left half-opened or
//! half-closed, and releases their stock.

use std::time::{Duration, Instant};

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use souk_domain::PaymentSessionId;
use souk_messaging::{Failure, Schedule};
use souk_store_sales::SalesExt as _;

use crate::{deps::StoreStripe, payment_session::ending};

/// How many sessions are ended at once. Each is a call to Stripe.
const CONCURRENCY: usize = 8;

/// How long a run ends sessions. What remains is the work of the next minute's run. The function has 50 seconds.
const MAX_DURATION: Duration = Duration::from_secs(35);

/// Releases the stock of payment sessions that ended unpaid.
#[derive(Debug)]
pub struct ReleaseHolds;

impl Schedule for ReleaseHolds {
    const MODULE: &'static str = module_path!();

    type Deps = StoreStripe;

    async fn run(deps: &StoreStripe, now: Timestamp) -> Result<usize, Failure> {
        if !deps.stripe.has_key() {
            // No session can be opened without a key. Asking Stripe would fail every minute and raise an alarm.
            return Ok(0);
        }
        let started = Instant::now();
        let (mut from, mut ended, mut failed) = (None, 0, None);
        while started.elapsed() < MAX_DURATION {
            let page = deps.store.payments().overdue(now, from).await?;
            // A session that cannot be ended now must not delay the others. The failure is returned after the loop.
            let ending: Vec<_> = page.items.iter().map(|listed| end_if_overdue(deps, listed.id, now).boxed()).collect();
            let results: Vec<_> = stream::iter(ending).buffer_unordered(CONCURRENCY).collect().await;
            ended += results.iter().filter(|result| result.is_ok()).count();
            failed = results.into_iter().find_map(Result::err).or(failed);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        failed.map_or(Ok(ended), Err)
    }
}

/// Ends a session if it is still overdue. The index may be a second old, so the session itself decides.
async fn end_if_overdue(deps: &StoreStripe, id: PaymentSessionId, now: Timestamp) -> Result<(), Failure> {
    let session = deps.store.payments().get(id).await?;
    let Some(session) = session.filter(|session| session.is_live() && session.held_until <= now) else { return Ok(()) };
    ending::end_unpaid(deps, &session, now).await.inspect_err(|failure| {
        tracing::error!(session.id = %id, error = %failure, "hold could not be released");
    })
}
