//! Schedule, every minute - ends payment sessions whose hold ended, and those that were left half-opened or
//! half-closed, and releases their stock.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};
use souk_store_sales::SalesExt as _;

use crate::{deps::StoreStripe, payment_session::ending};

/// Releases the stock of payment sessions that ended unpaid.
#[derive(Debug)]
pub struct ReleaseHolds;

impl Schedule for ReleaseHolds {
    const MODULE: &'static str = module_path!();

    type Deps = StoreStripe;

    async fn run(deps: &StoreStripe, now: Timestamp) -> Result<usize, Failure> {
        let overdue = deps.store.payments().overdue(now).await?;
        let mut failed = None;
        for listed in &overdue {
            // The index may be a second old, so the session itself decides.
            let Some(session) = deps.store.payments().get(listed.id).await? else { continue };
            if !session.is_live() || session.held_until > now {
                continue;
            }
            // A session that cannot be ended now must not delay the others. The failure is returned after the loop.
            if let Err(failure) = ending::end_unpaid(deps, &session, now).await {
                tracing::error!(session.id = %session.id, error = %failure, "hold could not be released");
                failed = Some(failure);
            }
        }
        failed.map_or(Ok(overdue.len()), Err)
    }
}
