//! `GET /v1/media/{id}` - shows the result of the caller's upload or transformation.

use souk_store_media::MediaExt as _;
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, Json, Path, Problem, Route, SignedInCaller, route};

use crate::{deps::PicturePath, view::UploadView};

/// Shows an upload.
#[derive(Debug)]
pub struct GetUpload;

impl Endpoint for GetUpload {
    const ROUTE: Route = route!(GET "/v1/media/{id}");
    const SUMMARY: &'static str = "A picture of yours: waiting, ready or rejected";

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = Path<PicturePath>;
    type Output = Json<UploadView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(owner): SignedInCaller,
        Path(path): Path<PicturePath>,
    ) -> Result<Self::Output, Problem> {
        let media = cx.store.media().of(owner, path.id).await?;
        media.map(|media| Json(UploadView::of(&media, &cx.media))).ok_or_else(|| Code::NotFound.into())
    }
}
