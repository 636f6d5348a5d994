//! Rate limits: GCRA, the leaky bucket as a meter, on one item per caller.
//!
//! The item holds the theoretical arrival time (TAT): when the bucket will be empty again. A request adds one interval
//! to it and passes while the TAT is at most a burst ahead of now. An update expression cannot compute `max(now, tat)`,
//! so there are two updates: one for a TAT in the future, one for a missing or past TAT. Both are conditional, so
//! parallel requests never pass more often than the limit allows.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};

use crate::{
    StoreError, Table,
    entity::{Item, millis, number},
    keys,
};

/// A rate limit: a burst, which refills one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many requests may come at once.
    pub burst: u32,
    /// How long until one more may come.
    pub every: SignedDuration,
}

/// The verdict on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It passes.
    Pass {
        /// How many more requests would pass now.
        left: u32,
    },
    /// It does not pass.
    Wait {
        /// When the next request passes.
        until: Timestamp,
    },
}

impl Limit {
    /// Creates a limit of `burst` requests at once and `per_minute` in the long run.
    pub const fn per_minute(burst: u32, per_minute: i64) -> Self {
        Self { burst, every: SignedDuration::from_millis(60_000 / per_minute) }
    }

    fn tolerance(self) -> SignedDuration {
        self.every * i32::try_from(self.burst.saturating_sub(1)).unwrap_or(i32::MAX)
    }

    fn left(self, tat: Timestamp, now: Timestamp) -> u32 {
        let interval = self.every.as_millis().max(1);
        let free = (now + self.tolerance() + self.every).duration_since(tat).as_millis() / interval;
        u32::try_from(free.max(0)).unwrap_or(u32::MAX)
    }
}

/// Access to rate limits.
#[derive(Debug)]
pub struct Limits<'a> {
    table: &'a Table,
}

impl<'a> Limits<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns whether a caller's request would pass now, without counting it. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn allows(&self, name: &str, limit: Limit, who: &str, now: Timestamp) -> Result<Verdict, StoreError> {
        let stored = self.table.get_many(vec![keys::limit(name, who)]).await?;
        let tat = stored.first().and_then(tat_of).unwrap_or(now).max(now);
        Ok(match limit.left(tat, now) {
            0 => Verdict::Wait { until: tat - limit.tolerance() },
            left => Verdict::Pass { left },
        })
    }

    /// Counts a caller's request against a limit. One or two writes.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn pass(&self, name: &str, limit: Limit, who: &str, now: Timestamp) -> Result<Verdict, StoreError> {
        let key = keys::limit(name, who);
        let fresh = self
            .table
            .update(&key)
            .update_expression("SET tat = :next, #ttl = :ttl")
            .condition_expression("attribute_not_exists(tat) OR tat <= :now")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":next", millis(now + limit.every))
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":ttl", number((now + limit.tolerance() + limit.every * 2).as_second()));
        if self.table.apply(fresh).await?.is_ok() {
            return Ok(Verdict::Pass { left: limit.burst.saturating_sub(1) });
        }
        let queued = self
            .table
            .update(&key)
            .update_expression("SET tat = tat + :every, #ttl = :ttl")
            .condition_expression("tat > :now AND tat <= :latest")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":every", number(i64::try_from(limit.every.as_millis()).unwrap_or(i64::MAX)))
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":latest", millis(now + limit.tolerance()))
            .expression_attribute_values(":ttl", number((now + limit.tolerance() * 2 + limit.every * 2).as_second()))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::UpdatedNew);
        match self.table.apply(queued).await? {
            Ok(output) => {
                let tat = output.attributes.as_ref().and_then(tat_of).unwrap_or(now);
                Ok(Verdict::Pass { left: limit.left(tat, now) })
            }
            // The TAT is too far ahead, or the bucket ran empty between the two updates. In the second case a moment
            // later is correct as well.
            Err(item) => {
                let tat = item.as_ref().and_then(tat_of).unwrap_or(now);
                Ok(Verdict::Wait { until: (tat - limit.tolerance()).max(now + SignedDuration::from_millis(1)) })
            }
        }
    }
}

fn tat_of(item: &Item) -> Option<Timestamp> {
    match item.get("tat") {
        Some(AttributeValue::N(text)) => text.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        _ => None,
    }
}
