//! The representation of a shop's custom domain in answers.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    DomainName,
    custom_domain::{DomainState, proof_name, proof_text},
};
use souk_store_shops::custom_domains::CustomDomain;
use souk_web::JsonSchema;

/// A shop's custom domain.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CustomDomain")]
pub struct CustomDomainView {
    /// The domain name.
    domain: DomainName,
    /// The state of the domain.
    #[serde(flatten)]
    state: DomainState,
    /// The DNS records to set.
    records: [DnsRecord; 2],
    /// When the records were last checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    looked_at: Option<Timestamp>,
    /// When the records are checked next; absent if checking has stopped until the domain is requested again.
    #[serde(skip_serializing_if = "Option::is_none")]
    look_at: Option<Timestamp>,
}

/// A DNS record.
#[derive(Debug, Serialize, JsonSchema)]
struct DnsRecord {
    /// The type.
    #[serde(rename = "type")]
    kind: RecordKind,
    /// The name of the record.
    name: String,
    /// The value of the record.
    value: String,
}

/// The type of a DNS record.
#[derive(Debug, Serialize, JsonSchema)]
enum RecordKind {
    /// A text: the proof of ownership.
    #[serde(rename = "TXT")]
    Text,
    /// An alias: points the domain to the marketplace.
    #[serde(rename = "CNAME")]
    Alias,
}

impl CustomDomainView {
    pub(crate) fn of(domain: &CustomDomain, target: &DomainName) -> Self {
        let CustomDomain { name, token, state, looked_at, look_at, .. } = domain;
        let proof = DnsRecord { kind: RecordKind::Text, name: proof_name(name), value: proof_text(token) };
        let alias = DnsRecord { kind: RecordKind::Alias, name: name.to_string(), value: target.to_string() };
        Self { domain: name.clone(), state: *state, records: [proof, alias], looked_at: *looked_at, look_at: *look_at }
    }
}
