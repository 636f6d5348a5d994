//! The addresses and names of a deployed Souk.

use std::{env, fs, path::Path, sync::Arc};

use serde::Deserialize;

use crate::{Failed, Result};

/// The outputs of a deployment.
#[derive(Debug, Clone)]
pub struct Stack(Arc<Outputs>);

/// The content of the deployment's `outputs.json`.
#[derive(Debug, Deserialize)]
pub struct Outputs {
    /// Base URL of the HTTP API.
    pub api: String,
    /// URL of the WebSocket API.
    pub socket: String,
    /// URL of the mail that was sent, as JSON.
    pub mail: String,
    /// Base URL of the payment provider.
    pub stripe: String,
    /// The secret that the payment provider signs its webhooks with.
    pub stripe_webhook_secret: String,
    /// Base URL of the OpenID provider.
    pub oidc: String,
    /// Base URL of the API that sets records of the local DNS server.
    pub dns: String,
    /// The mail address of the first admin, a shopper.
    pub first_admin: String,
    /// Base URL of the cloud's own APIs.
    pub endpoint: String,
    /// The cloud's region.
    pub region: String,
    /// The table's name.
    pub table: String,
    /// The prefix of every function's name, without the hyphen after it.
    pub functions: String,
}

impl Stack {
    /// Reads the outputs of a deployment.
    ///
    /// # Errors
    /// Fails if the file does not exist or has another shape.
    pub fn from_outputs(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| Failed::from(error).during(path.display()))?;
        let outputs = serde_json::from_str(&text).map_err(|error| Failed::from(error).during(path.display()))?;
        Ok(Self(Arc::new(outputs)))
    }

    /// Returns the stack that tests run against. `SOUK_OUTPUTS` names its file.
    ///
    /// # Errors
    /// Fails if the variable is not set, and with those of [`Stack::from_outputs`].
    pub fn under_test() -> Result<Self> {
        let path = env::var("SOUK_OUTPUTS").map_err(|_| {
            Failed::new(
                "these tests need a deployed stack: run them with `make test`, or against one that runs already with \
                 SOUK_OUTPUTS=target/local/outputs.json",
            )
        })?;
        // cargo runs a test in the folder of its package. The variable is relative to the workspace.
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Self::from_outputs(workspace.join(path))
    }
}

impl std::ops::Deref for Stack {
    type Target = Outputs;

    fn deref(&self) -> &Outputs {
        &self.0
    }
}
