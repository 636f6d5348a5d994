//! `POST /v1/me/delete` - an account is given up.
//!
//! Sign-in, profile and sessions go at once and together. The rest is erased by a worker that the same transaction
//! tells. What was bought and sold stays: it is the other side's too, and the law's.

use jiff::SignedDuration;
use souk_domain::{AdminId, Password, Principal, Realm};
use souk_messaging::Event;
use souk_store::{ATTEMPTS, Store, WriteError};
use souk_store_identity::{IdentityExt as _, profiles::Rule};
use souk_store_shops::ShopsExt as _;
use souk_web::{
    Access, Audience, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, SignedInCaller,
    SignedOut, route,
};

use crate::sign_in::{self, Credentials};

/// Deletes an account.
#[derive(Debug)]
pub struct DeleteMe;

/// The password once more: a device that was left open must not be enough to delete an account.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct AccountDeletion {
    /// The current password. Who has none must have signed in within the last 10 minutes.
    #[deserr(default)]
    password: Option<Password>,
}

/// How fresh a sign-in must be where there is no password to ask for.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

impl Endpoint for DeleteMe {
    const ROUTE: Route = route!(POST "/v1/me/delete");
    const SUMMARY: &'static str = "Delete your account for good; orders stay with those who have to keep them";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] =
        &[Code::Forbidden, Code::WrongCredentials, Code::SignInAgain, Code::StillAdmin, Code::ShopExists];

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Body<AccountDeletion>;
    type Output = SignedOut;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(who): SignedInCaller,
        Body(input): Body<AccountDeletion>,
    ) -> Result<SignedOut, Problem> {
        let profile = cx.profiles().of(who).await?.ok_or(Code::NotSignedIn)?;
        may_leave(cx, who).await?;
        let realm = Realm::of(who);
        let login = cx.accounts().login(realm, profile.email()).await?.ok_or(Code::NotSignedIn)?;
        match (&login.password, input.password) {
            (Some(_), Some(password)) => {
                let input = Credentials { email: login.email.clone(), password };
                sign_in::authenticate(cx, realm, &input, cx.now).await?;
            }
            (Some(_), None) => return Err(Code::WrongCredentials.into()),
            (None, _) => signed_in_lately(cx, cx.access.ok_or(Code::NotSignedIn)?).await?,
        }
        let (email, name) = (profile.email().clone(), profile.name().clone());
        let avatar = profile.avatar().map(|avatar| avatar.media);
        let news = Event::AccountDeleted { principal: who, avatar, email, name }.record(cx.now)?;
        for _ in 0..ATTEMPTS {
            let standing = cx.access().standing(who).await?.all_sessions_ended();
            match cx.profiles().delete(&login, &profile, &standing, &news).await {
                Ok(()) => return Ok(SignedOut(Audience::of(who))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => {}
                Err(WriteError::Refused(_)) => return may_leave(cx, who).await.and(Err(Code::NotSignedIn.into())),
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Code::Unavailable.into())
    }
}

/// Whoever others rely on settles that first.
async fn may_leave(store: &Store, who: Principal) -> Result<(), Problem> {
    match who {
        Principal::Admin(_) => Err(Problem::new(Code::Forbidden).detail("sign in as the shopper you are")),
        Principal::User(id) if store.admins().get(AdminId::from(id)).await?.is_some() => Err(Code::StillAdmin.into()),
        Principal::Seller(id) => match store.shops().get(id.into()).await? {
            Some(shop) if shop.deleted_at.is_none() => {
                Err(Problem::new(Code::ShopExists).detail("delete the shop first"))
            }
            _ => Ok(()),
        },
        Principal::User(_) => Ok(()),
    }
}

async fn signed_in_lately(cx: &Cx<'_, Store>, access: Access) -> Result<(), Problem> {
    let (_, session) = cx.access().session(access.principal, access.session).await?;
    match session {
        Some(session) if cx.now < session.opened_at + FRESH => Ok(()),
        _ => Err(Code::SignInAgain.into()),
    }
}
