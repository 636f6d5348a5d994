//! What is made from the functions' declarations: the API document, and the table of functions.
//!
//! `xtask openapi` prints `openapi.json`; `xtask functions` prints every function with what calls it, for the template's
//! tests; `xtask readme` prints the README's table of functions.

use std::process::ExitCode;

use souk_web::openapi;
use xtask::{functions, operations, readme};

fn main() -> ExitCode {
    let text = match std::env::args().nth(1).as_deref() {
        Some("openapi") => pretty(&openapi::document(&operations())),
        Some("functions") => pretty(&serde_json::json!(functions())),
        Some("readme") => readme(),
        _ => {
            eprintln!("usage: xtask openapi | functions | readme");
            return ExitCode::FAILURE;
        }
    };
    println!("{text}");
    ExitCode::SUCCESS
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}")
}
