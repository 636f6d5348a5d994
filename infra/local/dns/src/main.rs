//! `souk-local-dns --port 4520`

use std::error::Error;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};
use souk_local_dns::LocalDns;

const USAGE: &str = "\
A DNS server on this machine.

  --port <PORT>  port on 127.0.0.1, of both DNS (UDP) and the records' API (HTTP) (default 4520)";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("souk-local-dns: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Some(port) = arguments(Parser::from_env())? else {
        println!("{USAGE}");
        return Ok(());
    };
    let server = LocalDns::start(port).await.map_err(|error| format!("port {port}: {error}"))?;
    println!("DNS on {address}, its records on http://{address}/_local/records", address = server.address());
    tokio::select! {
        () = server.serve() => Err("the server has stopped".into()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

/// Parses the port. Returns `None` if the arguments ask for help.
fn arguments(mut parser: Parser) -> Result<Option<u16>, lexopt::Error> {
    let mut port = 4_520;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("port") => port = parser.value()?.parse()?,
            Arg::Long("help") => return Ok(None),
            unknown => return Err(unknown.unexpected()),
        }
    }
    Ok(Some(port))
}
