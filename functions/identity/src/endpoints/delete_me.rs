//! `POST /v1/me/delete` - deletes the caller's account.
//!
//! One transaction deletes the login, the profile and the sessions. Its event tells a worker to erase the rest and to give
//! up an open payment session. Orders stay, because the other side of a sale and the law need them. They keep the buyer's
//! name and mail address, so that the buyer is still told about them.

use jiff::SignedDuration;
use souk_domain::{AdminId, Password, Principal, Realm};
use souk_messaging::Event;
use souk_store::{Store, WriteError, retry_on_conflict};
use souk_store_identity::{IdentityExt as _, profiles::Rule};
use souk_store_sales::SalesExt as _;
use souk_store_shops::ShopsExt as _;
use souk_web::{
    Access, Audience, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, SignedInCaller,
    SignedOut, route,
};

use crate::sign_in::{self, Credentials};

/// Deletes the caller's account.
#[derive(Debug)]
pub struct DeleteMe;

/// The password once more, so that an unattended device is not enough to delete an account.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct AccountDeletion {
    /// The current password. An account without a password needs a sign-in within the last 10 minutes instead.
    #[deserr(default)]
    password: Option<Password>,
    /// For a seller: whether to delete the account although orders of the deleted shop are not delivered yet.
    #[deserr(default)]
    #[schemars(default)]
    despite_undelivered_orders: bool,
}

/// How recent the sign-in must be if the account has no password.
const RECENT_SIGN_IN: SignedDuration = SignedDuration::from_mins(10);

impl Endpoint for DeleteMe {
    const ROUTE: Route = route!(POST "/v1/me/delete");
    const SUMMARY: &'static str = "Delete your account for good; orders are kept for the other side and the law";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] = &[
        Code::Forbidden,
        Code::WrongCredentials,
        Code::SignInAgain,
        Code::StillAdmin,
        Code::ShopExists,
        Code::UndeliveredOrders,
    ];

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Body<AccountDeletion>;
    type Output = SignedOut;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(principal): SignedInCaller,
        Body(input): Body<AccountDeletion>,
    ) -> Result<SignedOut, Problem> {
        let profile = cx.profiles().of(principal).await?.ok_or(Code::NotSignedIn)?;
        check_deletable(cx, principal).await?;
        if let Principal::Seller(seller) = principal
            && !input.despite_undelivered_orders
            && cx.orders().has_undelivered(seller.into()).await?
        {
            return Err(Code::UndeliveredOrders.into());
        }
        let realm = Realm::of(principal);
        let login = cx.accounts().login(realm, profile.email()).await?.ok_or(Code::NotSignedIn)?;
        match (&login.password, input.password) {
            (Some(_), Some(password)) => {
                let input = Credentials { email: login.email.clone(), password };
                sign_in::authenticate(cx, realm, &input, cx.now).await?;
            }
            (Some(_), None) => return Err(Code::WrongCredentials.into()),
            (None, _) => require_recent_sign_in(cx, cx.access.ok_or(Code::NotSignedIn)?).await?,
        }
        let (email, name) = (profile.email().clone(), profile.name().clone());
        let avatar = profile.avatar().map(|avatar| avatar.media);
        let event = Event::AccountDeleted { principal, avatar, email, name }.record(cx.now)?;
        retry_on_conflict(|| async {
            let standing = cx.access().standing(principal).await?.all_sessions_ended();
            match cx.profiles().delete(&login, &profile, &standing, &event).await {
                Ok(()) => Ok(Some(SignedOut(Audience::of(principal)))),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Ok(None),
                Err(WriteError::Refused(_)) => check_deletable(cx, principal).await.and(Err(Code::NotSignedIn.into())),
                Err(WriteError::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}

/// Checks that nobody depends on the account any more: an admin must be demoted first, and a seller must have deleted
/// the shop.
async fn check_deletable(store: &Store, principal: Principal) -> Result<(), Problem> {
    match principal {
        Principal::Admin(_) => {
            Err(Problem::new(Code::Forbidden).detail("an admin deletes the account as a shopper: sign in as a shopper"))
        }
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

/// Checks that the session was opened within the last 10 minutes.
async fn require_recent_sign_in(cx: &Cx<'_, Store>, access: Access) -> Result<(), Problem> {
    let (_, session) = cx.access().session(access.principal, access.session).await?;
    match session {
        Some(session) if cx.now < session.opened_at + RECENT_SIGN_IN => Ok(()),
        _ => Err(Code::SignInAgain.into()),
    }
}
