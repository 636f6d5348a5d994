//! Schedule, every 5 minutes - looks at the DNS records of the shops' own domains.
//!
//! Repetition: a look writes only over the version that it read, so of two runs at a time one counts.

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

/// Looks at domains.
#[derive(Debug)]
pub struct CheckDomains;

/// The domains, and the DNS.
#[derive(Debug)]
pub struct CheckDomainsDeps {
    registry: StoreDomainTarget,
    dns: Dns,
}

impl Connect for CheckDomainsDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { registry: StoreDomainTarget::connect(start).await?, dns: Dns::connect(start).await? })
    }
}

/// How many domains are looked at at a time: one that keeps its questions waiting holds up so many others.
const AT_ONCE: usize = 20;

impl Schedule for CheckDomains {
    const MODULE: &'static str = module_path!();

    type Deps = CheckDomainsDeps;

    async fn run(lookout: &CheckDomainsDeps, now: Timestamp) -> Result<usize, Failure> {
        let due = lookout.registry.store.custom_domains().due(now).await?;
        let mut failed = None;
        for domains in due.chunks(AT_ONCE) {
            for looked in join_all(domains.iter().map(|domain| lookout.look(domain, now))).await {
                // One that cannot be written now keeps no other from it.
                failed = looked.err().or(failed);
            }
        }
        failed.map_or(Ok(due.len()), Err)
    }
}

impl CheckDomainsDeps {
    async fn look(&self, domain: &CustomDomain, now: Timestamp) -> Result<(), Failure> {
        let CustomDomain { name, token, .. } = domain;
        let (proof, target) = tokio::join!(self.dns.proof(name, token), self.dns.target(name, &self.registry.target));
        match self.save(domain, domain.state.seen(proof, target, domain.since, now), now).await {
            Err(WriteError::Refused(rules)) if rules.broke(&Rule::Taken) => {
                let taken = DomainState::Failed { reason: Obstacle::Taken };
                settled(self.save(domain, taken, now).await)
            }
            written => settled(written),
        }
    }

    async fn save(&self, domain: &CustomDomain, state: DomainState, now: Timestamp) -> Result<(), WriteError<Rule>> {
        let since = if state == DomainState::Verified { now } else { domain.since };
        let after = CustomDomain {
            state,
            since,
            looked_at: Some(now),
            look_at: state.next_look(since, now),
            version: domain.version + 1,
            ..domain.clone()
        };
        self.registry.store.custom_domains().save(Some(domain), &after).await
    }
}

/// Whether or not the look counted: who wrote in between knows better.
fn settled(written: Result<(), WriteError<Rule>>) -> Result<(), Failure> {
    Ok(souk_store::happened(written).map(drop)?)
}
