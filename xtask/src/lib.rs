//! Every function of Souk, from the lists of the services: for `openapi.json`, the template's tests and the README's table.
//! And [`new`], which writes the files of another one.

pub mod new;

use std::{collections::BTreeMap, fs, io, path::Path};

use serde_json::Value;
use souk_runtime::Function;
use souk_web::openapi::{self, Frame, Operation};

macro_rules! services {
    ([$($service:ident),+ $(,)?] without_endpoints [$($quiet:ident),+ $(,)?]) => {
        /// Returns every function, service by service in reading order.
        pub fn functions() -> Vec<Function> {
            [$($service::functions(),)+ $($quiet::functions()),+].concat()
        }

        /// Returns every HTTP endpoint, service by service in reading order.
        pub fn operations() -> Vec<Operation> {
            [$($service::operations()),+].concat()
        }
    };
}

services! {
    [
        identity, profile, shops, domains, site, media, catalogue, bulk, discounts, carts, account, orders, admins, live,
        notifications, reference,
    ]
    without_endpoints [mail, outbox, search]
}

/// Returns every kind of frame that a socket carries.
pub fn frames() -> Vec<Frame> {
    [live::frames(), notifications::frames()].concat()
}

/// Returns the API document, with the sample events in `events/` as its examples.
///
/// # Errors
/// Those of reading the sample events.
pub fn document(root: &Path) -> io::Result<Value> {
    let mut events = BTreeMap::new();
    for file in fs::read_dir(root.join("events"))? {
        let path = file?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_");
        events.insert(name, serde_json::from_str(&fs::read_to_string(path)?)?);
    }
    Ok(openapi::document(&operations(), &frames(), &events))
}

/// Returns the README's table of functions.
pub fn readme() -> String {
    let mut lines = vec!["| function | called by |".to_owned(), "|---|---|".to_owned()];
    for function in functions() {
        let kind = format!("{:?}", function.kind).to_lowercase();
        let caller = function.route.as_ref().map_or(kind, |route| format!("`{route}`"));
        lines.push(format!("| `{}` | {caller} |", function.binary()));
    }
    lines.join("\n")
}

/// Writes `openapi.json` and the README's table of functions, which are made from the code and checked in.
///
/// # Errors
/// Those of reading and writing the two files, and `InvalidData` if the README has no markers for its table.
pub fn write_docs(root: &Path) -> io::Result<()> {
    fs::write(root.join("openapi.json"), format!("{:#}\n", document(root)?))?;
    let path = root.join("README.md");
    let old = fs::read_to_string(&path)?;
    let parts = old.split_once("<!-- functions -->").and_then(|(before, rest)| {
        let (_, after) = rest.split_once("<!-- /functions -->")?;
        Some(format!("{before}<!-- functions -->\n{}\n<!-- /functions -->{after}", readme()))
    });
    fs::write(path, parts.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no `functions` markers"))?)
}
