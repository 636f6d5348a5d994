//! `xtask new`: writes the files of a new function and its entries in the lists that name every function.
//!
//! What it writes compiles and deploys, but does nothing yet: the decisions are left to the author, and
//! `docs/adding-an-endpoint.md` goes through them.

mod code;
mod event;
mod template;
#[cfg(test)]
mod tests;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use souk_runtime::{binary_of, camel_case};

/// What calls the new function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKind {
    /// The HTTP API.
    Endpoint,
    /// A queue, one message at a time.
    Consumer,
    /// EventBridge Scheduler.
    Schedule,
    /// The WebSocket API.
    Socket,
    /// A queue, a batch at a time.
    BatchConsumer,
    /// CloudFormation, during a deployment.
    Deployment,
}

impl NewKind {
    /// The kinds by the words of the command line. A stream reader is not among them: the table's stream has its two
    /// readers already, and AWS allows no more.
    const ALL: [(&'static str, Self); 6] = [
        ("endpoint", Self::Endpoint),
        ("socket", Self::Socket),
        ("consumer", Self::Consumer),
        ("batch-consumer", Self::BatchConsumer),
        ("schedule", Self::Schedule),
        ("deployment", Self::Deployment),
    ];

    /// The folder in the service's sources.
    fn folder(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoints",
            Self::Socket => "sockets",
            Self::Consumer | Self::BatchConsumer | Self::Schedule | Self::Deployment => "workers",
        }
    }

    /// The list in `souk_runtime::functions!`.
    fn list(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoints",
            Self::Socket => "sockets",
            Self::Consumer => "consumers",
            Self::BatchConsumer => "batch_consumers",
            Self::Schedule => "schedules",
            Self::Deployment => "deployments",
        }
    }
}

/// A function that does not exist yet.
#[derive(Debug)]
pub struct NewFunction {
    kind: NewKind,
    service: String,
    /// `get_thing`.
    name: String,
    /// `GET` and `/v1/things/{thing}` of an endpoint; the route key of a socket route as the path.
    route: Option<(String, String)>,
}

/// Why nothing was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const USAGE: &str = "usage: xtask new KIND SERVICE NAME [ROUTE]
  xtask new endpoint catalogue get_thing \"GET /v1/things/{thing}\"
  xtask new consumer catalogue follow_prices
  xtask new schedule catalogue purge_things
  xtask new socket live send_message '$send'
KIND is endpoint, socket, consumer, batch-consumer, schedule or deployment.";

impl NewFunction {
    /// Reads the command line that follows `xtask new`.
    ///
    /// # Errors
    /// A sentence for the author when the words do not name a new function.
    pub fn parse(words: &[String]) -> Result<Self, Refused> {
        let refused = |reason: String| Err(Refused(reason));
        let [kind, service, name, rest @ ..] = words else { return refused(USAGE.to_owned()) };
        let Some((_, kind)) = NewKind::ALL.into_iter().find(|(word, _)| word == kind) else {
            return refused(format!("`{kind}` is not a kind of function.\n{USAGE}"));
        };
        let words = |name: &str| name.split('_').all(|word| !word.is_empty());
        let snake = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.chars().all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || each == '_')
        };
        if !snake(name) || !words(name) {
            return refused(format!("`{name}` is not a name in lower snake case, such as `get_thing`"));
        }
        let route = match (kind, rest) {
            (NewKind::Endpoint, [route]) => {
                let (method, path) = route.split_once(' ').unwrap_or_default();
                if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) || !path.starts_with("/v1/") {
                    return refused(format!("`{route}` is not a route such as \"GET /v1/things/{{thing}}\""));
                }
                Some((method.to_owned(), path.to_owned()))
            }
            (NewKind::Socket, [route]) => Some((String::new(), route.clone())),
            (NewKind::Endpoint | NewKind::Socket, _) => return refused(format!("a route is missing.\n{USAGE}")),
            (_, []) => None,
            _ => return refused(format!("only endpoints and socket routes have a route.\n{USAGE}")),
        };
        Ok(Self { kind, service: service.clone(), name: name.clone(), route })
    }

    /// Writes the files and the entries below `root`, the workspace's folder. Returns what the author does next.
    ///
    /// # Errors
    /// A sentence for the author when the service does not exist or the name is taken. Nothing is written then.
    pub fn write(&self, root: &Path) -> Result<String, Refused> {
        let sources = root.join("functions").join(&self.service).join("src");
        if !sources.is_dir() {
            return Err(Refused(format!("there is no service functions/{}", self.service)));
        }
        let event = root.join("events").join(format!("{}.json", self.binary()));
        if event.exists() {
            return Err(Refused(format!("a function `{}` exists: {}", self.name, event.display())));
        }
        let template = root.join("infra").join(format!("{}.yaml", self.service));
        let journeys = root.join("tests/tests/journeys");
        let mut files = vec![
            self.edit(&template, |old| template::with(self, &old))?,
            self.edit(&sources.join("lib.rs"), |old| code::listed(self, &old))?,
            (sources.join(format!("{}.rs", self.kind.folder())), code::declared(self, &sources)),
            (sources.join(self.kind.folder()).join(format!("{}.rs", self.name)), code::module(self)),
            (sources.join("bin").join(format!("{}.rs", self.binary())), code::binary(self)),
            (event, event::sample(self)),
        ];
        if self.kind == NewKind::Endpoint {
            let name = format!("{}.rs", self.service);
            let test = journeys.join(&name);
            let old = fs::read_to_string(&test).unwrap_or_else(|_| code::test_file(&self.service));
            if !test.exists() {
                files.push(self.edit(&journeys.join("main.rs"), |old| Ok(code::declare_test(&self.service, &old)))?);
            }
            files.push((test, format!("{old}\n{}", code::test(self))));
        }
        for (path, text) in &files {
            let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
            written.map_err(|error| Refused(format!("{}: {error}", path.display())))?;
        }
        Ok(self.next_steps(root, &files))
    }

    fn edit(
        &self,
        path: &Path,
        change: impl Fn(String) -> Result<String, Refused>,
    ) -> Result<(PathBuf, String), Refused> {
        let old = fs::read_to_string(path).map_err(|error| Refused(format!("{}: {error}", path.display())))?;
        Ok((path.to_owned(), change(old)?))
    }

    fn next_steps(&self, root: &Path, files: &[(PathBuf, String)]) -> String {
        let mut lines = vec!["written:".to_owned()];
        let shown = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
        lines.extend(files.iter().map(|(path, _)| format!("  {}", shown(path))));
        lines.push("next, as docs/adding-an-endpoint.md explains:".to_owned());
        let steps: &[&str] = match self.kind {
            NewKind::Endpoint => &[
                "decide caller, input, output and problems, and write `handle`",
                "allow in the template what the function reads and writes, and nothing else",
                "write the test; add the row of the matrix of callers",
                "make docs     writes openapi.json and the README's table",
            ],
            NewKind::Consumer | NewKind::BatchConsumer => &[
                "write `handle`, and say in the module's documentation why a repeated message does no harm",
                "pass the queue's ARN to the template (the parameter has a placeholder name), or add a queue to template.yaml",
                "make docs     writes the README's table",
            ],
            NewKind::Schedule => &["write `run`, choose the rate", "make docs     writes the README's table"],
            NewKind::Socket => &["write `handle`", "make docs     writes the README's table"],
            NewKind::Deployment => {
                &["write `run`, name the custom resource", "make docs     writes the README's table"]
            }
        };
        lines.extend(steps.iter().map(|step| format!("  - {step}")));
        lines.join("\n")
    }

    /// `get-thing`.
    fn binary(&self) -> String {
        binary_of(&self.name)
    }

    /// `GetThing`.
    fn type_name(&self) -> String {
        camel_case(&self.name)
    }

    /// The names between braces in the path.
    fn parameters(&self) -> Vec<&str> {
        let path = self.route.as_ref().map_or("", |(_, path)| path);
        path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
    }
}
