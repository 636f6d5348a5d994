//! What admins say of a category.

use souk_domain::{
    MediaId, Slug,
    site::{CategoryName, Subcategory},
};
use souk_store_media::media::Picture;
use souk_views::StoreMedia;
use souk_web::{Admin, Deserr, FieldErrors, JsonSchema, Problem};

use crate::deps::pictures;

/// A part of a category.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub(crate) struct NewSubcategory {
    /// Names it within its category.
    slug: Slug,
    /// What it is called.
    name: CategoryName,
}

impl PartialEq for NewSubcategory {
    /// No two of a category have the same slug.
    fn eq(&self, other: &Self) -> bool {
        self.slug == other.slug
    }
}

/// The parts as they are stored.
pub(crate) fn parts(subcategories: &[NewSubcategory]) -> Vec<Subcategory> {
    let part = |own: &NewSubcategory| Subcategory { slug: own.slug.clone(), name: own.name.clone() };
    subcategories.iter().map(part).collect()
}

/// The picture that a category is to have, which may be the one it has.
pub(crate) async fn picture(
    deps: &StoreMedia,
    admin: Admin,
    wanted: Option<MediaId>,
    shown: Option<&Picture>,
) -> Result<Option<Picture>, Problem> {
    let wanted: Vec<_> = wanted.map(|id| ("/picture".to_owned(), id)).into_iter().collect();
    let shown: Vec<_> = shown.into_iter().collect();
    Ok(pictures(deps, admin, &wanted, &shown).await?.pop())
}
