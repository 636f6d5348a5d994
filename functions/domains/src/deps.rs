//! The dependencies that several functions of this service share.

use souk_domain::DomainName;
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_web::Deps;

/// The table, and the name that custom domains have to point to.
#[derive(Debug)]
pub struct StoreDomainTarget {
    pub(crate) store: Store,
    pub(crate) target: DomainName,
}

impl Connect for StoreDomainTarget {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        const TARGET: &str = "DOMAIN_TARGET";
        let target = DomainName::parse(&start.setting::<String>(TARGET)?).map_err(|_| StartError::Setting(TARGET))?;
        Ok(Self { store: Store::connect(start).await?, target })
    }
}

impl Deps for StoreDomainTarget {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}
