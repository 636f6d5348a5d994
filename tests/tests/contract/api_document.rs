//! The files that are generated from the functions and checked in: the API document and the README's table.

use std::fs;

use serde_json::Value;
use souk_testkit::operations;
use souk_web::{Code, openapi};

use crate::functions::workspace;

#[test]
fn the_api_document_matches_the_functions() {
    let declared = openapi::document(&xtask::operations());
    let checked_in = fs::read_to_string(workspace().join("openapi.json")).unwrap();
    let checked_in: Value = serde_json::from_str(&checked_in).unwrap();
    assert!(declared == checked_in, "write it again: target/release/xtask docs");
}

#[test]
fn the_readme_lists_every_function() {
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- functions -->").unwrap();
    let (table, _) = rest.split_once("<!-- /functions -->").unwrap();
    assert!(table.trim() == xtask::readme(), "write it again: target/release/xtask docs");
}

#[test]
fn every_refusal_in_the_api_document_has_the_status_of_its_code() {
    for operation in operations() {
        for (status, code) in operation.refusals() {
            let known = Code::ALL.iter().find(|known| known.as_str() == code);
            assert_eq!(known.map(|known| known.status()), Some(status), "{}: {code}", operation.id);
        }
    }
}
