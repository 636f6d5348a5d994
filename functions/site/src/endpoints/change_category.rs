//! `PUT /v1/admin/categories/{slug}` - a category looks different from now on.
//!
//! Products of a part that is taken away stay in the category; a worker takes the part's name off them.

use souk_domain::{
    Few, MediaId, Slug,
    audit::{Action, Subject},
    site::{CategoryName, Commission, MAX_SUBCATEGORIES},
};
use souk_messaging::Event;
use souk_store::{ATTEMPTS, happened};
use souk_store_shops::{ShopsExt as _, site::Category};
use souk_views::StoreMedia;
use souk_web::{Admin, Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::{
    deps::{record, release},
    input::{NewSubcategory, parts, picture},
    view::CategorySettingsView,
};

/// Changes a category.
#[derive(Debug)]
pub struct ChangeCategory;

/// Which category.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// Names it.
    slug: Slug,
}

/// What the category will be. What is left out is removed.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CategoryChange {
    /// The version that the change is made for.
    version: u64,
    /// What it is called.
    name: CategoryName,
    /// Its place among the others, the lowest first.
    position: u16,
    /// A picture of the admin's that is ready, or the one that it has.
    #[deserr(default)]
    picture: Option<MediaId>,
    /// Its parts, in their order. Products of a part that is missing here stay in the category.
    #[deserr(default)]
    #[schemars(default)]
    subcategories: Few<NewSubcategory, MAX_SUBCATEGORIES>,
    /// What the marketplace keeps of its sales, instead of what it keeps elsewhere.
    #[deserr(default)]
    commission: Option<Commission>,
}

impl Endpoint for ChangeCategory {
    const ROUTE: Route = route!(PUT "/v1/admin/categories/{slug}");
    const SUMMARY: &'static str = "Change a category and its parts";
    const PROBLEMS: &'static [Code] = &[Code::ChangedMeanwhile];

    type Deps = StoreMedia;
    type Caller = Admin;
    type Input = (Path<Which>, Body<CategoryChange>);
    type Output = Json<CategorySettingsView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        admin: Admin,
        (Path(which), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let record = record(cx, admin, Action::ChangeCategory, Subject::Category(which.slug.clone()), None);
        for _ in 0..ATTEMPTS {
            let before = cx.store.site().category(&which.slug).await?.filter(|category| category.retiring.is_none());
            let before = before.ok_or(Code::NotFound)?;
            if input.is_made(&before) {
                return Ok(Json(CategorySettingsView::of(before, &cx.media)));
            }
            if before.version != input.version {
                return Err(Code::ChangedMeanwhile.into());
            }
            let after = input.applied(cx, admin, &before).await?;
            let part_gone = before.subcategories.iter().any(|part| !after.takes(Some(&part.slug)));
            let news = Event::CategoryChanged { category: after.slug.clone(), from: None, again: false };
            let news = part_gone.then(|| news.record(cx.now)).transpose()?;
            if happened(cx.store.site().change(&before, &after, &record, news.as_ref()).await)? {
                release(cx, &before.picture, &after.picture).await?;
                return Ok(Json(CategorySettingsView::of(after, &cx.media)));
            }
            // Its first product came, or it was changed: the version tells which.
        }
        Err(Code::Unavailable.into())
    }
}

impl CategoryChange {
    /// Whether the category is as wanted already.
    fn is_made(&self, category: &Category) -> bool {
        let Category { name, position, picture, subcategories, commission, .. } = category;
        (name, *position, *commission) == (&self.name, self.position, self.commission)
            && picture.as_ref().map(|picture| picture.id) == self.picture
            && *subcategories == parts(&self.subcategories)
    }

    async fn applied(&self, deps: &StoreMedia, admin: Admin, before: &Category) -> Result<Category, Problem> {
        Ok(Category {
            name: self.name.clone(),
            position: self.position,
            picture: picture(deps, admin, self.picture, before.picture.as_ref()).await?,
            subcategories: parts(&self.subcategories),
            commission: self.commission,
            version: before.version + 1,
            ..before.clone()
        })
    }
}
