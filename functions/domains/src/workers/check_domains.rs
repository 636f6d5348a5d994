//! Schedule, every 5 minutes - checks the DNS records of custom domains.
//!
//! Idempotent: a result is only written over the version that was read. So of two runs at once, one result counts.

use futures::future::join_all;
use jiff::Timestamp;
use souk_domain::custom_domain::{DomainState, Obstacle};
use souk_messaging::{Failure, Schedule};
use souk_runtime::{Connect, Start, StartError};
use souk_store::WriteError;
use souk_store_shops::{
    ShopsExt as _,
    custom_domains::{CustomDomain, Rule},
};

use crate::{deps::StoreDomainTarget, dns::Dns};

/// Checks custom domains.
#[derive(Debug)]
pub struct CheckDomains;

/// The domains, and the DNS client.
#[derive(Debug)]
pub struct CheckDomainsDeps {
    domains: StoreDomainTarget,
    dns: Dns,
}

impl Connect for CheckDomainsDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { domains: StoreDomainTarget::connect(start).await?, dns: Dns::connect(start).await? })
    }
}

/// How many domains are checked in parallel. One slow DNS server delays so many other domains.
const PARALLEL_CHECKS: usize = 20;

impl Schedule for CheckDomains {
    const MODULE: &'static str = module_path!();

    type Deps = CheckDomainsDeps;

    async fn run(deps: &CheckDomainsDeps, now: Timestamp) -> Result<usize, Failure> {
        let due = deps.domains.store.custom_domains().due(now).await?;
        let mut failed = None;
        for domains in due.chunks(PARALLEL_CHECKS) {
            for checked in join_all(domains.iter().map(|domain| deps.check(domain, now))).await {
                // A domain that cannot be written must not block the other domains.
                failed = checked.err().or(failed);
            }
        }
        failed.map_or(Ok(due.len()), Err)
    }
}

impl CheckDomainsDeps {
    async fn check(&self, domain: &CustomDomain, now: Timestamp) -> Result<(), Failure> {
        let CustomDomain { name, token, .. } = domain;
        let (proof, target) = tokio::join!(self.dns.proof(name, token), self.dns.target(name, &self.domains.target));
        match self.save(domain, domain.state.after_check(proof, target, domain.since, now), now).await {
            Err(WriteError::Refused(rules)) if rules.broke(&Rule::Taken) => {
                let taken = DomainState::Failed { reason: Obstacle::Taken };
                ignore_conflict(self.save(domain, taken, now).await)
            }
            written => ignore_conflict(written),
        }
    }

    async fn save(&self, domain: &CustomDomain, state: DomainState, now: Timestamp) -> Result<(), WriteError<Rule>> {
        let since = if state == DomainState::Verified { now } else { domain.since };
        let after = CustomDomain {
            state,
            since,
            looked_at: Some(now),
            look_at: state.next_check(since, now),
            version: domain.version + 1,
            ..domain.clone()
        };
        self.domains.store.custom_domains().save(Some(domain), &after).await
    }
}

/// Ignores a conflict: whoever wrote in between has the newer result.
fn ignore_conflict(written: Result<(), WriteError<Rule>>) -> Result<(), Failure> {
    Ok(souk_store::happened(written).map(drop)?)
}
