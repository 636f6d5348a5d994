//! The sample event of a new function.

use serde_json::{Map, Value, json};

use super::{NewFunction, NewKind};

/// An event as AWS sends it, in JSON.
pub(super) fn sample(new: &NewFunction) -> String {
    let event = match new.kind {
        NewKind::Endpoint => request(new),
        NewKind::Socket => frame(new),
        NewKind::Consumer | NewKind::BatchConsumer => message(new),
        NewKind::Schedule => run(new),
        NewKind::Deployment => custom_resource(new),
    };
    format!("{event:#}\n")
}

fn request(new: &NewFunction) -> Value {
    let (method, route) = new.route.clone().unwrap_or_default();
    let parameters: Map<String, Value> =
        new.parameters().into_iter().map(|name| (name.to_owned(), example(name).into())).collect();
    let path = parameters.iter().fold(route.clone(), |path, (name, value)| {
        path.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default())
    });
    let host = "souk123abc.execute-api.eu-central-1.amazonaws.com";
    let key = format!("{method} {route}");
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "application/json",
            "host": host,
            "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "souk123abc",
            "domainName": host,
            "domainPrefix": "souk123abc",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7",
                "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            },
            "requestId": "RqSouk0010FiAEJmg=",
            "routeKey": key,
            "stage": "$default",
            "time": "09/Oct/2026:13:18:41 +0000",
            "timeEpoch": 1_791_551_921_010_i64,
        },
        "isBase64Encoded": false,
    });
    if !parameters.is_empty() {
        event["pathParameters"] = parameters.into();
    }
    event
}

/// A value that the type of the parameter takes.
fn example(parameter: &str) -> String {
    let prefix = match parameter {
        "product" => "prod",
        "discount" => "disc",
        "address" => "addr",
        "session" => "sess",
        "notification" => "note",
        "shop" | "order" | "job" | "media" | "cart" => parameter,
        _ => return "blue-kiln".to_owned(),
    };
    format!("{prefix}_0199dc2f5a3e7c41b6d80f2e9a7b4c15")
}

fn frame(new: &NewFunction) -> Value {
    let (_, route) = new.route.clone().unwrap_or_default();
    json!({
        "requestContext": {
            "routeKey": route,
            "eventType": "MESSAGE",
            "connectionId": "L0SM9cOFvHcCIhw=",
            "apiId": "souk456def",
            "stage": "live",
            "requestId": "RqSouk0010FiAEJmg=",
            "requestTimeEpoch": 1_791_551_921_010_i64,
            "connectedAt": 1_791_551_920_000_i64,
        },
        "body": "{}",
        "isBase64Encoded": false,
    })
}

fn message(new: &NewFunction) -> Value {
    let body = json!({
        "id": "event_0199dc34f00d7c44d7e58f9a0b1c2d3a",
        "at": "2026-10-09T13:18:41.25Z",
        "event": { "type": "shop_changed", "shop": "shop_0199dc2f5a3e7c41b6d80f2e9a7b4c15" },
    });
    json!({
        "Records": [{
            "messageId": "6d0e7c41-52b8-4f3a-9c60-1b7e2d95a8f4",
            "receiptHandle": "AQEBzWwaftRI0KuVm4tP+/7q1rGgNqicHq",
            "body": body.to_string(),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1791551921250",
                "SenderId": "AROAEXAMPLEEXAMPLE:souk-dev-relay-outbox",
                "ApproximateFirstReceiveTimestamp": "1791551921262",
            },
            "messageAttributes": {},
            "md5OfBody": "8c25452d98b410c2ce340edccfa13aa4",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:eu-central-1:123456789012:souk-dev-{}", new.binary()),
            "awsRegion": "eu-central-1",
        }],
    })
}

fn run(new: &NewFunction) -> Value {
    json!({
        "version": "0",
        "id": "b26a0e54-3d97-4c0b-8a52-94f0e1c7d6a3",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "123456789012",
        "time": "2026-10-09T14:00:00Z",
        "region": "eu-central-1",
        "resources": [format!("arn:aws:scheduler:eu-central-1:123456789012:schedule/default/souk-dev-{}", new.binary())],
        "detail": "{}",
    })
}

fn custom_resource(new: &NewFunction) -> Value {
    json!({
        "RequestType": "Create",
        "ResponseURL": "https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/answer",
        "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/souk-dev/0199dc2f",
        "RequestId": "2f6a1d8e-7c3b-4e95-a0d1-5b8c9f7e6d42",
        "ResourceType": format!("Custom::{}", new.type_name()),
        "LogicalResourceId": format!("{}Run", new.type_name()),
        "ServiceToken": format!("arn:aws:lambda:eu-central-1:123456789012:function:souk-dev-{}", new.binary()),
        "ResourceProperties": {
            "ServiceToken": format!("arn:aws:lambda:eu-central-1:123456789012:function:souk-dev-{}", new.binary()),
        },
    })
}
