//! The cloud's own APIs: the table, the secrets, and functions that no client can call.

use aws_sdk_dynamodb::{
    Client as DynamoDb,
    config::{BehaviorVersion, Config, Credentials, Region},
    types::{AttributeValue, PutRequest, WriteRequest},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use souk_store::{entity::Item, keys::Key};

use crate::{Failed, Result, Stack, plain_http};

/// The cloud that a stack runs in.
#[derive(Debug, Clone)]
pub struct Cloud {
    stack: Stack,
    pub(crate) table: DynamoDb,
    /// The table's name.
    pub(crate) name: String,
    http: reqwest::Client,
}

/// The result of calling a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// What the function answered.
    pub payload: Value,
    /// The error, if the function failed.
    pub error: Option<String>,
}

impl Cloud {
    /// Returns the cloud of a stack. The local cloud accepts any credentials.
    ///
    /// # Errors
    /// Fails if the HTTP client cannot be built.
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

    /// Reads an item. Returns `None` if it does not exist.
    ///
    /// # Errors
    /// Fails if the table cannot be read.
    pub async fn item(&self, key: &Key) -> Result<Option<Value>> {
        let get = self.table.get_item().table_name(&self.name).consistent_read(true);
        let output = get
            .key("pk", AttributeValue::S(key.pk.clone()))
            .key("sk", AttributeValue::S(key.sk.clone()))
            .send()
            .await?;
        Ok(output.item.map(serde_dynamo::from_item).transpose()?)
    }

    /// Reads the items of a partition in the order of their sort keys.
    ///
    /// # Errors
    /// Fails if the table cannot be read.
    pub async fn partition(&self, pk: &str) -> Result<Vec<Value>> {
        let query = self.table.query().table_name(&self.name).consistent_read(true);
        let output = query
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .send()
            .await?;
        Ok(serde_dynamo::from_items(output.items.unwrap_or_default())?)
    }

    /// Writes an item as it is, in place of a function.
    ///
    /// # Errors
    /// Fails if the table refuses it.
    pub async fn put(&self, item: &Value) -> Result {
        let item = serde_dynamo::to_item(item)?;
        self.table.put_item().table_name(&self.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Writes many items, 25 per call.
    ///
    /// # Errors
    /// Fails if the table does not accept all of them.
    pub async fn put_all(&self, items: Vec<Item>) -> Result {
        for items in items.chunks(25) {
            let put = |item: &Item| PutRequest::builder().set_item(Some(item.clone())).build();
            let put = |item: &Item| Ok(WriteRequest::builder().put_request(put(item)?).build());
            let items: Vec<WriteRequest> = items.iter().map(put).collect::<Result<_>>()?;
            let output = self.table.batch_write_item().request_items(&self.name, items).send().await?;
            if output.unprocessed_items.is_some_and(|items| !items.is_empty()) {
                return Err(Failed::new("the table did not accept all items"));
            }
        }
        Ok(())
    }

    /// Changes attributes of an item that exists. Tests use it to move times into the past.
    ///
    /// # Errors
    /// Fails if the item does not exist.
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

    /// Deletes an item if it exists. Tests use it to leave the state that a worker leaves when it dies.
    ///
    /// # Errors
    /// Fails if the table refuses it.
    pub async fn remove(&self, key: &Key) -> Result {
        let delete = self.table.delete_item().table_name(&self.name);
        delete.key("pk", AttributeValue::S(key.pk.clone())).key("sk", AttributeValue::S(key.sk.clone())).send().await?;
        Ok(())
    }

    /// Reads the stack's secret whose name starts with `name`.
    ///
    /// # Errors
    /// Fails if there is no such secret.
    pub async fn secret(&self, name: &str) -> Result<String> {
        let name = self.secret_name(name).await?;
        let value = self.secrets("GetSecretValue", &json!({ "SecretId": name })).await?;
        value["SecretString"].as_str().map(str::to_owned).ok_or_else(|| Failed::new(format!("{name} is not text")))
    }

    /// Replaces the stack's secret whose name starts with `name`. Functions that have read it keep what they read.
    ///
    /// # Errors
    /// Fails if there is no such secret.
    pub async fn set_secret(&self, name: &str, text: &str) -> Result {
        let name = self.secret_name(name).await?;
        self.secrets("PutSecretValue", &json!({ "SecretId": name, "SecretString": text })).await?;
        Ok(())
    }

    async fn secret_name(&self, start: &str) -> Result<String> {
        let prefix = format!("{}-{start}", self.stack.functions);
        let list = self.secrets("ListSecrets", &json!({})).await?;
        let names = list["SecretList"].as_array().into_iter().flatten().filter_map(|secret| secret["Name"].as_str());
        let name = names.into_iter().find(|name| name.starts_with(&prefix));
        name.map(str::to_owned).ok_or_else(|| Failed::new(format!("no secret starts with {prefix}")))
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

    /// Returns the header that names the service. The local cloud does not check the signature.
    fn authorization(&self, service: &str) -> String {
        let scope = format!("20260101/{}/{service}/aws4_request", self.stack.region);
        format!("AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders=host, Signature=none")
    }

    /// Creates a copy of a function, from the same zip and with some environment variables changed.
    /// [`invoke`](Self::invoke) calls it by `name`.
    ///
    /// # Errors
    /// Fails if the zip does not exist or the cloud refuses to create the function.
    pub async fn copy_function(&self, function: &str, name: &str, settings: &[(&str, &str)]) -> Result {
        let functions = format!("{}/2015-03-31/functions", self.stack.endpoint);
        let of = format!("{functions}/{}-{function}/configuration", self.stack.functions);
        let authorization = self.authorization("lambda");
        let mut copy: Value = self.http.get(of).header("authorization", &authorization).send().await?.json().await?;
        let zip = format!("{}/../../target/lambda/{function}/bootstrap.zip", env!("CARGO_MANIFEST_DIR"));
        copy["FunctionName"] = format!("{}-{name}", self.stack.functions).into();
        copy["Code"] = json!({ "ZipFile": BASE64_STANDARD.encode(std::fs::read(zip)?) });
        for (setting, value) in settings {
            copy["Environment"]["Variables"][setting] = (*value).into();
        }
        let created = self.http.post(functions).header("authorization", authorization).json(&copy).send().await?;
        let status = created.status();
        if !status.is_success() {
            return Err(Failed::new(format!("{name} was not created: {status} {}", created.text().await?)));
        }
        Ok(())
    }

    /// Calls a function as a queue, a stream or a schedule does, and waits for its answer.
    ///
    /// # Errors
    /// Fails if the function cannot be called. A failure of the function itself is part of the result.
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
    /// Requires that the function answered.
    ///
    /// # Errors
    /// Fails if the function failed.
    pub fn answered(self) -> Result<Value> {
        match self.error {
            None => Ok(self.payload),
            Some(error) => Err(Failed::new(format!("the function failed: {error}"))),
        }
    }
}
