//! What these functions need.

use souk_domain::{
    MediaId, Principal,
    audit::{Action, Subject},
    media::Referrer,
};
use souk_store::audit::AuditRecord;
use souk_store_media::{MediaExt as _, media::Picture};
use souk_views::StoreMedia;
use souk_web::{Admin, Cx, FieldError, FieldErrors, Problem};

/// The pictures that these ids name: those that are shown already, and others that the admin uploaded, each claimed.
///
/// # Errors
/// `invalid_input`, with each that is none at its pointer.
pub(crate) async fn pictures(
    deps: &StoreMedia,
    admin: Admin,
    wanted: &[(String, MediaId)],
    shown: &[&Picture],
) -> Result<Vec<Picture>, Problem> {
    let known = |id: MediaId| shown.iter().find(|picture| picture.id == id).copied();
    let new: Vec<MediaId> = wanted.iter().map(|(_, id)| *id).filter(|&id| known(id).is_none()).collect();
    let mut claims = deps.store.media().claim(Principal::Admin(admin.id), &new, Referrer::Site).await?.into_iter();
    let mut pictures = Vec::with_capacity(wanted.len());
    let mut errors = FieldErrors::default();
    for (pointer, id) in wanted {
        match known(*id).cloned().map(Ok).or_else(|| claims.next()) {
            Some(Ok(picture)) => pictures.push(picture),
            Some(Err(reason)) => errors.0.push(FieldError::new(pointer, reason.code(), reason.to_string())),
            None => {}
        }
    }
    if errors.0.is_empty() { Ok(pictures) } else { Err(errors.into()) }
}

/// Lets go of the pictures of `before` that `after` does not have.
pub(crate) async fn release<'a>(
    cx: &Cx<'_, StoreMedia>,
    before: impl IntoIterator<Item = &'a Picture> + Send,
    after: impl IntoIterator<Item = &'a Picture> + Send,
) -> Result<(), Problem> {
    let kept: Vec<MediaId> = after.into_iter().map(|picture| picture.id).collect();
    let gone: Vec<MediaId> = before.into_iter().map(|picture| picture.id).filter(|id| !kept.contains(id)).collect();
    Ok(cx.store.media().release(&gone, Referrer::Site, cx.now).await?)
}

/// The record of what an admin does.
pub(crate) fn record<D>(
    cx: &Cx<'_, D>,
    admin: Admin,
    action: Action,
    subject: Subject,
    detail: Option<String>,
) -> AuditRecord {
    AuditRecord { id: cx.fresh(), at: cx.now, admin: admin.id, action, subject, detail }
}
