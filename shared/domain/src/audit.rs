//! What admins do.

use serde::{Deserialize, Serialize};

/// What an admin did. The name is stored: it never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AdminAction")]
pub enum Action {
    /// Made a shopper an admin.
    PromoteAdmin,
    /// Took the rights of an admin away.
    DemoteAdmin,
    /// Banned somebody, or changed the reason.
    Ban,
    /// Let somebody in again.
    LiftBan,
}
