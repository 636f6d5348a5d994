//! `PUT /v1/admin/categories/{slug}` - replaces a category.
//!
//! Products of a removed subcategory stay in the category; a worker removes the subcategory from them.

use souk_domain::{
    Slug,
    audit::{Action, Subject},
};
use souk_messaging::Event;
use souk_store::{happened, retry_on_conflict};
use souk_store_shops::{ShopsExt as _, site::Category};
use souk_views::StoreMedia;
use souk_web::{Admin, Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::{
    category_form::{category_form, stored_subcategories},
    deps::release,
    view::CategorySettingsView,
};

/// Changes a category.
#[derive(Debug)]
pub struct ChangeCategory;

/// The category.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct ChangeCategoryPath {
    /// The slug of the category.
    slug: Slug,
}

category_form! {
    /// The new values of a category. What is left out is removed.
    pub CategoryChange {
        /// The version that the change is based on.
        version: u64,
        /// The position among the categories, the lowest first.
        position: u16,
    }
}

impl Endpoint for ChangeCategory {
    const ROUTE: Route = route!(PUT "/v1/admin/categories/{slug}");
    const SUMMARY: &'static str = "Replace a category and its subcategories";
    const PROBLEMS: &'static [Code] = &[Code::ChangedMeanwhile];

    type Deps = StoreMedia;
    type Caller = Admin;
    type Input = (Path<ChangeCategoryPath>, Body<CategoryChange>);
    type Output = Json<CategorySettingsView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        admin: Admin,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let record = admin.record(cx, Action::ChangeCategory, Subject::Category(path.slug.clone()), None);
        retry_on_conflict(|| async {
            let before = cx.store.site().category(&path.slug).await?.filter(|category| category.retiring.is_none());
            let before = before.ok_or(Code::NotFound)?;
            if input.matches(&before) {
                return Ok(Some(Json(CategorySettingsView::of(before, &cx.media))));
            }
            if before.version != input.version {
                return Err(Code::ChangedMeanwhile.into());
            }
            let next = Category { position: input.position, version: before.version + 1, ..before.clone() };
            let after = input.fill(cx, admin, next).await?;
            let subcategory_removed = before.subcategories.iter().any(|part| !after.takes(Some(&part.slug)));
            let event = Event::CategoryChanged { category: after.slug.clone(), from: None, again: false };
            let event = subcategory_removed.then(|| event.record(cx.now)).transpose()?;
            if happened(cx.store.site().change(&before, &after, &record, event.as_ref()).await)? {
                release(cx, before.picture.as_ref().as_slice(), after.picture.as_ref().as_slice()).await?;
                return Ok(Some(Json(CategorySettingsView::of(after, &cx.media))));
            }
            // The category got its first product, or another admin changed it. The version tells which.
            Ok(None)
        })
        .await
    }
}

impl CategoryChange {
    /// Tells whether the category has these values already.
    fn matches(&self, category: &Category) -> bool {
        let Category { name, position, picture, subcategories, commission, .. } = category;
        (name, *position, *commission) == (&self.name, self.position, self.commission)
            && picture.as_ref().map(|picture| picture.id) == self.picture
            && *subcategories == stored_subcategories(&self.subcategories)
    }
}
