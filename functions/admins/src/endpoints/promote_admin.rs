//! `PUT /v1/admin/admins/{id}` - makes a shopper an admin.

use souk_domain::{AdminId, Principal, UserId, audit::Action};
use souk_messaging::{Notice, tell};
use souk_store::WriteError;
use souk_store_identity::{
    IdentityExt as _,
    admins::{self, Rule},
};
use souk_web::{Admin, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, route};

use crate::deps::StoreFirstAdmin;

/// Makes a shopper an admin.
#[derive(Debug)]
pub struct PromoteAdmin;

/// The path of a new admin.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct PromoteAdminPath {
    /// The id of the shopper.
    id: UserId,
}

impl Endpoint for PromoteAdmin {
    const ROUTE: Route = route!(PUT "/v1/admin/admins/{id}");
    const SUMMARY: &'static str = "Make a shopper an admin, who signs in with the shopper's password";
    const PROBLEMS: &'static [Code] = &[Code::UserBanned];

    type Deps = StoreFirstAdmin;
    type Caller = Admin;
    type Input = Path<PromoteAdminPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreFirstAdmin>,
        admin: Admin,
        Path(input): Path<PromoteAdminPath>,
    ) -> Result<NoContent, Problem> {
        let id = AdminId::from(input.id);
        let (user, subject) = (Principal::User(input.id), Principal::Admin(id));
        let email = cx.email_of(user).await?;
        let promoted = admins::Admin { id, email, promoted_by: Some(admin.id), promoted_at: cx.now };
        let record = admin.record(cx, Action::PromoteAdmin, subject, None);
        let notice = tell(user, Notice::Promoted, cx.now)?;
        match cx.store.admins().promote(&promoted, &record, &notice).await {
            Ok(()) => Ok(NoContent),
            Err(WriteError::Refused(rules)) if rules.broke(&Rule::AlreadyAdmin) => Ok(NoContent),
            Err(WriteError::Refused(rules)) if rules.broke(&Rule::NoSuchShopper) => Err(Code::NotFound.into()),
            Err(WriteError::Refused(_)) => Err(Code::UserBanned.into()),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    }
}
