//! Schedule, every minute - ends payment sessions whose hold ran out, and those that were left half opened or half
//! closed, and gives their stock back.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};

use crate::{deps::Till, settle};

/// Releases holds.
#[derive(Debug)]
pub struct Room;

impl Schedule for Room {
    const MODULE: &'static str = module_path!();

    type Deps = Till;

    async fn run(till: &Till, now: Timestamp) -> Result<usize, Failure> {
        let overdue = till.store.payments().overdue(now).await?;
        let mut failed = None;
        for listed in &overdue {
            // The list may be a second old; what decides is the session itself.
            let Some(session) = till.store.payments().get(listed.id).await? else { continue };
            if !session.is_live() || session.held_until > now {
                continue;
            }
            // One that cannot be ended now must not keep the others' stock.
            if let Err(failure) = settle::unpaid(till, &session, now).await {
                tracing::error!(session.id = %session.id, error = %failure, "a hold could not be released");
                failed = Some(failure);
            }
        }
        failed.map_or(Ok(overdue.len()), Err)
    }
}
