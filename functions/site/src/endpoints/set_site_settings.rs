//! `PUT /v1/admin/site` - replaces the logo and the banners.

use souk_domain::{
    Few, MediaId, Principal,
    audit::{Action, Subject},
    media::Referrer,
    site::MAX_BANNERS,
};
use souk_store::{happened, retry_on_conflict};
use souk_store_media::media::Picture;
use souk_store_shops::{
    ShopsExt as _,
    site::{Settings, SiteWithCategories},
};
use souk_views::{StoreMedia, refer_to_pictures};
use souk_web::{Admin, Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Route, route};

use crate::{deps::release, get_site_settings::SiteSettings};

/// Replaces the logo and the banners.
#[derive(Debug)]
pub struct SetSiteSettings;

/// The logo and the banners. What is left out is removed.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SiteChange {
    /// The version that the change is based on.
    version: u64,
    /// A picture of the admin's that is ready, or the current logo.
    #[deserr(default)]
    logo: Option<MediaId>,
    /// Pictures of the admin's that are ready, or current banners, in their order.
    #[deserr(default)]
    #[schemars(default)]
    banners: Few<MediaId, MAX_BANNERS>,
}

impl Endpoint for SetSiteSettings {
    const ROUTE: Route = route!(PUT "/v1/admin/site");
    const SUMMARY: &'static str = "Replace the logo and the banners";
    const PROBLEMS: &'static [Code] = &[Code::ChangedMeanwhile];

    type Deps = StoreMedia;
    type Caller = Admin;
    type Input = Body<SiteChange>;
    type Output = Json<SiteSettings>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        admin: Admin,
        Body(input): Body<SiteChange>,
    ) -> Result<Self::Output, Problem> {
        let record = admin.record(cx, Action::ChangeSite, Subject::Site, None);
        retry_on_conflict(|| async {
            let site = cx.store.site().whole().await?;
            let before = &site.settings;
            if input.matches(before) {
                return Ok(Some(Json(SiteSettings::of(site, &cx.media))));
            }
            if before.version != input.version {
                return Err(Code::ChangedMeanwhile.into());
            }
            let after = input.applied(cx, admin, before).await?;
            if happened(cx.store.site().set_up(&after, &record).await)? {
                release(cx, &shown(before), &shown(&after)).await?;
                return Ok(Some(Json(SiteSettings::of(SiteWithCategories { settings: after, ..site }, &cx.media))));
            }
            // A category was added, or another admin changed these settings. The version tells which.
            Ok(None)
        })
        .await
    }
}

impl SiteChange {
    /// Tells whether the settings have these values already.
    fn matches(&self, settings: &Settings) -> bool {
        let logo = settings.logo.as_ref().map(|logo| logo.id);
        logo == self.logo && settings.banners.iter().map(|banner| &banner.id).eq(&self.banners)
    }

    async fn applied(&self, deps: &StoreMedia, admin: Admin, before: &Settings) -> Result<Settings, Problem> {
        let banners = self.banners.iter().enumerate().map(|(n, &id)| (format!("/banners/{n}"), id));
        let requested: Vec<_> = self.logo.map(|id| ("/logo".to_owned(), id)).into_iter().chain(banners).collect();
        let (owner, shown) = (Principal::Admin(admin.id), shown(before));
        let mut pictures = refer_to_pictures(&deps.store, owner, Referrer::Site, &requested, &shown).await?.into_iter();
        let logo = self.logo.and_then(|_| pictures.next());
        Ok(Settings { logo, banners: pictures.collect(), version: before.version + 1, ..before.clone() })
    }
}

fn shown(settings: &Settings) -> Vec<&Picture> {
    settings.logo.iter().chain(&settings.banners).collect()
}
