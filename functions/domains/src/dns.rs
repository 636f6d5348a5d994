//! The DNS, asked by the resolver that the machine is set up with, or by one that the template names.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::{RData, RecordType},
};
use souk_domain::{
    DomainName,
    custom_domain::{Found, proof_name, proof_text},
};
use souk_runtime::{Connect, Start, StartError};

/// Asks the DNS.
#[derive(Debug)]
pub(crate) struct Dns(TokioResolver);

impl Dns {
    /// Asks one server, or the machine's own.
    ///
    /// # Errors
    /// When the machine has none.
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
        // Whoever has just changed a record wants it seen.
        options.cache_size = 0;
        builder.build().map(Self)
    }

    /// Whether the proof for a domain is there.
    pub(crate) async fn proof(&self, domain: &DomainName, token: &str) -> Found {
        let expected = proof_text(token);
        let text = |data: &RData| match data {
            RData::TXT(text) => Some(text.txt_data.concat() == expected.as_bytes()),
            _ => None,
        };
        self.look(&proof_name(domain), RecordType::TXT, text).await
    }

    /// Whether a domain leads where it should.
    pub(crate) async fn target(&self, domain: &DomainName, target: &DomainName) -> Found {
        let leads = |data: &RData| match data {
            RData::CNAME(name) => Some(DomainName::parse(&name.to_string()).as_ref() == Ok(target)),
            _ => None,
        };
        self.look(domain.as_str(), RecordType::CNAME, leads).await
    }

    /// Whether a record of a type is there that is right.
    async fn look(&self, name: &str, kind: RecordType, is_right: impl Fn(&RData) -> Option<bool>) -> Found {
        // The dot at the end keeps the resolver from trying the name below its own domain.
        match self.0.lookup(format!("{name}."), kind).await {
            Ok(found) => {
                let verdicts: Vec<bool> = found.answers().iter().filter_map(|record| is_right(&record.data)).collect();
                match verdicts.as_slice() {
                    [] => Found::Missing,
                    verdicts if verdicts.contains(&true) => Found::Right,
                    _ => Found::Wrong,
                }
            }
            Err(error) if error.is_no_records_found() => Found::Missing,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the DNS gave no answer");
                Found::Unknown
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
        let look = async || (dns.proof(&domain, "abc").await, dns.target(&domain, &target).await);

        assert_eq!(look().await, (Found::Missing, Found::Missing), "there is no such name");
        server.set("www.example.com", Records { txt: vec!["v=spf1".to_owned()], ..Records::default() });
        server.set("_souk-challenge.www.example.com", Records { txt: vec![proof_text("other")], ..Records::default() });
        assert_eq!(look().await, (Found::Wrong, Found::Missing), "the name has other records only");

        let both = vec![proof_text("other"), proof_text("abc")];
        server.set("_souk-challenge.www.example.com", Records { txt: both, ..Records::default() });
        server.set("www.example.com", Records { cname: Some("elsewhere.example".to_owned()), ..Records::default() });
        assert_eq!(look().await, (Found::Right, Found::Wrong));
        server.set("www.example.com", Records { cname: Some("SHOPS.souk.example".to_owned()), ..Records::default() });
        assert_eq!(look().await, (Found::Right, Found::Right), "capitals are the same name");

        server.set("www.example.com", Records { broken: true, ..Records::default() });
        assert_eq!(look().await, (Found::Right, Found::Unknown));
    }
}
