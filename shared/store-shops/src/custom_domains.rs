//! Shops' own domains.
//!
//! A shop has one domain at a time. It asks for it, sets two records in the DNS, and a schedule looks at them. Who is
//! verified holds the claim of the domain, so that it leads to one shop only; asking alone keeps no other from it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, fmt::serde::timestamp::millisecond as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{DomainName, ShopId, custom_domain::DomainState};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError,
    entity::text,
    table::{Freshness, ListQuery},
    transaction::Condition,
};

use crate::keys::{self, IndexKey, Key};

/// A shop's own domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomDomain {
    /// Whose.
    pub shop: ShopId,
    /// Which.
    pub name: DomainName,
    /// What the proof says.
    pub token: String,
    /// How far it is.
    #[serde(flatten)]
    pub state: DomainState,
    /// When it was requested, or last seen as it should be.
    #[serde(with = "millis::required")]
    pub since: Timestamp,
    /// When it was last looked at.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis::optional")]
    pub looked_at: Option<Timestamp>,
    /// When it is looked at next.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis::optional")]
    pub look_at: Option<Timestamp>,
    /// Counts the writes.
    pub version: u64,
}

impl CustomDomain {
    /// That nobody wrote it since it was read. By its token, too: one that was removed and requested again counts anew.
    fn as_read(&self) -> Condition {
        Condition::new("version = :version AND #token = :token")
            .name("#token", "token")
            .value(":version", AttributeValue::N(self.version.to_string()))
            .value(":token", text(&self.token))
    }
}

impl Entity for CustomDomain {
    const TYPE: &'static str = "custom_domain";

    fn key(&self) -> Key {
        keys::custom_domain(self.shop)
    }

    fn index(&self) -> Option<IndexKey> {
        self.look_at.map(|at| keys::among_looks(at, self.shop))
    }
}

/// A domain's claim: where the domain leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainClaim {
    /// Which.
    pub name: DomainName,
    /// Whose.
    pub shop: ShopId,
}

impl Entity for DomainClaim {
    const TYPE: &'static str = "domain_claim";

    fn key(&self) -> Key {
        keys::domain_claim(&self.name)
    }
}

/// Why a domain was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Somebody else wrote in between: read it again.
    Stale,
    /// Another shop is verified for it.
    Taken,
}

/// The domains in the table.
#[derive(Debug)]
pub struct CustomDomains<'a> {
    table: &'a Table,
}

impl<'a> CustomDomains<'a> {
    /// The domains of a table: for contexts that build on this one.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// A shop's own domain.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, shop: ShopId) -> Result<Option<CustomDomain>, StoreError> {
        self.table.get(keys::custom_domain(shop), Freshness::Strong).await
    }

    /// The shop that a verified domain leads to.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn shop_at(&self, name: &DomainName) -> Result<Option<ShopId>, StoreError> {
        let claim: Option<DomainClaim> = self.table.get(keys::domain_claim(name), Freshness::Eventual).await?;
        Ok(claim.map(|claim| claim.shop))
    }

    /// The domains that should have been looked at by now, at most 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn due(&self, now: Timestamp) -> Result<Vec<CustomDomain>, StoreError> {
        // What follows the time in a place sorts before a `~`.
        let bound = format!("{}~", keys::sortable(now));
        Ok(self.table.list(ListQuery::oldest_up_to(keys::looks(), bound, 100)).await?.items)
    }

    /// Writes a domain in place of what was read, if anything was, and holds or gives up its claim as its state says.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn save(&self, before: Option<&CustomDomain>, after: &CustomDomain) -> Result<(), WriteError<Rule>> {
        let as_read = before.map_or(Condition::at_version(0), CustomDomain::as_read);
        let mut transaction = Transaction::new().replace(after, as_read, Rule::Stale);
        let holds = |domain: &CustomDomain| (domain.state == DomainState::Verified).then(|| domain.name.clone());
        let (held, held_now) = (before.and_then(holds), holds(after));
        if let Some(name) = held.as_ref().filter(|name| held_now.as_ref() != Some(*name)) {
            transaction = transaction.delete(&keys::domain_claim(name), ours(after.shop), Rule::Stale);
        }
        if let Some(name) = held_now {
            let ours_or_free = Condition::new("shop = :shop OR attribute_not_exists(pk)");
            let ours_or_free = ours_or_free.value(":shop", text(after.shop));
            transaction = transaction.replace(&DomainClaim { name, shop: after.shop }, ours_or_free, Rule::Taken);
        }
        transaction.commit(self.table).await
    }

    /// Removes a domain that is as it was read, with its claim.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn remove(&self, domain: &CustomDomain) -> Result<(), WriteError<Rule>> {
        let mut transaction = Transaction::new().delete(&domain.key(), domain.as_read(), Rule::Stale);
        if domain.state == DomainState::Verified {
            transaction = transaction.delete(&keys::domain_claim(&domain.name), ours(domain.shop), Rule::Stale);
        }
        transaction.commit(self.table).await
    }
}

/// The claim is this shop's.
fn ours(shop: ShopId) -> Condition {
    Condition::new("shop = :shop").value(":shop", text(shop))
}
