//! `GET /v1/media/{id}` - what became of an upload of one's own, or of what was to be made of a picture.

use souk_store_media::MediaExt as _;
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, Json, Path, Problem, Route, SignedInCaller, route};

use crate::{deps::Which, view::UploadView};

/// Shows an upload.
#[derive(Debug)]
pub struct GetUpload;

impl Endpoint for GetUpload {
    const ROUTE: Route = route!(GET "/v1/media/{id}");
    const SUMMARY: &'static str = "A picture of your own: waiting, ready or rejected";

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = Path<Which>;
    type Output = Json<UploadView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(owner): SignedInCaller,
        Path(which): Path<Which>,
    ) -> Result<Self::Output, Problem> {
        let media = cx.store.media().of(owner, which.id).await?;
        media.map(|media| Json(UploadView::of(&media, &cx.media))).ok_or_else(|| Code::NotFound.into())
    }
}
