//! The actions of admins, for the audit log.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Invalid, Principal, Slug};

/// The action of an admin. The name is stored, so its meaning never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AdminAction")]
pub enum Action {
    /// Made a shopper an admin.
    PromoteAdmin,
    /// Removed the rights of an admin.
    DemoteAdmin,
    /// Banned a principal, or changed the reason of a ban.
    Ban,
    /// Lifted a ban.
    LiftBan,
    /// Added a category.
    AddCategory,
    /// Changed a category.
    ChangeCategory,
    /// Deleted a category, and named the category that its products move to.
    DeleteCategory,
    /// Changed the logo or the banners.
    ChangeSite,
}

/// The principal or thing that an action concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A shopper, a seller or an admin.
    Principal(Principal),
    /// A category.
    Category(Slug),
    /// The site as a whole.
    Site,
}

const CATEGORY: &str = "category_";
const SITE: &str = "site";

impl Subject {
    /// Parses the text form.
    ///
    /// # Errors
    /// `malformed` if the text is no subject.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        if raw == SITE {
            return Ok(Self::Site);
        }
        let parsed = match raw.strip_prefix(CATEGORY) {
            Some(slug) => Slug::parse(slug).map(Self::Category),
            None => Principal::parse(raw).map(Self::Principal),
        };
        let detail = "must be the id of a shopper, a seller or an admin, `category_` followed by a slug, or `site`";
        parsed.map_err(|_| Invalid::new("malformed", detail))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal(principal) => principal.fmt(f),
            Self::Category(slug) => write!(f, "{CATEGORY}{slug}"),
            Self::Site => f.write_str(SITE),
        }
    }
}

impl FromStr for Subject {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        Self::parse(raw)
    }
}

impl From<Principal> for Subject {
    fn from(principal: Principal) -> Self {
        Self::Principal(principal)
    }
}

crate::ids::as_text!(Subject);
crate::edge!(Subject, { "pattern": "^((user|seller|admin)_[0-9a-f]{32}|category_[a-z0-9]+(-[a-z0-9]+)*|site)$",
    "maxLength": 89,
    "examples": ["category_home-kitchen"] });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_survives_writing_and_reading() {
        let user = format!("user_{}", "0".repeat(32));
        for text in [user.as_str(), "category_home-kitchen", "site"] {
            assert_eq!(Subject::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "category_", "category_A", "user_1", "prod_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6"] {
            assert!(Subject::parse(text).is_err(), "{text}");
        }
    }
}
