//! `POST /v1/admin/categories` - adds a category.

use souk_domain::{
    Slug,
    audit::{Action, Subject},
};
use souk_store_shops::{
    ShopsExt as _,
    site::{Category, Rule},
};
use souk_views::StoreMedia;
use souk_web::{Admin, Body, Code, Created, Cx, Endpoint, Idempotent, Problem, Route, route};

use crate::{category_form::category_form, view::CategorySettingsView};

/// Adds a category.
#[derive(Debug)]
pub struct AddCategory;

category_form! {
    /// A new category.
    pub NewCategory {
        /// The slug, which never changes. If not given, it is made from the name.
        #[deserr(default)]
        slug: Option<Slug>,
        /// The position among the categories, the lowest first. If not given, the category comes last.
        #[deserr(default)]
        position: Option<u16>,
    }
}

impl Endpoint for AddCategory {
    const ROUTE: Route = route!(POST "/v1/admin/categories");
    const SUMMARY: &'static str = "Add a category";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::SlugTaken, Code::CategoryLimit];

    type Deps = StoreMedia;
    type Caller = Admin;
    type Input = Body<NewCategory>;
    type Output = Created<CategorySettingsView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        admin: Admin,
        Body(input): Body<NewCategory>,
    ) -> Result<Self::Output, Problem> {
        let position = match input.position {
            Some(position) => position,
            None => {
                let others = cx.store.site().whole().await?.categories;
                others.iter().map(|category| category.position).max().map_or(0, |last| last.saturating_add(10))
            }
        };
        let suggested = || Slug::suggest(input.name.as_str(), "category", &position.to_string());
        let slug = input.slug.clone().unwrap_or_else(suggested);
        let category = input.fill(cx, admin, Category::new(slug, input.name.clone(), position)).await?;
        let record = admin.record(cx, Action::AddCategory, Subject::Category(category.slug.clone()), None);
        let view = CategorySettingsView::of(category.clone(), &cx.media);
        let answer = cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()?;
        let added = cx.store.site().add(&category, &record, answer.as_ref()).await;
        added.map(|()| Created(view)).map_err(|error| {
            Problem::from_write(error, |rules| match rules {
                rules if rules.contains(&Rule::SlugTaken) => {
                    Problem::new(Code::SlugTaken).field("/slug", "taken", "another category has this slug")
                }
                rules if rules.contains(&Rule::Full) => Code::CategoryLimit.into(),
                _ => Code::Unavailable.into(),
            })
        })
    }
}
