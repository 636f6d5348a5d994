//! The confirmation of a registration, for shoppers and sellers: the right code creates the account, once.

use souk_domain::{Email, Password, Principal, Realm, SellerId};
use souk_messaging::{Notice, tell};
use souk_store::{WriteError, retry_on_conflict};
use souk_store_identity::{
    IdentityExt as _,
    accounts::{Login, Rule, Seller},
    codes::{Applicant, CodeState, Registration},
};
use souk_web::{Code, Cx, Deserr, FieldErrors, JsonSchema, Problem};

use crate::{
    codes::TypedCode,
    new_shopper::NewShopper,
    registration::{StoreSealer, subject},
};

/// The code from the mail, and the password as proof that the same person registered.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Confirmation {
    /// The mail address of the registration.
    email: Email,
    /// The newest code that was sent to this address.
    code: TypedCode,
    /// The password of the registration that requested this code.
    password: Password,
}

/// Checks a guess at the code of a registration. The right code creates the account, once.
pub(crate) async fn confirm(cx: &Cx<'_, StoreSealer>, realm: Realm, input: Confirmation) -> Result<Principal, Problem> {
    let Confirmation { email, code, password } = input;
    let subject = subject(realm, email);
    retry_on_conflict(|| async {
        let mut used = cx.codes(cx.now).check(&subject, &code, Some(&password)).await?;
        let registration = used.registration.take().ok_or(Code::WrongCode)?;
        match create(cx, &used, registration).await {
            Ok(principal) => Ok(Some(principal)),
            Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Ok(None),
            // Only a caller with the right code learns that the seller is barred.
            Err(WriteError::Refused(rules)) if rules.broke(&Rule::Barred) => Err(Code::SellerBarred.into()),
            Err(WriteError::Refused(_)) => Err(Code::WrongCode.into()),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

async fn create(
    cx: &Cx<'_, StoreSealer>,
    used: &CodeState,
    Registration { applicant, password }: Registration,
) -> Result<Principal, WriteError<Rule>> {
    let (email, accounts) = (used.email.clone(), cx.store.accounts());
    match applicant {
        Applicant::User { name } => {
            let NewShopper { user, login, welcome } = NewShopper::create(email, name, Some(password), cx.now)?;
            accounts.confirm(used, &login, &user, &welcome).await.map(|()| login.principal)
        }
        Applicant::Seller { name, phone, country } => {
            let id: SellerId = cx.fresh();
            let principal = Principal::Seller(id);
            let login = Login { email: email.clone(), principal, password: Some(password), google: Vec::new() };
            let seller = Seller { id, email, name, phone, country, avatar: None, created_at: cx.now };
            let welcome = tell(principal, Notice::Welcome, cx.now)?;
            accounts.confirm(used, &login, &seller, &welcome).await.map(|()| principal)
        }
    }
}
