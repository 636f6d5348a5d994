//! `GET /v1/media/{id}` - what became of an upload of one's own.

use souk_domain::MediaId;
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_web::{
    Code, Cx, Deps, Deserr, Endpoint, FieldErrors, Json, JsonSchema, MediaUrl, Path, Problem, Route, SignedInCaller,
    route,
};

use crate::view::UploadView;

/// Shows an upload.
#[derive(Debug)]
pub struct Room;

/// Which upload.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Input {
    /// The picture's id.
    id: MediaId,
}

/// The table and the media address.
#[derive(Debug)]
pub struct Viewer {
    store: Store,
    url: MediaUrl,
}

impl Connect for Viewer {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, url: MediaUrl::connect(start).await? })
    }
}

impl Deps for Viewer {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/media/{id}");
    const SUMMARY: &'static str = "An upload of your own: waiting, ready or rejected";

    type Deps = Viewer;
    type Caller = SignedInCaller;
    type Input = Path<Input>;
    type Output = Json<UploadView>;

    async fn handle(
        cx: &Cx<'_, Viewer>,
        SignedInCaller(owner): SignedInCaller,
        Path(input): Path<Input>,
    ) -> Result<Self::Output, Problem> {
        let media = cx.store.media().of(owner, input.id).await?;
        media.map(|media| Json(UploadView::of(&media, &cx.url))).ok_or_else(|| Code::NotFound.into())
    }
}
