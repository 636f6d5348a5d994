//! Workers that a deployment calls as custom resources of CloudFormation.

use std::future::Future;

use jiff::Timestamp;
use lambda_runtime::Error;
use serde::{Deserialize, Serialize};
use souk_runtime::{Connect, Function, Kind, Start, binary_of, handler, name_of, serve};

use crate::Failure;

/// A worker that a deployment waits for. It runs when its resource is created or changed, and again after a failure.
pub trait Deployment: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// The dependencies.
    type Deps: Connect;

    /// Runs. Returns whether there was something to do.
    fn run(deps: &Self::Deps, now: Timestamp) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// A request of CloudFormation to a custom resource.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeploymentRequest {
    /// The ARN of the function. CloudFormation sends it, but does not document it.
    service_token: Option<String>,
    request_type: RequestType,
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    physical_resource_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum RequestType {
    Create,
    Update,
    Delete,
}

/// The answer to a request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeploymentAnswer {
    status: &'static str,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    physical_resource_id: String,
}

impl DeploymentRequest {
    /// Makes the answer that reports success.
    fn success(self) -> DeploymentAnswer {
        DeploymentAnswer {
            status: "SUCCESS",
            stack_id: self.stack_id,
            request_id: self.request_id,
            // Another physical id would mean that the resource was replaced.
            physical_resource_id: self.physical_resource_id.unwrap_or_else(|| self.logical_resource_id.clone()),
            logical_resource_id: self.logical_resource_id,
        }
    }
}

/// Describes a worker of a deployment for the list of its service.
pub fn deployment<D: Deployment>() -> Function {
    Function::new::<D>(D::MODULE, Kind::Deployment, None, read::<D>)
}

/// Reads a request of CloudFormation and checks that it is for this function.
fn read<D: Deployment>(event: &str) -> Result<(), String> {
    let request: DeploymentRequest = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let function = request.service_token.unwrap_or_default();
    if function.ends_with(&binary_of(name_of(D::MODULE))) { Ok(()) } else { Err(format!("it is for {function}")) }
}

/// Serves a worker of a deployment until Lambda ends the process. A run that fails is not answered. Lambda retries it,
/// and CloudFormation waits as long as its resource allows.
///
/// # Errors
/// Those of starting, and those of the Lambda runtime.
pub fn serve_deployment<D: Deployment>() -> Result<(), Error> {
    serve(|start| handler(start.clone(), move |deps, request| answer::<D>(deps, start.clone(), request)))
}

async fn answer<D: Deployment>(deps: &D::Deps, start: Start, request: DeploymentRequest) -> Result<(), Error> {
    // A deletion needs no run: the items stay, because the table stays.
    if request.request_type != RequestType::Delete {
        let done = D::run(deps, Timestamp::now()).await?;
        tracing::info!(function = name_of(D::MODULE), done, "deployment step finished");
    }
    let url = request.response_url.clone();
    start.put(&url, serde_json::to_string(&request.success())?).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_answer_names_the_request_and_keeps_the_physical_id() {
        let request = |name: Option<&str>| {
            let request = json!({
                "RequestType": "Update",
                "ServiceToken": "arn",
                "ResponseURL": "https://example.com/answer",
                "StackId": "stack",
                "RequestId": "request",
                "ResourceType": "Custom::Defaults",
                "LogicalResourceId": "Defaults",
                "PhysicalResourceId": name,
                "ResourceProperties": { "ServiceToken": "arn" },
            });
            let request: DeploymentRequest = serde_json::from_value(request).unwrap();
            serde_json::to_value(request.success()).unwrap()
        };
        let answer = |name| {
            json!({
                "Status": "SUCCESS",
                "StackId": "stack",
                "RequestId": "request",
                "LogicalResourceId": "Defaults",
                "PhysicalResourceId": name,
            })
        };
        assert_eq!(request(None), answer("Defaults"));
        assert_eq!(request(Some("name")), answer("name"));
    }
}
