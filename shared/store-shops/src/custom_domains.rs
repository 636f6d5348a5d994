//! Shops' own domains.
//!
//! A shop has one domain at a time. It requests the domain, sets two records in the DNS, and a schedule checks them. A
//! verified shop holds the claim of the domain, so that the domain leads to one shop only. A request alone does not
//! keep another shop from the domain.

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
    /// The shop.
    pub shop: ShopId,
    /// The domain.
    pub name: DomainName,
    /// The token in the DNS record that proves ownership.
    pub token: String,
    /// The state of the verification.
    #[serde(flatten)]
    pub state: DomainState,
    /// When it was requested, or last seen correct.
    #[serde(with = "millis::required")]
    pub since: Timestamp,
    /// When it was last checked.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis::optional")]
    pub looked_at: Option<Timestamp>,
    /// When it is checked next.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis::optional")]
    pub look_at: Option<Timestamp>,
    /// The version. Every write increments it.
    pub version: u64,
}

impl CustomDomain {
    /// Requires the domain to be as it was read. The condition names the token as well, because a domain that is
    /// removed and requested again starts with the same version.
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

/// The claim of a shop on a domain. The domain leads to this shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainClaim {
    /// The domain.
    pub name: DomainName,
    /// The shop.
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
    /// Somebody else wrote meanwhile. Read it again.
    Stale,
    /// Another shop is verified for it.
    Taken,
}

/// Access to shops' domains.
#[derive(Debug)]
pub struct CustomDomains<'a> {
    table: &'a Table,
}

impl<'a> CustomDomains<'a> {
    /// Creates the access to a table's domains.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns a shop's own domain.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, shop: ShopId) -> Result<Option<CustomDomain>, StoreError> {
        self.table.get(keys::custom_domain(shop), Freshness::Strong).await
    }

    /// Returns the shop to which a verified domain leads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn shop_at(&self, name: &DomainName) -> Result<Option<ShopId>, StoreError> {
        let claim: Option<DomainClaim> = self.table.get(keys::domain_claim(name), Freshness::Eventual).await?;
        Ok(claim.map(|claim| claim.shop))
    }

    /// Lists the domains that are due for a check, at most 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn due(&self, now: Timestamp) -> Result<Vec<CustomDomain>, StoreError> {
        // The characters after the time in a sort key sort before `~`.
        let bound = format!("{}~", keys::sortable(now));
        Ok(self.table.list(ListQuery::oldest_up_to(keys::looks(), bound, 100)).await?.items)
    }

    /// Replaces the domain that was read, if any, and writes or deletes its claim according to its state.
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

    /// Removes a domain as it was read, with its claim.
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

/// Requires the claim to be this shop's.
fn ours(shop: ShopId) -> Condition {
    Condition::new("shop = :shop").value(":shop", text(shop))
}
