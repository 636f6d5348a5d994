//! A profile as its owner sees it.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{Country, Email, PersonName, Phone, Principal};
use souk_store_identity::{IdentityExt as _, accounts::Avatar, profiles::Profile};
use souk_views::{MediaUrl, PictureView, StoreMedia};
use souk_web::{Code, JsonSchema, Problem};

/// Who somebody is.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Me")]
pub struct MeView {
    /// Names the principal.
    id: String,
    /// As what they are signed in.
    kind: Kind,
    /// What they are called.
    name: PersonName,
    /// Where mail goes.
    email: Email,
    /// How to call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    /// Where a seller sells from.
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
    /// What they look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<PictureView>,
    /// Since when they have the account.
    created_at: Timestamp,
}

/// A kind of principal.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PrincipalKind")]
enum Kind {
    User,
    Seller,
    Admin,
}

impl MeView {
    pub(crate) fn of(who: Principal, profile: &Profile, media: &MediaUrl) -> Self {
        Self {
            id: who.to_string(),
            kind: match who {
                Principal::User(_) => Kind::User,
                Principal::Seller(_) => Kind::Seller,
                Principal::Admin(_) => Kind::Admin,
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

/// The caller's profile. Somebody who deleted their account since the token was issued is signed in no more.
pub(crate) async fn profile(mirror: &StoreMedia, who: Principal) -> Result<Profile, Problem> {
    mirror.store.profiles().of(who).await?.ok_or_else(|| Code::NotSignedIn.into())
}
