//! The whole stored item of every entity, attribute by attribute.

use std::collections::BTreeMap;

use souk_domain::{AuditId, BanReason, EventId, Principal, SessionId, audit::Action};
use souk_store_shapes::{at, id, shapes};

use crate::{
    Entity,
    access::{Ban, Retry, Session, Standing},
    audit::AuditRecord,
    idempotency::Answer,
    keyring::{Keys, PublicKey},
    outbox::OutboxRecord,
};

shapes! {
    a_standing: Standing {
        ban: Some(Ban { reason: BanReason::parse("Sold forged goods").unwrap(), by: id(9), at: at() }),
        devices: BTreeMap::from([("hash".to_owned(), at().as_millisecond())]),
        epoch: 2,
        version: 3,
        ..Standing::fresh(Principal::Seller(id(2)))
    };
    an_audit_record: AuditRecord {
        id: id::<AuditId>(8),
        at: at(),
        admin: id(9),
        action: Action::Ban,
        subject: Principal::Seller(id(2)).into(),
        detail: Some("Sold forged goods".to_owned()),
    };
    a_session: Session {
        id: id::<SessionId>(7),
        principal: Principal::Seller(id(2)),
        epoch: 2,
        generation: 4,
        secret_hash: "hash".to_owned(),
        retry: Some(Retry { key_hash: "hash".to_owned(), sealed_secret: "sealed".to_owned() }),
        agent: "Mozilla/5.0".to_owned(),
        address: "192.0.2.7".to_owned(),
        opened_at: at(),
        used_at: at(),
        expires_at: at(),
    };
    an_outbox_record: OutboxRecord {
        id: id::<EventId>(6),
        at: at(),
        event: r#"{"type":"order_placed","order":"order_..."}"#.to_owned(),
    };
    an_idempotent_answer: Answer {
        principal: Principal::User(id(1)),
        operation: "create_payment_session".to_owned(),
        key: "k-1".to_owned(),
        fingerprint: "hash".to_owned(),
        body: "{}".to_owned(),
        expires_at: at(),
    };
    the_public_keys: Keys {
        keys: vec![PublicKey { kid: "k1".to_owned(), x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned(), since: at() }],
        version: 1,
    };
}

#[test]
fn a_standing_without_a_ban_is_in_no_list() {
    assert!(!Standing::fresh(Principal::Seller(id(2))).to_item().unwrap().contains_key("gsi1pk"));
}
