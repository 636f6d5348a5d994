//! What several functions of this service share.

use souk_domain::{
    MediaId, Principal,
    audit::{Action, Subject},
    media::Referrer,
};
use souk_store::audit::AuditRecord;
use souk_store_media::{MediaExt as _, media::Picture};
use souk_views::StoreMedia;
use souk_web::{Admin, Cx, FieldError, FieldErrors, Problem};

/// Returns the pictures with these ids. Those that are not shown yet are claimed; they must belong to the admin.
///
/// # Errors
/// `invalid_input` with an error at the pointer of each id that cannot be used.
pub(crate) async fn pictures(
    deps: &StoreMedia,
    admin: Admin,
    requested: &[(String, MediaId)],
    shown: &[&Picture],
) -> Result<Vec<Picture>, Problem> {
    let existing = |id: MediaId| shown.iter().find(|picture| picture.id == id).copied();
    let new: Vec<MediaId> = requested.iter().map(|(_, id)| *id).filter(|&id| existing(id).is_none()).collect();
    let mut claims = deps.store.media().claim(Principal::Admin(admin.id), &new, Referrer::Site).await?.into_iter();
    let mut pictures = Vec::with_capacity(requested.len());
    let mut errors = FieldErrors::default();
    for (pointer, id) in requested {
        match existing(*id).cloned().map(Ok).or_else(|| claims.next()) {
            Some(Ok(picture)) => pictures.push(picture),
            Some(Err(reason)) => errors.0.push(FieldError::new(pointer, reason.code(), reason.to_string())),
            None => {}
        }
    }
    if errors.0.is_empty() { Ok(pictures) } else { Err(errors.into()) }
}

/// Releases the pictures of `before` that `after` does not have.
pub(crate) async fn release<'a>(
    cx: &Cx<'_, StoreMedia>,
    before: impl IntoIterator<Item = &'a Picture> + Send,
    after: impl IntoIterator<Item = &'a Picture> + Send,
) -> Result<(), Problem> {
    let kept: Vec<MediaId> = after.into_iter().map(|picture| picture.id).collect();
    let removed: Vec<MediaId> = before.into_iter().map(|picture| picture.id).filter(|id| !kept.contains(id)).collect();
    Ok(cx.store.media().release(&removed, Referrer::Site, cx.now).await?)
}

/// Returns the audit record of an admin's action.
pub(crate) fn record<D>(
    cx: &Cx<'_, D>,
    admin: Admin,
    action: Action,
    subject: Subject,
    detail: Option<String>,
) -> AuditRecord {
    AuditRecord { id: cx.fresh(), at: cx.now, admin: admin.id, action, subject, detail }
}
