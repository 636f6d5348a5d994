//! Where a deployed Souk is.

use std::{env, fs, path::Path, sync::Arc};

use serde::Deserialize;

use crate::{Failed, Result};

/// The addresses and names of a deployed Souk, as the deployment wrote them down.
#[derive(Debug, Clone)]
pub struct Stack(Arc<Outputs>);

/// The deployment's `outputs.json`.
#[derive(Debug, Deserialize)]
pub struct Outputs {
    /// Base URL of the HTTP API.
    pub api: String,
    /// URL of the WebSocket API.
    pub socket: String,
    /// Where the mail that was sent can be read, as JSON.
    pub mail: String,
    /// Base URL of the payment provider.
    pub stripe: String,
    /// What the payment provider signs its webhooks with.
    pub stripe_webhook_secret: String,
    /// Base URL of the OpenID provider.
    pub oidc: String,
    /// Where the local DNS server is told its records.
    pub dns: String,
    /// The address of the shopper who is an admin from the start.
    pub first_admin: String,
    /// Base URL of the cloud's own APIs.
    pub endpoint: String,
    /// The cloud's region.
    pub region: String,
    /// The table's name.
    pub table: String,
    /// What stands before the name of every function, with a hyphen in between.
    pub functions: String,
}

impl Stack {
    /// Reads what the deployment wrote down.
    ///
    /// # Errors
    /// When the file is missing or holds something else.
    pub fn from_outputs(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| Failed::from(error).during(path.display()))?;
        let outputs = serde_json::from_str(&text).map_err(|error| Failed::from(error).during(path.display()))?;
        Ok(Self(Arc::new(outputs)))
    }

    /// The stack that tests run against: `SOUK_OUTPUTS` names the file.
    ///
    /// # Errors
    /// When the variable is not set, and those of [`Stack::from_outputs`].
    pub fn under_test() -> Result<Self> {
        let path = env::var("SOUK_OUTPUTS").map_err(|_| {
            Failed::new(
                "these tests need a deployed stack: run them with `make test`, or against one that runs already with \
                 SOUK_OUTPUTS=target/local/outputs.json",
            )
        })?;
        // cargo runs a test in its package's folder; who sets the variable stands in the workspace's.
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
