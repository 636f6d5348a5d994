//! What several functions of this service share.

use souk_domain::{MediaId, media::Referrer};
use souk_store_media::{MediaExt as _, media::Picture};
use souk_views::StoreMedia;
use souk_web::{Cx, Problem};

/// Releases the pictures of `before` that `after` does not have.
pub(crate) async fn release(cx: &Cx<'_, StoreMedia>, before: &[&Picture], after: &[&Picture]) -> Result<(), Problem> {
    let ids = |pictures: &[&Picture]| pictures.iter().map(|picture| picture.id).collect::<Vec<MediaId>>();
    Ok(cx.store.media().remove_references(Referrer::Site, &ids(before), &ids(after), cx.now).await?)
}
