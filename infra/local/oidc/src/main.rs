//! `souk-local-oidc --port 4510 --redirect-uri http://...`

use std::error::Error;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};
use souk_local_oidc::{LocalOidc, Settings};

const USAGE: &str = "\
An OpenID provider on this machine.

  --port <PORT>             port on 127.0.0.1 (default 4510)
  --client-id <ID>          id of the client (default souk-local)
  --client-secret <SECRET>  secret of the client (default secret-local)
  --redirect-uri <URL>      allowed redirect URI; may be given several times";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("souk-local-oidc: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Some(settings) = arguments(Parser::from_env())? else {
        println!("{USAGE}");
        return Ok(());
    };
    let port = settings.port;
    let provider = LocalOidc::start(settings).await.map_err(|error| format!("port {port}: {error}"))?;
    println!("OpenID provider on {url}, its state on {url}/_local", url = provider.url());
    tokio::select! {
        () = provider.serve() => Err("the server has stopped".into()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

/// Parses the arguments. Returns `None` if they ask for help.
fn arguments(mut parser: Parser) -> Result<Option<Settings>, lexopt::Error> {
    let mut settings = Settings::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("port") => settings.port = parser.value()?.parse()?,
            Arg::Long("client-id") => settings.client_id = parser.value()?.string()?,
            Arg::Long("client-secret") => settings.client_secret = parser.value()?.string()?,
            Arg::Long("redirect-uri") => settings.redirect_uris.push(parser.value()?.string()?),
            Arg::Long("help") => return Ok(None),
            unknown => return Err(unknown.unexpected()),
        }
    }
    Ok(Some(settings))
}
