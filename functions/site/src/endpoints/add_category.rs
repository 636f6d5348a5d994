//! `POST /v1/admin/categories` - adds a category.

use souk_domain::{
    Few, MediaId, Slug,
    audit::{Action, Subject},
    site::{CategoryName, Commission, MAX_SUBCATEGORIES},
};
use souk_store_shops::{
    ShopsExt as _,
    site::{Category, Rule},
};
use souk_views::StoreMedia;
use souk_web::{
    Admin, Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, Idempotent, JsonSchema, Problem, Route, route,
};

use crate::{
    category_form::{NewSubcategory, picture, stored_subcategories},
    view::CategorySettingsView,
};

/// Adds a category.
#[derive(Debug)]
pub struct AddCategory;

/// A new category.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewCategory {
    /// The slug, which never changes. If not given, it is made from the name.
    #[deserr(default)]
    slug: Option<Slug>,
    /// The name.
    name: CategoryName,
    /// The position among the categories, the lowest first. If not given, the category comes last.
    #[deserr(default)]
    position: Option<u16>,
    /// A picture of the admin's that is ready.
    #[deserr(default)]
    picture: Option<MediaId>,
    /// The subcategories, in their order.
    #[deserr(default)]
    #[schemars(default)]
    subcategories: Few<NewSubcategory, MAX_SUBCATEGORIES>,
    /// The marketplace's commission on sales in this category. If not given, the general commission applies.
    #[deserr(default)]
    commission: Option<Commission>,
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
        let category = Category {
            slug: input.slug.unwrap_or_else(|| Slug::suggest(input.name.as_str(), "category", &position.to_string())),
            name: input.name,
            position,
            picture: picture(cx, admin, input.picture, None).await?,
            subcategories: stored_subcategories(&input.subcategories),
            commission: input.commission,
            used: false,
            retiring: None,
            version: 1,
        };
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
