//! `souk-demo seed --outputs target/local/outputs.json`, and `sale` likewise.

use std::{env, path::PathBuf, process::ExitCode};

use lexopt::{Arg, Parser, ValueExt};
use souk_demo::{sale, seed};
use souk_testkit::Result;

const USAGE: &str = "\
souk-demo seed --outputs <FILE>    fills the stack with accounts, shops and products, or adds what is missing
souk-demo sale --outputs <FILE>    plays a sale from registration to order, step by step

  --outputs <FILE>    the outputs of the deployment; `seed` adds the accounts to the file";

enum Task {
    Seed(PathBuf),
    Sale(PathBuf),
    Help,
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match read(Parser::from_iter(env::args_os())) {
        Ok(Task::Seed(outputs)) => seed(&outputs).await,
        Ok(Task::Sale(outputs)) => sale(&outputs).await,
        Ok(Task::Help) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => Err(error.into()),
    };
    report(done)
}

fn report(done: Result) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("souk-demo: {failed}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut parser: Parser) -> std::result::Result<Task, lexopt::Error> {
    let (mut task, mut outputs) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(name) if task.is_none() => task = Some(name.string()?),
            Arg::Long("outputs") => outputs = Some(PathBuf::from(parser.value()?)),
            Arg::Long("help") => return Ok(Task::Help),
            unknown => return Err(unknown.unexpected()),
        }
    }
    match (task.as_deref(), outputs) {
        (Some("seed"), Some(outputs)) => Ok(Task::Seed(outputs)),
        (Some("sale"), Some(outputs)) => Ok(Task::Sale(outputs)),
        _ => Err(format!("a task and --outputs are required\n\n{USAGE}").into()),
    }
}
