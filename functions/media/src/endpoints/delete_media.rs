//! `DELETE /v1/media/{id}` - takes a picture of one's own away, unless something shows it. Its files go with the next purge.

use souk_store::Store;
use souk_store_media::{MediaExt as _, media::MediaState};
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, SignedInCaller, route};

use crate::deps::Which;

/// Deletes a picture.
#[derive(Debug)]
pub struct DeleteMedia;

impl Endpoint for DeleteMedia {
    const ROUTE: Route = route!(DELETE "/v1/media/{id}");
    const SUMMARY: &'static str = "Delete a picture of your own that nothing shows";
    const PROBLEMS: &'static [Code] = &[Code::NotFound, Code::MediaInUse];

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(owner): SignedInCaller,
        Path(which): Path<Which>,
    ) -> Result<NoContent, Problem> {
        let pictures = cx.media();
        let media = pictures.of(owner, which.id).await?.ok_or(Code::NotFound)?;
        if !matches!(media.state, MediaState::Ready(_)) {
            // Settled in between: asking again finds it so.
            return if pictures.forget(&media).await? { Ok(NoContent) } else { Err(Code::Unavailable.into()) };
        }
        if !pictures.uses_now(&media, cx.now).await?.is_empty() {
            return Err(Code::MediaInUse.into());
        }
        // Refused when it was claimed in between.
        pictures.take_down(&media, cx.now).await?.ok_or(Code::MediaInUse)?;
        Ok(NoContent)
    }
}
