//! `DELETE /v1/admin/categories/{slug}` - deletes a category, and moves its products and shops to another one.
//!
//! The category itself says whether anything was ever in it, because the transaction of the first product or shop marks
//! it. So nothing is counted here, and no product that arrives at the same time is lost.

use souk_domain::{
    Slug,
    audit::{Action, Subject},
};
use souk_messaging::Event;
use souk_store::{Store, happened, retry_on_conflict};
use souk_store_shops::{
    ShopsExt as _,
    site::{Category, SiteWithCategories},
};
use souk_web::{
    Admin, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Query, Route, route,
};

/// Deletes a category.
#[derive(Debug)]
pub struct DeleteCategory;

/// The category.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct DeleteCategoryPath {
    /// The slug of the category.
    slug: Slug,
}

/// Where its products and shops move to.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct DeleteCategoryQuery {
    /// The category that its products and shops move to. Required if the category ever had any.
    #[deserr(default)]
    move_to: Option<Slug>,
}

impl Endpoint for DeleteCategory {
    const ROUTE: Route = route!(DELETE "/v1/admin/categories/{slug}");
    const SUMMARY: &'static str = "Delete a category; its products and shops move to another one within moments";
    const PROBLEMS: &'static [Code] = &[Code::CategoryInUse];

    type Deps = Store;
    type Caller = Admin;
    type Input = (Path<DeleteCategoryPath>, Query<DeleteCategoryQuery>);
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        admin: Admin,
        (Path(path), Query(input)): Self::Input,
    ) -> Result<NoContent, Problem> {
        let event = Event::CategoryChanged { category: path.slug.clone(), from: None, again: false };
        let event = event.record(cx.now)?;
        retry_on_conflict(|| async {
            let site = cx.site().whole().await?;
            let category = site.category(&path.slug).ok_or(Code::NotFound)?;
            if category.retiring.is_some() {
                return Ok(Some(NoContent));
            }
            let target = move_target(&site, category, input.move_to.as_ref())?;
            let detail = target.map(|target| target.slug.to_string());
            let subject = Subject::Category(path.slug.clone());
            let record = admin.record(cx, Action::DeleteCategory, subject, detail);
            let deleted = match target {
                Some(target) => cx.site().retire(category, target, &record, &event).await,
                None => cx.site().remove(category, &record).await,
            };
            Ok(happened(deleted)?.then_some(NoContent))
        })
        .await
    }
}

/// Returns the category that products and shops move to, or `None` if there never were any.
fn move_target<'a>(
    site: &'a SiteWithCategories,
    category: &Category,
    move_to: Option<&Slug>,
) -> Result<Option<&'a Category>, Problem> {
    let invalid = |code, detail: &'static str| Problem::new(Code::InvalidInput).field("?move_to", code, detail);
    let target = match move_to {
        Some(slug) if *slug == category.slug => return Err(invalid("same", "must be another category")),
        Some(slug) => {
            let open = site.category(slug).filter(|target| target.retiring.is_none());
            Some(open.ok_or_else(|| invalid("not_found", "must be the slug of a category that is not being deleted"))?)
        }
        None => None,
    };
    let in_use = |detail| Problem::new(Code::CategoryInUse).detail(detail);
    if !category.used {
        return Ok(None);
    }
    if site.categories.iter().any(|other| other.retiring.as_ref() == Some(&category.slug)) {
        return Err(in_use("products of another category are being moved into it; try again in some minutes"));
    }
    target.map(Some).ok_or_else(|| {
        in_use("the category has or had products or shops; name the category to move them to in `move_to`")
    })
}

#[cfg(test)]
mod tests {
    use souk_domain::site::CategoryName;

    use super::*;

    fn category(slug: &str, used: bool, retiring: Option<&str>) -> Category {
        let (slug, name) = (Slug::parse(slug).unwrap(), CategoryName::parse(slug).unwrap());
        let retiring = retiring.map(|slug| Slug::parse(slug).unwrap());
        Category { used, retiring, ..Category::new(slug, name, 0) }
    }

    #[test]
    fn a_used_category_is_deleted_only_if_its_products_move_to_an_open_one() {
        let categories = vec![
            category("toys", true, None),
            category("books", false, None),
            category("games", true, Some("food")),
            category("food", true, None),
        ];
        let site = SiteWithCategories { categories, ..SiteWithCategories::default() };
        let delete = |slug: &str, move_to: Option<&str>| {
            let (slug, move_to) = (Slug::parse(slug).unwrap(), move_to.map(|slug| Slug::parse(slug).unwrap()));
            let target = move_target(&site, site.category(&slug).unwrap(), move_to.as_ref());
            target.map(|target| target.map(|target| target.slug.to_string())).map_err(|problem| problem.code())
        };
        assert_eq!(delete("toys", Some("books")), Ok(Some("books".to_owned())));
        assert_eq!(delete("toys", None), Err(Code::CategoryInUse));
        for wrong in ["toys", "games", "nothing"] {
            assert_eq!(delete("toys", Some(wrong)), Err(Code::InvalidInput), "{wrong}");
        }
        assert_eq!(delete("books", None), Ok(None));
        assert_eq!(delete("books", Some("toys")), Ok(None));
        assert_eq!(delete("food", Some("toys")), Err(Code::CategoryInUse));
    }
}
