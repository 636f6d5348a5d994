//! Prints the steps of the sale.

use std::{future::Future, time::Instant};

use souk_testkit::{Answer, Result};

/// Prints a heading.
pub(crate) fn heading(title: &str) {
    println!("\n{title}");
}

/// Sends a request and prints its name, the answer and how long it took.
pub(crate) async fn send(what: impl AsRef<str>, request: impl Future<Output = Result<Answer>>) -> Result<Answer> {
    let answer = request.await.map_err(|failed| failed.during(what.as_ref()))?;
    let code = answer.code().unwrap_or_default();
    print(what.as_ref(), &format!("{} {code}", answer.status), answer.took.as_millis());
    Ok(answer)
}

/// Runs a step of more than one request and prints how long it took.
pub(crate) async fn step<T>(what: impl AsRef<str>, step: impl Future<Output = Result<T>>) -> Result<T> {
    let start = Instant::now();
    let done = step.await.map_err(|failed| failed.during(what.as_ref()))?;
    print(what.as_ref(), "ok", start.elapsed().as_millis());
    Ok(done)
}

fn print(what: &str, outcome: &str, millis: u128) {
    println!("  {what:<70} {:<26} {millis:>6} ms", outcome.trim_end());
}
