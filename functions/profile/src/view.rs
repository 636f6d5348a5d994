//! The profile of the caller as it is answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{Country, Email, PersonName, Phone, Principal};
use souk_store_identity::{IdentityExt as _, accounts::Avatar, profiles::Profile};
use souk_views::{MediaUrl, PictureView, StoreMedia};
use souk_web::{Code, JsonSchema, Problem};

/// The caller's profile.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Me {
    /// The id of the principal.
    #[schemars(with = "souk_domain::Principal")]
    id: String,
    /// The kind of principal that is signed in.
    kind: PrincipalKind,
    /// The name.
    name: PersonName,
    /// The mail address.
    email: Email,
    /// The phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    /// The country that a seller sells from.
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
    /// The picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<PictureView>,
    /// When the account was created.
    created_at: Timestamp,
}

/// A kind of principal.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PrincipalKind {
    User,
    Seller,
    Admin,
}

impl Me {
    pub(crate) fn of(principal: Principal, profile: &Profile, media: &MediaUrl) -> Self {
        Self {
            id: principal.to_string(),
            kind: match principal {
                Principal::User(_) => PrincipalKind::User,
                Principal::Seller(_) => PrincipalKind::Seller,
                Principal::Admin(_) => PrincipalKind::Admin,
            },
            name: profile.name().clone(),
            email: profile.email().clone(),
            phone: profile.phone().cloned(),
            country: match profile {
                Profile::Seller(seller) => Some(seller.country.clone()),
                Profile::User(_) => None,
            },
            avatar: profile.avatar().map(|Avatar { picture, .. }| media.view(picture)),
            created_at: profile.created_at(),
        }
    }
}

/// Returns the caller's profile.
/// # Errors
/// `not_signed_in` if the account was deleted after the token was issued.
pub(crate) async fn profile(deps: &StoreMedia, principal: Principal) -> Result<Profile, Problem> {
    deps.store.profiles().of(principal).await?.ok_or_else(|| Code::NotSignedIn.into())
}
