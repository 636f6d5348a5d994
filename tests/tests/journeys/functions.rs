//! Calls every deployed function with its sample event.

use std::{fs, path::PathBuf};

use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Value, json};
use souk_testkit::{Failed, Result, operation};
use souk_tests::Market;

#[tokio::test]
async fn every_deployed_function_answers_its_sample_event() -> Result {
    let market = Market::open()?;
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut failures = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let function = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // It sends its answer to a URL of CloudFormation, and the URL in the sample event does not exist. The
        // deployment of the stack shows that the function works.
        if function == "seed-site" {
            continue;
        }
        let event: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        let answer = market.call(&function, &event).await;
        if let Err(failed) = answer.and_then(|answer| expected(&function, &event, &answer)) {
            failures.push(format!("{function}: {failed}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

/// Checks the answer of a function of any kind. The sample events are about things that do not exist.
fn expected(function: &str, event: &Value, answer: &Value) -> Result {
    let message = &event["Records"][0]["messageId"];
    let one_failure = json!({ "batchItemFailures": [{ "itemIdentifier": message }] });
    let no_failures = json!({ "batchItemFailures": [] });
    let as_expected = match function {
        // The event or the order does not exist, so the message fails and becomes a dead mail.
        "apply-stripe-event" | "count-sales" | "keep-pictures" | "notify" | "push-live" => *answer == one_failure,
        "send-mail" | "process-image" | "relay-outbox" | "erase-account" | "index-products" => *answer == no_failures,
        "move-category" | "run-export" | "run-import" | "sync-shop" | "transform-image" | "watch-products" => {
            *answer == no_failures
        }
        "release-holds" | "sweep-outbox" => answer.is_null(),
        "check-domains" | "confirm-deliveries" | "purge-media" | "purge-products" | "purge-shops" | "rebuild-index" => {
            answer.is_null()
        }
        "connect-socket" => answer["statusCode"] == 401,
        "disconnect-socket" | "default-socket" => answer["statusCode"] == 200,
        endpoint => return endpoint_answers(endpoint, answer),
    };
    if as_expected { Ok(()) } else { Err(Failed::new(format!("an unexpected answer {answer}"))) }
}

fn endpoint_answers(function: &str, answer: &Value) -> Result {
    let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
    if status == 0 || status >= 500 {
        return Err(Failed::new(format!("an unexpected answer {answer}")));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        headers.insert(name.parse::<HeaderName>()?, value.as_str().unwrap_or_default().parse()?);
    }
    let body = answer["body"].as_str().unwrap_or_default();
    operation(&function.replace('-', "_"))?.check(status, &headers, body).map_err(Failed::new)
}
