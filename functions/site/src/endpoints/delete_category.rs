//! `DELETE /v1/admin/categories/{slug}` - a category goes, and its products and shops go to another one.
//!
//! Whether anything was ever in it is known for certain, because the first product or shop wrote it down in its own
//! transaction. So nothing needs to be counted here, and nothing is left behind by coming at the wrong moment.

use souk_domain::{
    Slug,
    audit::{Action, Subject},
};
use souk_messaging::Event;
use souk_store::{ATTEMPTS, Store, happened};
use souk_store_shops::{
    ShopsExt as _,
    site::{Category, Whole},
};
use souk_web::{
    Admin, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Query, Route, route,
};

use crate::deps::record;

/// Deletes a category.
#[derive(Debug)]
pub struct DeleteCategory;

/// Which category.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// Names it.
    slug: Slug,
}

/// What becomes of its products and shops.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct DeleteCategoryQuery {
    /// The category that its products and shops go to. One that any was ever in cannot go without.
    #[deserr(default)]
    move_to: Option<Slug>,
}

impl Endpoint for DeleteCategory {
    const ROUTE: Route = route!(DELETE "/v1/admin/categories/{slug}");
    const SUMMARY: &'static str = "Delete a category; its products and shops move to another one within moments";
    const PROBLEMS: &'static [Code] = &[Code::CategoryInUse];

    type Deps = Store;
    type Caller = Admin;
    type Input = (Path<Which>, Query<DeleteCategoryQuery>);
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        admin: Admin,
        (Path(which), Query(input)): Self::Input,
    ) -> Result<NoContent, Problem> {
        let news = Event::CategoryChanged { category: which.slug.clone(), from: None, again: false };
        let news = news.record(cx.now)?;
        for _ in 0..ATTEMPTS {
            let site = cx.site().whole().await?;
            let category = site.category(&which.slug).ok_or(Code::NotFound)?;
            if category.retiring.is_some() {
                return Ok(NoContent);
            }
            let into = successor(&site, category, input.move_to.as_ref())?;
            let detail = into.map(|into| into.slug.to_string());
            let subject = Subject::Category(which.slug.clone());
            let record = record(cx, admin, Action::DeleteCategory, subject, detail);
            let gone = match into {
                Some(into) => cx.site().retire(category, into, &record, &news).await,
                None => cx.site().remove(category, &record).await,
            };
            if happened(gone)? {
                return Ok(NoContent);
            }
        }
        Err(Code::Unavailable.into())
    }
}

/// The category that takes over products and shops, if there ever were any.
fn successor<'a>(
    site: &'a Whole,
    category: &Category,
    move_to: Option<&Slug>,
) -> Result<Option<&'a Category>, Problem> {
    let wrong = |code, detail: &'static str| Problem::new(Code::InvalidInput).field("?move_to", code, detail);
    let into = match move_to {
        Some(slug) if *slug == category.slug => return Err(wrong("same", "is the category itself")),
        Some(slug) => {
            let open = site.category(slug).filter(|into| into.retiring.is_none());
            Some(open.ok_or_else(|| wrong("not_found", "is no category"))?)
        }
        None => None,
    };
    let in_use = |detail| Problem::new(Code::CategoryInUse).detail(detail);
    if !category.used {
        return Ok(None);
    }
    if site.categories.iter().any(|other| other.retiring.as_ref() == Some(&category.slug)) {
        return Err(in_use("what was in another category is on its way into it; try again in some minutes"));
    }
    into.map(Some).ok_or_else(|| in_use("it has products or shops, or had some: say by `move_to` where they go"))
}

#[cfg(test)]
mod tests {
    use souk_domain::site::CategoryName;

    use super::*;

    fn category(slug: &str, used: bool, retiring: Option<&str>) -> Category {
        Category {
            slug: Slug::parse(slug).unwrap(),
            name: CategoryName::parse(slug).unwrap(),
            position: 0,
            picture: None,
            subcategories: Vec::new(),
            commission: None,
            used,
            retiring: retiring.map(|slug| Slug::parse(slug).unwrap()),
            version: 1,
        }
    }

    #[test]
    fn a_category_in_use_goes_in_favour_of_an_open_one_only() {
        let categories = vec![
            category("toys", true, None),
            category("books", false, None),
            category("games", true, Some("food")),
            category("food", true, None),
        ];
        let site = Whole { categories, ..Whole::default() };
        let ask = |slug: &str, move_to: Option<&str>| {
            let (slug, move_to) = (Slug::parse(slug).unwrap(), move_to.map(|slug| Slug::parse(slug).unwrap()));
            let into = successor(&site, site.category(&slug).unwrap(), move_to.as_ref());
            into.map(|into| into.map(|into| into.slug.to_string())).map_err(|problem| problem.code())
        };
        assert_eq!(ask("toys", Some("books")), Ok(Some("books".to_owned())));
        assert_eq!(ask("toys", None), Err(Code::CategoryInUse));
        for wrong in ["toys", "games", "nothing"] {
            assert_eq!(ask("toys", Some(wrong)), Err(Code::InvalidInput), "{wrong}");
        }
        assert_eq!(ask("books", None), Ok(None));
        assert_eq!(ask("books", Some("toys")), Ok(None));
        assert_eq!(ask("food", Some("toys")), Err(Code::CategoryInUse));
    }
}
