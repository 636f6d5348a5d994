//! The files that are generated from the functions and checked in: the API document and the README's table.

use std::fs;

use serde_json::Value;
use souk_testkit::operations;
use souk_web::Code;

use crate::functions::workspace;

/// Returns the committed document.
pub(crate) fn checked_in() -> Value {
    serde_json::from_str(&fs::read_to_string(workspace().join("openapi.json")).unwrap()).unwrap()
}

/// Returns every operation with its method and path.
fn each_operation(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    operations.collect()
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
    for (place, operation) in each_operation(&document) {
        look(&operation["responses"], &place, &mut found);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["schema"].to_string().contains("\"null\"") {
                found.push(format!("{place} {}", parameter["name"]));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Codes of field errors are literals in the code. A code that the document does not list would break clients.
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

/// Returns the arguments of a call, from its first parenthesis on.
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
    for (place, operation) in each_operation(&checked_in()) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let content = response.get("content");
            assert!(content.is_none_or(Value::is_object), "{place} {status}: {content:?}");
        }
    }
}

/// `functions/reference/src/reference.html` shows the document in a browser. It resolves the references of answers, shows
/// the example of each body, and takes the text and the table of problems from the description.
#[test]
fn the_reference_page_finds_everything_that_it_shows() {
    let document = checked_in();
    let (text, table) = document["info"]["description"].as_str().unwrap().split_once("\n\n| ").unwrap();
    assert!(text.split("\n- ").count() > 1, "{text}");
    let rows = table.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, Code::ALL.len());
    for (place, operation) in each_operation(&document) {
        assert!(operation["tags"][0].is_string(), "{place}");
        if let Some(body) = operation.get("requestBody") {
            assert!(body["content"]["application/json"].get("example").is_some(), "{place}");
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let reference = response.get("$ref").map(|to| to.as_str().unwrap().trim_start_matches('#'));
            let answer = reference.map_or(response, |to| document.pointer(to).unwrap());
            assert!(answer["description"].is_string(), "{place} {status}");
        }
    }
}
