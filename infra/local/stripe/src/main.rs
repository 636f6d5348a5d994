//! `souk-local-stripe --port 4500 --webhook-url http://... --webhook-secret whsec_...`

use std::error::Error;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};
use souk_local_stripe::{LocalStripe, Settings};

const USAGE: &str = "\
A stand-in for Stripe on this machine.

  --port <PORT>             port on 127.0.0.1 (default 4500)
  --webhook-url <URL>       where events are sent; may be given several times
  --webhook-secret <SECRET> secret that signs the events (default whsec_local)
  --secret-key <KEY>        key that API calls must present (default sk_test_local)";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("souk-local-stripe: {error}");
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
    let stripe = LocalStripe::start(settings).await.map_err(|error| format!("port {port}: {error}"))?;
    println!("Stripe stand-in on {url}, its state on {url}/_local", url = stripe.url());
    tokio::select! {
        () = stripe.serve() => Err("the server has stopped".into()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

/// Parses the arguments. Returns `None` if they ask for help.
fn arguments(mut parser: Parser) -> Result<Option<Settings>, lexopt::Error> {
    let mut settings = Settings::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("port") => settings.port = parser.value()?.parse()?,
            Arg::Long("webhook-url") => settings.webhook_urls.push(parser.value()?.string()?),
            Arg::Long("webhook-secret") => settings.webhook_secret = parser.value()?.string()?,
            Arg::Long("secret-key") => settings.secret_key = parser.value()?.string()?,
            Arg::Long("help") => return Ok(None),
            unknown => return Err(unknown.unexpected()),
        }
    }
    Ok(Some(settings))
}
