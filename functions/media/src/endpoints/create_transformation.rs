//! `POST /v1/media/{id}/transformations` - requests a new picture made from one of the caller's.

use souk_domain::{MediaId, media::Transformation};
use souk_messaging::Event;
use souk_store_media::{
    MediaExt as _,
    media::{Media, MediaState, Origin, Rule},
};
use souk_views::StoreMedia;
use souk_web::{
    Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, Idempotent, JsonSchema, Limit, Path, Problem, Route,
    SignedInCaller, route,
};

use crate::{deps::PicturePath, view::UploadView};

/// Requests a transformation.
#[derive(Debug)]
pub struct CreateTransformation;

/// The transformation to apply.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewTransformation {
    /// The transformation.
    transformation: Transformation,
}

impl Endpoint for CreateTransformation {
    const ROUTE: Route = route!(POST "/v1/media/{id}/transformations");
    const SUMMARY: &'static str =
        "Make a new picture from one of yours: without background, retouched, with a shadow, or larger";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(30, 10));
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::NotFound, Code::MediaNotReady, Code::MediaLimit];

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = (Path<PicturePath>, Body<NewTransformation>);
    type Output = Created<UploadView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(owner): SignedInCaller,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let source = cx.store.media().of(owner, path.id).await?.ok_or(Code::NotFound)?;
        let MediaState::Ready(_) = source.state else { return Err(Code::MediaNotReady.into()) };
        let origin = Origin { source: source.id, transformation: input.transformation };
        let id: MediaId = cx.fresh();
        let media = Media::asked_for(id, owner, Some(origin), cx.now);
        let view = UploadView::of(&media, &cx.media);
        let answer = cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()?;
        let event = Event::TransformationRequested { media: id }.record(cx.now).map_err(|_| Code::Internal)?;
        let saved = cx.store.media().derive(&media, origin, &event, answer.as_ref()).await;
        saved.map(|()| Created(view)).map_err(|error| {
            Problem::from_write(error, |rules| match rules {
                rules if rules.contains(&Rule::SourceGone) => Code::NotFound.into(),
                rules if rules.contains(&Rule::Full) => Code::MediaLimit.into(),
                _ => Code::Unavailable.into(),
            })
        })
    }
}
