//! Builds the events that queues and streams send to functions.

use serde_json::{Value, json};

/// Builds a batch of a queue. The messages are named by their position, see [`message_id`].
pub fn sqs_batch<'a>(bodies: impl IntoIterator<Item = &'a str>) -> Value {
    let records = bodies.into_iter().enumerate().map(|(n, body)| {
        json!({
            "messageId": message_id(n),
            "receiptHandle": format!("receipt-{n}"),
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1790000000000",
                "SenderId": "AROAEXAMPLE:souk",
                "ApproximateFirstReceiveTimestamp": "1790000000001",
            },
            "messageAttributes": {},
            "md5OfBody": "",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:souk",
            "awsRegion": "eu-central-1",
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

/// Returns the id of the message at a position in [`sqs_batch`].
pub fn message_id(place: usize) -> String {
    format!("00000000-0000-4000-8000-{place:012}")
}

/// Builds a batch of the table's stream in which all items are new. Their sequence numbers are `1`, `2`, ...
pub fn stream_batch<'a>(items: impl IntoIterator<Item = &'a Value>) -> Value {
    records("INSERT", items)
}

/// Builds a batch of the table's stream in which all items have changed.
pub fn changes_batch<'a>(items: impl IntoIterator<Item = &'a Value>) -> Value {
    records("MODIFY", items)
}

fn records<'a>(what: &str, items: impl IntoIterator<Item = &'a Value>) -> Value {
    let records = items.into_iter().enumerate().map(|(n, item)| {
        json!({
            "eventID": format!("{n:032x}"),
            "eventName": what,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_790_000_000,
                "Keys": { "pk": in_dynamodb_json(&item["pk"]), "sk": in_dynamodb_json(&item["sk"]) },
                "NewImage": in_dynamodb_json(item)["M"],
                "SequenceNumber": (n + 1).to_string(),
                "SizeBytes": 500,
                "StreamViewType": "NEW_IMAGE",
            },
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:000000000000:table/souk/stream/2026-01-01T00:00:00.000",
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

/// Converts a value to the JSON of DynamoDB's API: `{"S": "text"}`.
fn in_dynamodb_json(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(truth) => json!({ "BOOL": truth }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::String(text) => json!({ "S": text }),
        Value::Array(values) => json!({ "L": values.iter().map(in_dynamodb_json).collect::<Vec<_>>() }),
        Value::Object(fields) => {
            let fields: serde_json::Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), in_dynamodb_json(value))).collect();
            json!({ "M": fields })
        }
    }
}
