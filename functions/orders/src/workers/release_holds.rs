//! Schedule, every minute - ends payment sessions whose hold ran out, and those that were left half opened or half
//! closed, and gives their stock back.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};
use souk_store_sales::SalesExt as _;

use crate::{deps::StoreStripe, settle};

/// Releases holds.
#[derive(Debug)]
pub struct ReleaseHolds;

impl Schedule for ReleaseHolds {
    const MODULE: &'static str = module_path!();

    type Deps = StoreStripe;

    async fn run(deps: &StoreStripe, now: Timestamp) -> Result<usize, Failure> {
        let overdue = deps.store.payments().overdue(now).await?;
        let mut failed = None;
        for listed in &overdue {
            // The list may be a second old; what decides is the session itself.
            let Some(session) = deps.store.payments().get(listed.id).await? else { continue };
            if !session.is_live() || session.held_until > now {
                continue;
            }
            // One that cannot be ended now must not keep the others' stock.
            if let Err(failure) = settle::unpaid(deps, &session, now).await {
                tracing::error!(session.id = %session.id, error = %failure, "a hold could not be released");
                failed = Some(failure);
            }
        }
        failed.map_or(Ok(overdue.len()), Err)
    }
}
