//! Who calls, as an argument type. A function that takes a [`Seller`] cannot be reached by anybody else.

use jiff::Timestamp;
use souk_domain::{AdminId, CartId, Principal, SellerId, ShopId, UserId};
use souk_store::Store;

use crate::{Access, Audience, Code, Incoming, Problem, VerifyingKeys};

/// A right to call, and who has it.
pub trait Caller: Sized + Send + Sync {
    /// Whose tokens are let in; nobody's means that everybody is.
    const AUDIENCES: &'static [Audience];

    /// Whether every function they may enter is guarded ([`crate::Endpoint::GUARDED`]).
    const GUARDED: bool = false;

    /// Makes the caller from who the token speaks for.
    ///
    /// # Errors
    /// `not_signed_in` when it is somebody of another kind.
    fn from_principal(principal: Option<Principal>) -> Result<Self, Problem>;

    /// Who calls; nobody in particular for [`Anyone`].
    fn principal(&self) -> Option<Principal>;
}

/// Everybody, signed in or not.
#[derive(Debug, Clone, Copy)]
pub struct Anyone;

/// A signed-in shopper.
#[derive(Debug, Clone, Copy)]
pub struct Shopper {
    /// Who.
    pub id: UserId,
}

impl Shopper {
    /// The shopper's cart.
    pub fn cart(self) -> CartId {
        self.id.into()
    }
}

/// A signed-in seller.
#[derive(Debug, Clone, Copy)]
pub struct Seller {
    /// Who.
    pub id: SellerId,
}

impl Seller {
    /// The seller's shop, which may not be open yet.
    pub fn shop(self) -> ShopId {
        self.id.into()
    }
}

/// A signed-in admin.
#[derive(Debug, Clone, Copy)]
pub struct Admin {
    /// Who.
    pub id: AdminId,
}

/// Whoever is signed in: a shopper, a seller or an admin.
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

/// Who a request's token speaks for.
///
/// A bearer token goes before a cookie, which browsers also send along with requests that other sites make them send.
pub(crate) async fn admit(
    audiences: &'static [Audience],
    request: &Incoming,
    keys: &VerifyingKeys,
    store: &Store,
    now: Timestamp,
) -> Result<Access, Problem> {
    if let Some(token) = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
        return keys.verify(store, token, audiences, now).await;
    }
    let cookie = request.cookie_of(audiences, Audience::cookie)?;
    let (audience, token) = cookie.ok_or(Code::NotSignedIn)?;
    keys.verify(store, &token, &[audience], now).await
}

/// Refuses somebody whose session ended or who was banned since the token was issued.
pub(crate) async fn still_stands(access: Access, store: &Store, now: Timestamp) -> Result<(), Problem> {
    let (standing, session) = store.access().session(access.principal, access.session).await?;
    match session {
        Some(session) if session.is_live(&standing, now) && access.epoch == standing.epoch => Ok(()),
        _ => Err(Code::NotSignedIn.into()),
    }
}
