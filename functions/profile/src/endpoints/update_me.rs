//! `PUT /v1/me` - replaces the caller's profile.
//!
//! The request replaces the whole profile, so that repeating it changes nothing.

use souk_domain::{MediaId, PersonName, Phone, Principal, media::Referrer};
use souk_store_identity::{IdentityExt as _, accounts::Avatar, profiles};
use souk_views::{StoreMedia, refer_to_pictures};
use souk_web::{
    Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Route, SignedInCaller, route,
};

use crate::view::{Me, profile};

/// Replaces the caller's profile.
#[derive(Debug)]
pub struct UpdateMe;

/// The new profile. A field that is left out is removed.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ProfileChange {
    /// The name.
    name: PersonName,
    /// The phone number. A seller must have one.
    #[deserr(default)]
    phone: Option<Phone>,
    /// The id of one of the caller's uploads, which must be ready.
    #[deserr(default)]
    avatar: Option<MediaId>,
}

impl Endpoint for UpdateMe {
    const ROUTE: Route = route!(PUT "/v1/me");
    const SUMMARY: &'static str = "Replace your name, phone number and picture";
    const PROBLEMS: &'static [Code] = &[Code::InvalidInput];

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = Body<ProfileChange>;
    type Output = Json<Me>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(principal): SignedInCaller,
        Body(input): Body<ProfileChange>,
    ) -> Result<Self::Output, Problem> {
        let ProfileChange { name, phone, avatar } = input;
        if phone.is_none() && matches!(principal, Principal::Seller(_)) {
            return Err(Problem::new(Code::InvalidInput).field("/phone", "missing", "is required for a seller"));
        }
        let requested: Vec<_> = avatar.map(|media| ("/avatar".to_owned(), media)).into_iter().collect();
        let referrer = Referrer::profile_of(principal);
        let claimed = refer_to_pictures(&cx.store, principal, referrer, &requested, &[]).await?.pop();
        let avatar = claimed.map(|picture| Avatar { media: picture.id, picture });
        if !cx.store.profiles().change(principal, &profiles::ProfileChange { name, phone, avatar }).await? {
            return Err(Code::NotSignedIn.into());
        }
        Ok(Json(Me::of(principal, &profile(cx, principal).await?, &cx.media)))
    }
}
