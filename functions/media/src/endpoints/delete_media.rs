//! `DELETE /v1/media/{id}` - deletes a picture of the caller's, unless something shows it. The next purge deletes its
//! files.

use souk_store::Store;
use souk_store_media::{MediaExt as _, media::MediaState};
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, SignedInCaller, route};

use crate::deps::PicturePath;

/// Deletes a picture.
#[derive(Debug)]
pub struct DeleteMedia;

impl Endpoint for DeleteMedia {
    const ROUTE: Route = route!(DELETE "/v1/media/{id}");
    const SUMMARY: &'static str = "Delete a picture of yours that nothing shows";
    const PROBLEMS: &'static [Code] = &[Code::NotFound, Code::MediaInUse];

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Path<PicturePath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(owner): SignedInCaller,
        Path(path): Path<PicturePath>,
    ) -> Result<NoContent, Problem> {
        let pictures = cx.media();
        let media = pictures.of(owner, path.id).await?.ok_or(Code::NotFound)?;
        if !matches!(media.state, MediaState::Ready(_)) {
            // The picture got its result in between: a retry finds the new state.
            return if pictures.forget(&media).await? { Ok(NoContent) } else { Err(Code::Unavailable.into()) };
        }
        if !pictures.current_references(&media, cx.now).await?.is_empty() {
            return Err(Code::MediaInUse.into());
        }
        // The store refuses if a reference was added in between.
        pictures.take_down(&media, cx.now).await?.ok_or(Code::MediaInUse)?;
        Ok(NoContent)
    }
}
