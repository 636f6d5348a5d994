//! Functions that a deployment calls: CloudFormation's custom resources.

use std::future::Future;

use jiff::Timestamp;
use lambda_runtime::Error;
use serde::{Deserialize, Serialize};
use souk_runtime::{Connect, Function, Kind, Start, handler, name_of, serve};

use crate::Failure;

/// A function that a deployment waits for. It runs when its resource comes to be or changes, and again after it failed.
pub trait Deployment: Send + Sync + 'static {
    /// `module_path!()`.
    const MODULE: &'static str;
    /// What it needs.
    type Deps: Connect;

    /// Does what the deployment waits for, and says whether there was something to do.
    fn run(deps: &Self::Deps, now: Timestamp) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// What CloudFormation asks of a custom resource.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeploymentRequest {
    service_token: String,
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

/// What it wants to hear.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Done {
    status: &'static str,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    physical_resource_id: String,
}

impl DeploymentRequest {
    fn done(self) -> Done {
        Done {
            status: "SUCCESS",
            stack_id: self.stack_id,
            request_id: self.request_id,
            // A name that changed would mean that another resource took the place of this one.
            physical_resource_id: self.physical_resource_id.unwrap_or_else(|| self.logical_resource_id.clone()),
            logical_resource_id: self.logical_resource_id,
        }
    }
}

/// Describes a function of a deployment for the list of its service.
pub fn deployment<D: Deployment>() -> Function {
    let type_path = std::any::type_name::<D>();
    Function { name: name_of(D::MODULE), kind: Kind::Deployment, route: None, type_path, read: read::<D> }
}

/// Reads a custom resource's request, and checks that it is for this function.
fn read<D: Deployment>(event: &str) -> Result<(), String> {
    let request: DeploymentRequest = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let own = request.service_token.ends_with(&name_of(D::MODULE).replace('_', "-"));
    if own { Ok(()) } else { Err(format!("it is for {}", request.service_token)) }
}

/// Serves a deployment's function until Lambda ends the process. A run that fails is not answered: Lambda runs it again,
/// and CloudFormation waits for that as long as its resource allows.
///
/// # Errors
/// Those of starting, and those of the runtime.
pub fn serve_deployment<D: Deployment>() -> Result<(), Error> {
    serve(|start| handler(start.clone(), move |deps, request| answer::<D>(deps, start.clone(), request)))
}

async fn answer<D: Deployment>(deps: &D::Deps, start: Start, request: DeploymentRequest) -> Result<(), Error> {
    // What came with the stack stays in the table, as the table stays.
    if request.request_type != RequestType::Delete {
        let done = D::run(deps, Timestamp::now()).await?;
        tracing::info!(function = name_of(D::MODULE), done, "ran");
    }
    let url = request.response_url.clone();
    start.put(&url, serde_json::to_string(&request.done())?).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_answer_names_the_request_and_keeps_the_resources_name() {
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
            serde_json::to_value(request.done()).unwrap()
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
