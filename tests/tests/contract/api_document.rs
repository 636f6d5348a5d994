//! The files that are generated from the functions and checked in: the API document and the README's table.

use std::fs;

use serde_json::Value;
use souk_testkit::operations;
use souk_web::Code;

use crate::functions::workspace;

/// The document that is checked in.
pub(crate) fn checked_in() -> Value {
    serde_json::from_str(&fs::read_to_string(workspace().join("openapi.json")).unwrap()).unwrap()
}

#[test]
fn the_api_document_matches_the_functions() {
    let declared = xtask::document(&workspace()).unwrap();
    assert!(declared == checked_in(), "write it again: target/release/xtask docs");
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
    let mut refusals = 0;
    for operation in operations() {
        for (status, code) in operation.refusals() {
            let known = Code::ALL.iter().find(|known| known.as_str() == code);
            assert_eq!(known.map(|known| known.status()), Some(status), "{}: {code}", operation.id);
            refusals += 1;
        }
    }
    assert!(refusals > 3 * operations().count(), "only {refusals} refusals were found");
}

#[test]
fn no_schema_is_named_by_a_number() {
    let document = checked_in();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let numbered: Vec<&String> = schemas.keys().filter(|name| name.ends_with(|c: char| c.is_ascii_digit())).collect();
    assert!(numbered.is_empty(), "two types have one name: {numbered:?}");
}

#[test]
fn no_answer_and_no_parameter_says_null_where_it_is_left_out() {
    fn look(schema: &Value, at: &str, found: &mut Vec<String>) {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if !required.contains(&name.as_str().into()) && property.to_string().contains("\"null\"") {
                found.push(format!("{at}/{name}"));
            }
        }
        match schema {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| look(value, &format!("{at}/{name}"), found));
            }
            Value::Array(values) => values.iter().for_each(|value| look(value, at, found)),
            _ => {}
        }
    }
    let document = checked_in();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            look(&operation["responses"], &format!("{method} {path}"), &mut found);
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                if parameter["schema"].to_string().contains("\"null\"") {
                    found.push(format!("{method} {path} {}", parameter["name"]));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Codes are written where fields are refused. A code that the document does not know would break clients.
#[test]
fn every_field_code_in_the_source_is_in_the_document() {
    const CALLS: [&str; 5] = ["Invalid::new(", "FieldError::new(", "Problem::field(", "wrong(", "refuse("];
    let mut unknown = Vec::new();
    for source in sources(&workspace().join("shared")).into_iter().chain(sources(&workspace().join("functions"))) {
        let text = fs::read_to_string(&source).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for call in CALLS {
            for (at, _) in text.match_indices(call) {
                let words: Vec<&str> = arguments(&text[at + call.len()..])
                    .split('"')
                    .skip(1)
                    .step_by(2)
                    .filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
                    .collect();
                if !words.is_empty() && !words.iter().any(|word| souk_web::FIELD_CODES.contains(word)) {
                    unknown.push(format!("{}: {words:?}", source.display()));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

/// What stands between the parentheses of a call, from the first on.
fn arguments(text: &str) -> &str {
    let mut open = 1;
    let end = text.find(|c| {
        open += i32::from(c == '(') - i32::from(c == ')');
        open == 0
    });
    &text[..end.unwrap_or(text.len())]
}

fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() && !path.ends_with("tests") => sources(&path),
            Some(extension) if extension == "rs" && !path.ends_with("tests.rs") => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn an_answer_without_a_body_declares_no_content() {
    let document = checked_in();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let content = response.get("content");
                assert!(content.is_none_or(Value::is_object), "{method} {path} {status}: {content:?}");
            }
        }
    }
}
