//! Tools for the developers of Souk, made from the lists of the services.
//!
//! `xtask functions` prints every function with what calls it, for the template's tests. `xtask docs` writes what is made
//! from the code and checked in: `openapi.json` and the README's table. `xtask new` writes the files of a new function.

use std::{path::Path, process::ExitCode};

use xtask::{functions, new::NewFunction, write_docs};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words.first().map(String::as_str) {
        Some("functions") => Ok(format!("{:#}", serde_json::json!(functions()))),
        Some("docs") => write_docs(Path::new(".")).map(|()| String::new()).map_err(|error| error.to_string()),
        Some("new") => NewFunction::parse(&words[1..])
            .and_then(|function| function.write(Path::new(".")))
            .map_err(|refused| refused.to_string()),
        _ => Err("usage: xtask functions | docs | new".to_owned()),
    };
    match result {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
