//! What is made from the rooms' declarations: the API document, and the table of functions.
//!
//! `xtask openapi` prints `openapi.json`; `xtask rooms` prints every function with what calls it, for the template's
//! tests; `xtask readme` prints the README's table of functions.

use std::process::ExitCode;

use souk_web::openapi;
use xtask::{operations, readme, rooms};

fn main() -> ExitCode {
    let text = match std::env::args().nth(1).as_deref() {
        Some("openapi") => pretty(&openapi::document(&operations())),
        Some("rooms") => pretty(&serde_json::json!(rooms())),
        Some("readme") => readme(),
        _ => {
            eprintln!("usage: xtask openapi | rooms | readme");
            return ExitCode::FAILURE;
        }
    };
    println!("{text}");
    ExitCode::SUCCESS
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}")
}
