//! The caller of an endpoint, as an argument type. Nobody but a seller can call an endpoint that takes a [`Seller`].

use jiff::Timestamp;
use souk_domain::{
    AdminId, CartId, Principal, SellerId, ShopId, UserId,
    audit::{Action, Subject},
};
use souk_store::{Store, audit::AuditRecord};

use crate::{Access, Audience, Code, Cx, Incoming, Problem, VerifyingKeys};

/// A kind of caller that an endpoint accepts.
pub trait Caller: Sized + Send + Sync {
    /// The audiences whose tokens are accepted. If the list is empty, no token is needed.
    const AUDIENCES: &'static [Audience];

    /// Whether every endpoint for this caller checks the session in the table ([`crate::Endpoint::GUARDED`]).
    const GUARDED: bool = false;

    /// Makes the caller from the principal of the token.
    ///
    /// # Errors
    /// `not_signed_in` if there is no principal or it is of another kind.
    fn from_principal(principal: Option<Principal>) -> Result<Self, Problem>;

    /// The principal, or `None` for [`Anyone`].
    fn principal(&self) -> Option<Principal>;
}

/// Any caller, signed in or not.
#[derive(Debug, Clone, Copy)]
pub struct Anyone;

/// A signed-in shopper.
#[derive(Debug, Clone, Copy)]
pub struct Shopper {
    /// The id of the shopper.
    pub id: UserId,
}

impl Shopper {
    /// Returns the id of the shopper's cart.
    pub fn cart(self) -> CartId {
        self.id.into()
    }
}

/// A signed-in seller.
#[derive(Debug, Clone, Copy)]
pub struct Seller {
    /// The id of the seller.
    pub id: SellerId,
}

impl Seller {
    /// Returns the id of the seller's shop, which may not be open yet.
    pub fn shop(self) -> ShopId {
        self.id.into()
    }
}

/// Returns a seller's own shop if it was found and is usable for the request.
///
/// # Errors
/// `no_shop` if there is no shop, `shop_deleted` if it is not usable.
pub fn own_shop<S>(found: Option<S>, is_usable: impl FnOnce(&S) -> bool) -> Result<S, Problem> {
    let shop = found.ok_or(Code::NoShop)?;
    if is_usable(&shop) { Ok(shop) } else { Err(Code::ShopDeleted.into()) }
}

/// A signed-in admin.
#[derive(Debug, Clone, Copy)]
pub struct Admin {
    /// The id of the admin.
    pub id: AdminId,
}

impl Admin {
    /// Returns the audit record of what the admin does in this request.
    pub fn record<D>(
        self,
        cx: &Cx<'_, D>,
        action: Action,
        subject: impl Into<Subject>,
        detail: Option<String>,
    ) -> AuditRecord {
        AuditRecord { id: cx.fresh(), at: cx.now, admin: self.id, action, subject: subject.into(), detail }
    }
}

/// Any signed-in principal: a shopper, a seller or an admin.
#[derive(Debug, Clone, Copy)]
pub struct SignedInCaller(pub Principal);

impl Caller for Anyone {
    const AUDIENCES: &'static [Audience] = &[];

    fn from_principal(_: Option<Principal>) -> Result<Self, Problem> {
        Ok(Self)
    }

    fn principal(&self) -> Option<Principal> {
        None
    }
}

macro_rules! caller {
    ($name:ident, $kind:ident) => {
        impl Caller for $name {
            const AUDIENCES: &'static [Audience] = &[Audience::$kind];
            const GUARDED: bool = matches!(Audience::$kind, Audience::Admin);

            fn from_principal(principal: Option<Principal>) -> Result<Self, Problem> {
                match principal {
                    Some(Principal::$kind(id)) => Ok(Self { id }),
                    _ => Err(Code::NotSignedIn.into()),
                }
            }

            fn principal(&self) -> Option<Principal> {
                Some(Principal::$kind(self.id))
            }
        }
    };
}

caller!(Shopper, User);
caller!(Seller, Seller);
caller!(Admin, Admin);

impl Caller for SignedInCaller {
    const AUDIENCES: &'static [Audience] = &[Audience::User, Audience::Seller, Audience::Admin];

    fn from_principal(principal: Option<Principal>) -> Result<Self, Problem> {
        principal.map(Self).ok_or_else(|| Code::NotSignedIn.into())
    }

    fn principal(&self) -> Option<Principal> {
        Some(self.0)
    }
}

/// Returns the access that the token of a request gives.
///
/// A bearer token takes precedence over a cookie, because browsers also send cookies with requests that other sites
/// trigger.
pub(crate) async fn authenticate(
    audiences: &'static [Audience],
    request: &Incoming,
    keys: &VerifyingKeys,
    store: &Store,
    now: Timestamp,
) -> Result<Access, Problem> {
    if let Some(token) = request.header("authorization").and_then(bearer_token) {
        return keys.verify(store, token, audiences, now).await;
    }
    let cookie = request.cookie_of(audiences, Audience::cookie)?;
    let (audience, token) = cookie.ok_or(Code::NotSignedIn)?;
    keys.verify(store, &token, &[audience], now).await
}

/// Returns the token of an `Authorization` header. The name of the scheme may be in any case (RFC 9110, 11.1).
fn bearer_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

/// Refuses a token whose session ended or whose principal was banned after the token was issued.
pub(crate) async fn check_session(access: Access, store: &Store, now: Timestamp) -> Result<(), Problem> {
    let (standing, session) = store.access().session(access.principal, access.session).await?;
    match session {
        Some(session) if session.is_live(&standing, now) && access.epoch == standing.epoch => Ok(()),
        _ => Err(Code::NotSignedIn.into()),
    }
}
