//! A shop's own domain as it is answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    DomainName,
    custom_domain::{DomainState, proof_name, proof_text},
};
use souk_store_shops::custom_domains::CustomDomain;
use souk_web::JsonSchema;

/// A shop's own domain.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CustomDomain")]
pub struct DomainView {
    /// Which.
    domain: DomainName,
    /// How far it is.
    #[serde(flatten)]
    state: DomainState,
    /// What to set in the DNS.
    records: [RecordView; 2],
    /// When it was last looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    looked_at: Option<Timestamp>,
    /// When it is looked at next; none when that was given up, until the domain is requested again.
    #[serde(skip_serializing_if = "Option::is_none")]
    look_at: Option<Timestamp>,
}

/// A record of the DNS.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DnsRecord")]
struct RecordView {
    /// Its type.
    #[serde(rename = "type")]
    kind: RecordKind,
    /// Where it stands.
    name: String,
    /// What it says.
    value: String,
}

/// A type of record.
#[derive(Debug, Serialize, JsonSchema)]
enum RecordKind {
    /// A text, here the proof.
    #[serde(rename = "TXT")]
    Text,
    /// Another name for the same.
    #[serde(rename = "CNAME")]
    Alias,
}

impl DomainView {
    pub(crate) fn of(domain: &CustomDomain, target: &DomainName) -> Self {
        let CustomDomain { name, token, state, looked_at, look_at, .. } = domain;
        let proof = RecordView { kind: RecordKind::Text, name: proof_name(name), value: proof_text(token) };
        let alias = RecordView { kind: RecordKind::Alias, name: name.to_string(), value: target.to_string() };
        Self { domain: name.clone(), state: *state, records: [proof, alias], looked_at: *looked_at, look_at: *look_at }
    }
}
