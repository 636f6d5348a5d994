//! `PUT /v1/me` - what somebody says of themselves.
//!
//! The whole of it is replaced, so that repeating the request changes nothing.

use souk_domain::{MediaId, PersonName, Phone, Principal, media::Referrer};
use souk_store_identity::{IdentityExt as _, accounts::Avatar, profiles};
use souk_store_media::MediaExt as _;
use souk_views::StoreMedia;
use souk_web::{
    Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Route, SignedInCaller, route,
};

use crate::view::{MeView, profile};

/// Changes the profile.
#[derive(Debug)]
pub struct UpdateMe;

/// The new profile. What is left out is removed.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ProfileChange {
    /// What they are called.
    name: PersonName,
    /// How to call them; sellers must have one.
    #[deserr(default)]
    phone: Option<Phone>,
    /// One of their uploads that is ready.
    #[deserr(default)]
    avatar: Option<MediaId>,
}

impl Endpoint for UpdateMe {
    const ROUTE: Route = route!(PUT "/v1/me");
    const SUMMARY: &'static str = "Change your name, telephone number and picture";
    const PROBLEMS: &'static [Code] = &[Code::InvalidInput];

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = Body<ProfileChange>;
    type Output = Json<MeView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(who): SignedInCaller,
        Body(input): Body<ProfileChange>,
    ) -> Result<Self::Output, Problem> {
        let ProfileChange { name, phone, avatar } = input;
        if phone.is_none() && matches!(who, Principal::Seller(_)) {
            return Err(Problem::new(Code::InvalidInput).field("/phone", "missing", "a seller must have one"));
        }
        let avatar = match avatar {
            Some(media) => Some(picture_of(cx, who, media).await?),
            None => None,
        };
        if !cx.store.profiles().change(who, &profiles::ProfileChange { name, phone, avatar }).await? {
            return Err(Code::NotSignedIn.into());
        }
        Ok(Json(MeView::of(who, &profile(cx, who).await?, &cx.media)))
    }
}

async fn picture_of(deps: &StoreMedia, who: Principal, media: MediaId) -> Result<Avatar, Problem> {
    let claimed = deps.store.media().claim_one(who, media, Referrer::profile_of(who)).await?;
    claimed
        .map(|picture| Avatar { media, picture })
        .map_err(|unclaimed| Problem::new(Code::InvalidInput).field("/avatar", unclaimed.code(), unclaimed.to_string()))
}
