//! DNS lookups, by the machine's own resolver or by a server that the template names.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::{RData, RecordType},
};
use souk_domain::{
    DomainName,
    custom_domain::{RecordCheck, proof_name, proof_text},
};
use souk_runtime::{Connect, Start, StartError};

/// A DNS client.
#[derive(Debug)]
pub(crate) struct Dns(TokioResolver);

impl Dns {
    /// Creates a client for one server, or for the machine's own resolver.
    ///
    /// # Errors
    /// If the machine has no resolver configured.
    fn at(server: Option<SocketAddr>) -> Result<Self, NetError> {
        let mut builder = match server {
            None => TokioResolver::builder_tokio()?,
            Some(address) => {
                let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
                connections.iter_mut().for_each(|connection| connection.port = address.port());
                let server = NameServerConfig::new(address.ip(), true, connections.to_vec());
                let config = ResolverConfig::from_name_servers(vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        (options.timeout, options.attempts) = (Duration::from_secs(2), 2);
        // Caching is off: a seller who has just changed a record expects to see the change.
        options.cache_size = 0;
        builder.build().map(Self)
    }

    /// Checks the TXT record that proves who owns a domain.
    pub(crate) async fn proof(&self, domain: &DomainName, token: &str) -> RecordCheck {
        let expected = proof_text(token);
        let text = |data: &RData| match data {
            RData::TXT(text) => Some(text.txt_data.concat() == expected.as_bytes()),
            _ => None,
        };
        self.check(&proof_name(domain), RecordType::TXT, text).await
    }

    /// Checks whether the CNAME record of a domain points to the target.
    pub(crate) async fn target(&self, domain: &DomainName, target: &DomainName) -> RecordCheck {
        let points_to_target = |data: &RData| match data {
            RData::CNAME(name) => Some(DomainName::parse(&name.to_string()).as_ref() == Ok(target)),
            _ => None,
        };
        self.check(domain.as_str(), RecordType::CNAME, points_to_target).await
    }

    /// Looks up records of a type, and checks them with `is_right`. It returns `None` for records of other types.
    async fn check(&self, name: &str, kind: RecordType, is_right: impl Fn(&RData) -> Option<bool>) -> RecordCheck {
        // The dot at the end keeps the resolver from trying the name below its own domain.
        match self.0.lookup(format!("{name}."), kind).await {
            Ok(found) => {
                let results: Vec<bool> = found.answers().iter().filter_map(|record| is_right(&record.data)).collect();
                match results.as_slice() {
                    [] => RecordCheck::Missing,
                    results if results.contains(&true) => RecordCheck::Right,
                    _ => RecordCheck::Wrong,
                }
            }
            Err(error) if error.is_no_records_found() => RecordCheck::Missing,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the DNS lookup failed");
                RecordCheck::Unknown
            }
        }
    }
}

impl Connect for Dns {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Self::at(start.optional("DNS_SERVER")?).map_err(|error| StartError::Client(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use souk_local_dns::{LocalDns, Records};

    use super::*;

    fn name(raw: &str) -> DomainName {
        DomainName::parse(raw).unwrap()
    }

    #[tokio::test]
    async fn records_are_right_wrong_missing_or_unknown() {
        let server = LocalDns::start(0).await.unwrap();
        let dns = Dns::at(Some(server.address())).unwrap();
        let (domain, target) = (name("www.example.com"), name("shops.souk.example"));
        let check = async || (dns.proof(&domain, "abc").await, dns.target(&domain, &target).await);

        assert_eq!(check().await, (RecordCheck::Missing, RecordCheck::Missing), "the name does not exist");
        server.set("www.example.com", Records { txt: vec!["v=spf1".to_owned()], ..Records::default() });
        server.set("_souk-challenge.www.example.com", Records { txt: vec![proof_text("other")], ..Records::default() });
        assert_eq!(check().await, (RecordCheck::Wrong, RecordCheck::Missing), "the name has only other records");

        let both = vec![proof_text("other"), proof_text("abc")];
        server.set("_souk-challenge.www.example.com", Records { txt: both, ..Records::default() });
        server.set("www.example.com", Records { cname: Some("elsewhere.example".to_owned()), ..Records::default() });
        assert_eq!(check().await, (RecordCheck::Right, RecordCheck::Wrong));
        server.set("www.example.com", Records { cname: Some("SHOPS.souk.example".to_owned()), ..Records::default() });
        assert_eq!(
            check().await,
            (RecordCheck::Right, RecordCheck::Right),
            "names are compared without regard to case"
        );

        server.set("www.example.com", Records { broken: true, ..Records::default() });
        assert_eq!(check().await, (RecordCheck::Right, RecordCheck::Unknown));
    }
}
