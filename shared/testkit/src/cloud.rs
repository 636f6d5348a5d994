//! Behind the binaries: the table, and functions that no client can call.

use aws_sdk_dynamodb::{
    Client as DynamoDb,
    config::{BehaviorVersion, Config, Credentials, Region},
    types::{AttributeValue, PutRequest, WriteRequest},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use souk_store::{entity::Item, keys::Key};

use crate::{Failed, Result, Stack, plain_http};

/// The cloud that a stack runs in, by its own APIs.
#[derive(Debug, Clone)]
pub struct Cloud {
    stack: Stack,
    pub(crate) table: DynamoDb,
    /// What the table is called.
    pub(crate) name: String,
    http: reqwest::Client,
}

/// What came of calling a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// What it answered.
    pub payload: Value,
    /// Set when it did not answer but failed.
    pub error: Option<String>,
}

impl Cloud {
    /// The cloud of a stack. The local cloud takes any name and password.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn of(stack: &Stack) -> Result<Self> {
        let http = reqwest::Client::builder().build()?;
        let config = Config::builder()
            .http_client(plain_http::client(http.clone()))
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(stack.region.clone()))
            .endpoint_url(&stack.endpoint)
            .credentials_provider(Credentials::new("test", "test", None, None, "the local cloud"))
            .build();
        Ok(Self { stack: stack.clone(), table: DynamoDb::from_conf(config), name: stack.table.clone(), http })
    }

    /// An item of the table.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn item(&self, key: &Key) -> Result<Option<Value>> {
        let get = self.table.get_item().table_name(&self.name).consistent_read(true);
        let output = get
            .key("pk", AttributeValue::S(key.pk.clone()))
            .key("sk", AttributeValue::S(key.sk.clone()))
            .send()
            .await?;
        Ok(output.item.map(serde_dynamo::from_item).transpose()?)
    }

    /// The items of a partition, in the order of their sort keys.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn partition(&self, pk: &str) -> Result<Vec<Value>> {
        let query = self.table.query().table_name(&self.name).consistent_read(true);
        let output = query
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .send()
            .await?;
        Ok(serde_dynamo::from_items(output.items.unwrap_or_default())?)
    }

    /// Writes an item as it is: what a test stores in the name of a function.
    ///
    /// # Errors
    /// When the table does not take it.
    pub async fn put(&self, item: &Value) -> Result {
        let item = serde_dynamo::to_item(item)?;
        self.table.put_item().table_name(&self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Writes many items, 25 in each call.
    ///
    /// # Errors
    /// When the table does not take them all.
    pub async fn put_all(&self, items: Vec<Item>) -> Result {
        for items in items.chunks(25) {
            let put = |item: &Item| PutRequest::builder().set_item(Some(item.clone())).build();
            let put = |item: &Item| Ok(WriteRequest::builder().put_request(put(item)?).build());
            let items: Vec<WriteRequest> = items.iter().map(put).collect::<Result<_>>()?;
            let output = self.table.batch_write_item().request_items(&self.name, items).send().await?;
            if output.unprocessed_items.is_some_and(|items| !items.is_empty()) {
                return Err(Failed::new("the table did not take all items"));
            }
        }
        Ok(())
    }

    /// Changes attributes of an item, which must exist: how a test turns back the time.
    ///
    /// # Errors
    /// When there is no such item.
    pub async fn set(&self, key: &Key, attributes: &[(&str, Value)]) -> Result {
        let mut update = self
            .table
            .update_item()
            .table_name(&self.name)
            .key("pk", AttributeValue::S(key.pk.clone()))
            .key("sk", AttributeValue::S(key.sk.clone()))
            .condition_expression("attribute_exists(pk)");
        let mut assignments = Vec::new();
        for (n, (name, value)) in attributes.iter().enumerate() {
            assignments.push(format!("#a{n} = :a{n}"));
            update = update
                .expression_attribute_names(format!("#a{n}"), *name)
                .expression_attribute_values(format!(":a{n}"), serde_dynamo::to_attribute_value(value)?);
        }
        update.update_expression(format!("SET {}", assignments.join(", "))).send().await?;
        Ok(())
    }

    /// Removes an item, whether it was there or not: how a test leaves things as a worker that died would.
    ///
    /// # Errors
    /// When the table does not take it.
    pub async fn remove(&self, key: &Key) -> Result {
        let delete = self.table.delete_item().table_name(&self.name);
        delete.key("pk", AttributeValue::S(key.pk.clone())).key("sk", AttributeValue::S(key.sk.clone())).send().await?;
        Ok(())
    }

    /// The text of the stack's secret whose name contains `name`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn secret(&self, name: &str) -> Result<String> {
        let prefix = format!("{}-{name}", self.stack.functions);
        let list = self.secrets("ListSecrets", &json!({})).await?;
        let names = list["SecretList"].as_array().into_iter().flatten().filter_map(|secret| secret["Name"].as_str());
        let name = names.into_iter().find(|name| name.starts_with(&prefix));
        let name = name.ok_or_else(|| Failed::new(format!("there is no secret {prefix}...")))?;
        let value = self.secrets("GetSecretValue", &json!({ "SecretId": name })).await?;
        value["SecretString"].as_str().map(str::to_owned).ok_or_else(|| Failed::new(format!("{name} holds no text")))
    }

    async fn secrets(&self, action: &str, request: &Value) -> Result<Value> {
        let response = self
            .http
            .post(&self.stack.endpoint)
            .header("authorization", self.authorization("secretsmanager"))
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("secretsmanager.{action}"))
            .body(request.to_string())
            .send()
            .await?;
        Ok(response.error_for_status()?.json().await?)
    }

    /// The local cloud reads who calls from this header and does not check the signature.
    fn authorization(&self, service: &str) -> String {
        let scope = format!("20260101/{}/{service}/aws4_request", self.stack.region);
        format!("AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders=host, Signature=none")
    }

    /// Makes another function of a function's zip and settings, some of them other ones. What it is called by
    /// [`invoke`](Self::invoke) is `name`.
    ///
    /// # Errors
    /// When the zip was not laid out, or the cloud does not make it.
    pub async fn twin(&self, function: &str, name: &str, settings: &[(&str, &str)]) -> Result {
        let functions = format!("{}/2015-03-31/functions", self.stack.endpoint);
        let of = format!("{functions}/{}-{function}/configuration", self.stack.functions);
        let authorization = self.authorization("lambda");
        let mut twin: Value = self.http.get(of).header("authorization", &authorization).send().await?.json().await?;
        let zip = format!("{}/../../target/lambda/{function}/bootstrap.zip", env!("CARGO_MANIFEST_DIR"));
        twin["FunctionName"] = format!("{}-{name}", self.stack.functions).into();
        twin["Code"] = json!({ "ZipFile": BASE64_STANDARD.encode(std::fs::read(zip)?) });
        for (setting, value) in settings {
            twin["Environment"]["Variables"][setting] = (*value).into();
        }
        let made = self.http.post(functions).header("authorization", authorization).json(&twin).send().await?;
        let status = made.status();
        if !status.is_success() {
            return Err(Failed::new(format!("{name} was not made: {status} {}", made.text().await?)));
        }
        Ok(())
    }

    /// Calls a function as a queue, a stream or a schedule would, and waits for what it answers.
    ///
    /// # Errors
    /// When it cannot be called. That it failed is part of the answer.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Invocation> {
        let name = format!("{}-{function}", self.stack.functions);
        let url = format!("{}/2015-03-31/functions/{name}/invocations", self.stack.endpoint);
        let authorization = self.authorization("lambda");
        let response = self.http.post(url).header("authorization", authorization).json(event).send().await?;
        let status = response.status();
        let error = response.headers().get("x-amz-function-error").map(|value| format!("{value:?}"));
        let text = response.text().await?;
        if !status.is_success() {
            return Err(Failed::new(format!("{name} could not be called: {status} {text}")));
        }
        let payload = serde_json::from_str(&text).unwrap_or(Value::Null);
        let error = error.map(|kind| format!("{kind}: {text}"));
        Ok(Invocation { payload, error })
    }
}

impl Invocation {
    /// Insists that the function answered.
    ///
    /// # Errors
    /// When it failed.
    pub fn answered(self) -> Result<Value> {
        match self.error {
            None => Ok(self.payload),
            Some(error) => Err(Failed::new(format!("the function failed: {error}"))),
        }
    }
}
