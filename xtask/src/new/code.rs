//! The Rust files of a new function.

use std::{fs, path::Path};

use souk_runtime::camel_case;

use super::{NewFunction, NewKind, Refused};

/// The binary: one line.
pub(super) fn binary(new: &NewFunction) -> String {
    let NewFunction { service, name, .. } = new;
    format!("//! Runs [`{service}::{name}`].\n\nsouk_runtime::main!({service}::{name}::{});\n", new.type_name())
}

/// The list of modules of the function's folder, with the new one at its end.
pub(super) fn declared(new: &NewFunction, sources: &Path) -> String {
    let folder = new.kind.folder();
    let old = fs::read_to_string(sources.join(format!("{folder}.rs"))).unwrap_or_else(|_| {
        let title = match new.kind {
            NewKind::Endpoint => "The HTTP endpoints of this service, in reading order.",
            NewKind::Socket => "The socket routes of this service.",
            _ => "What queues, streams, schedules and deployments call.",
        };
        format!("//! {title}\n\n")
    });
    format!("{old}pub mod {};\n", new.name)
}

/// The service's `lib.rs` with the function in its list.
pub(super) fn listed(new: &NewFunction, old: &str) -> Result<String, Refused> {
    let entry = format!("        {}::{},\n", new.name, new.type_name());
    let (before, rest) = old
        .split_once("souk_runtime::functions! {\n")
        .ok_or_else(|| Refused("lib.rs has no souk_runtime::functions! list".to_owned()))?;
    let (list, after) =
        rest.split_once("\n}\n").ok_or_else(|| Refused("the list in lib.rs does not end".to_owned()))?;
    let mut groups: Vec<String> = list.split_inclusive("    ],\n").map(str::to_owned).collect();
    if let Some(last) = groups.last_mut()
        && !last.ends_with('\n')
    {
        last.push('\n');
    }
    let head = format!("    {}: [\n", new.kind.list());
    if let Some(group) = groups.iter_mut().find(|group| group.starts_with(&head)) {
        *group = group.replacen("    ],\n", &format!("{entry}    ],\n"), 1);
    } else {
        // The macro wants the kinds in this order.
        let order =
            ["endpoints", "sockets", "consumers", "batch_consumers", "stream_readers", "schedules", "deployments"];
        let rank = |group: &str| order.iter().position(|kind| group.trim_start().starts_with(&format!("{kind}:")));
        let at = groups.iter().position(|group| rank(group) > rank(&head)).unwrap_or(groups.len());
        groups.insert(at, format!("{head}{entry}    ],\n"));
    }
    let folder = new.kind.folder();
    let mut before = before.to_owned();
    if !before.contains(&format!("mod {folder};\n")) {
        let uses = before.find("pub use ").unwrap_or(before.len());
        before.insert_str(uses, &format!("pub use {folder}::*;\n"));
        let modules = before.find("mod ").unwrap_or(uses);
        before.insert_str(modules, &format!("mod {folder};\n"));
    }
    Ok(format!("{before}souk_runtime::functions! {{\n{}}}\n{after}", groups.concat()))
}

/// The module of the function.
pub(super) fn module(new: &NewFunction) -> String {
    match new.kind {
        NewKind::Endpoint => endpoint(new),
        NewKind::Consumer => consumer(new, "Consumer", "message: Message", "message"),
        NewKind::BatchConsumer => consumer(new, "BatchConsumer", "messages: Vec<Message>", "messages"),
        NewKind::Schedule => run(new, "Schedule", "usize", "0", "Does what is due. Returns how many things it did."),
        NewKind::Deployment => {
            run(new, "Deployment", "bool", "false", "Prepares the stack. Returns whether there was something to do.")
        }
        NewKind::Socket => socket(new),
    }
}

fn endpoint(new: &NewFunction) -> String {
    let (method, path) = new.route.clone().unwrap_or_default();
    let name = new.type_name();
    let parameters = new.parameters();
    let reads = method == "GET";
    let view = format!("{}View", camel_case(new.name.split_once('_').map_or(new.name.as_str(), |(_, thing)| thing)));
    let mut imports = vec!["Anyone", "Code", "Cx", "Endpoint", "Problem", "Route", "Store", "route"];
    let (mut input_type, mut input, mut structs) = ("()".to_owned(), "(): ()".to_owned(), String::new());
    let mut domain: Vec<String> = Vec::new();
    if !parameters.is_empty() {
        imports.extend(["Deserr", "FieldErrors", "JsonSchema", "Path"]);
        input_type = format!("Path<{name}Path>");
        input = format!("Path(_input): {input_type}");
        let mut fields = String::new();
        for parameter in parameters {
            let kind = parameter_type(parameter);
            fields += &format!("    /// TODO: what it names.\n    {parameter}: {kind},\n");
            domain.push(kind);
        }
        structs += &format!(
            "\n/// The parameters of the path.\n#[derive(Debug, Deserr, JsonSchema)]\n#[deserr(error = FieldErrors)]\n\
             pub struct {name}Path {{\n{fields}}}\n"
        );
    }
    let output = if reads {
        imports.extend(["Json", "JsonSchema"]);
        structs += &format!(
            "\n/// TODO: what the client gets.\n#[derive(Debug, Serialize, JsonSchema)]\n\
             #[schemars(rename = \"{}\")]\npub struct {view} {{}}\n",
            view.trim_end_matches("View")
        );
        format!("Json<{view}>")
    } else {
        imports.push("NoContent");
        "NoContent".to_owned()
    };
    imports.sort_by_key(|import| (import.chars().all(|each| each.is_ascii_lowercase()), *import));
    imports.dedup();
    domain.sort();
    domain.dedup();
    let mut uses = String::new();
    if reads {
        uses += "use serde::Serialize;\n";
    }
    match domain.as_slice() {
        [] => {}
        [one] => uses += &format!("use souk_domain::{one};\n"),
        several => uses += &format!("use souk_domain::{{{}}};\n", several.join(", ")),
    }
    format!(
        "//! `{method} {path}` - TODO: what it does, and what it reads and writes.\n\n\
         {uses}use souk_web::{{{}}};\n\n\
         /// TODO: what it does.\n#[derive(Debug)]\npub struct {name};\n{structs}\n\
         impl Endpoint for {name} {{\n    \
             const ROUTE: Route = route!({method} \"{path}\");\n    \
             const SUMMARY: &'static str = \"TODO: what it does, in one sentence\";\n    \
             const PROBLEMS: &'static [Code] = &[Code::NotFound];\n\n    \
             type Deps = Store;\n    type Caller = Anyone;\n    type Input = {input_type};\n    type Output = {output};\n\n    \
             async fn handle(_cx: &Cx<'_, Store>, _: Anyone, {input}) -> Result<Self::Output, Problem> {{\n        \
                 // TODO: read what it needs, let souk_domain decide, write once.\n        \
                 Err(Code::NotFound.into())\n    \
             }}\n}}\n",
        imports.join(", ")
    )
}

/// The type of a path parameter: an id of the domain by its name, or a slug.
fn parameter_type(parameter: &str) -> String {
    let ids = ["product", "shop", "order", "discount", "address", "job", "media", "notification", "session", "cart"];
    if ids.contains(&parameter) { format!("{}Id", camel_case(parameter)) } else { "Slug".to_owned() }
}

fn consumer(new: &NewFunction, kind: &str, argument: &str, value: &str) -> String {
    let name = new.type_name();
    format!(
        "//! Queue `TODO` - TODO: what it does.\n//!\n//! Repetition: TODO: why a repeated or late message does no harm.\n\n\
         use jiff::Timestamp;\nuse souk_messaging::{{{kind}, Failure, Message}};\nuse souk_store::Store;\n\n\
         /// TODO: what it does.\n#[derive(Debug)]\npub struct {name};\n\n\
         impl {kind} for {name} {{\n    const MODULE: &'static str = module_path!();\n\n    \
             type Deps = Store;\n    type Message = Message;\n\n    \
             async fn handle(_store: &Store, {argument}, _now: Timestamp) -> Result<(), Failure> {{\n        \
                 // TODO\n        let _ = {value};\n        Ok(())\n    }}\n}}\n"
    )
}

fn run(new: &NewFunction, kind: &str, output: &str, value: &str, doc: &str) -> String {
    let name = new.type_name();
    let when = if kind == "Schedule" { "Every hour" } else { "During a deployment" };
    let mut imports = [kind, "Failure"];
    imports.sort_unstable();
    let imports = imports.join(", ");
    format!(
        "//! {when} - TODO: what it does, and what happens when two runs overlap or one ends half way.\n\n\
         use jiff::Timestamp;\nuse souk_messaging::{{{imports}}};\nuse souk_store::Store;\n\n\
         /// TODO: what it does.\n#[derive(Debug)]\npub struct {name};\n\n\
         impl {kind} for {name} {{\n    const MODULE: &'static str = module_path!();\n\n    type Deps = Store;\n\n    \
             // {doc}\n    async fn run(_store: &Store, _now: Timestamp) -> Result<{output}, Failure> {{\n        \
                 // TODO\n        Ok({value})\n    }}\n}}\n"
    )
}

fn socket(new: &NewFunction) -> String {
    let name = new.type_name();
    let (_, route) = new.route.clone().unwrap_or_default();
    format!(
        "//! Socket route `{route}` - TODO: what it does.\n\n\
         use jiff::Timestamp;\nuse souk_live::{{Refusal, Request, SocketRoute}};\nuse souk_store::Store;\n\n\
         /// TODO: what it does.\n#[derive(Debug)]\npub struct {name};\n\n\
         impl SocketRoute for {name} {{\n    const MODULE: &'static str = module_path!();\n    \
             const ROUTE: &'static str = \"{route}\";\n\n    type Deps = Store;\n\n    \
             async fn handle(_store: &Store, _request: Request, _now: Timestamp) -> Result<(), Refusal> {{\n        \
                 // TODO\n        Ok(())\n    }}\n}}\n"
    )
}

/// An empty file of journeys.
pub(super) fn test_file(service: &str) -> String {
    format!(
        "//! The service `{service}`, through the deployed stack.\n\nuse souk_testkit::Result;\nuse souk_tests::Market;\n"
    )
}

/// `main.rs` of the journeys with the module of a service.
pub(super) fn declare_test(service: &str, old: &str) -> String {
    let line = format!("mod {service};\n");
    let mut modules: Vec<&str> = old.split_inclusive('\n').collect();
    let is_module = |text: &str| text.starts_with("mod ");
    let last = modules.iter().rposition(|text| is_module(text));
    let at = modules.iter().position(|text| is_module(text) && *text > line.as_str()).or(last.map(|last| last + 1));
    modules.insert(at.unwrap_or(modules.len()), &line);
    modules.concat()
}

/// A test that fails until the endpoint does something.
pub(super) fn test(new: &NewFunction) -> String {
    let parameters: String =
        new.parameters().iter().map(|parameter| format!(".path(\"{parameter}\", \"TODO\")")).collect();
    format!(
        "#[tokio::test]\nasync fn todo_{name}_says_what_it_does() -> Result {{\n    let market = Market::open()?;\n    \
         let answer = market.anonymous()?.ask(\"{name}\")?{parameters}.send().await?.succeeded()?;\n    \
         assert_eq!(answer.body, serde_json::json!({{ \"TODO\": \"what the client gets\" }}));\n    Ok(())\n}}\n",
        name = new.name
    )
}
