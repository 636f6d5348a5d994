//! The parts of a category's form that adding and changing a category share.

use souk_domain::{
    MediaId, Principal, Slug,
    media::Referrer,
    site::{CategoryName, Subcategory},
};
use souk_store_media::media::Picture;
use souk_views::{StoreMedia, claim_pictures};
use souk_web::{Admin, Deserr, FieldErrors, JsonSchema, Problem};

/// A subcategory.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub(crate) struct NewSubcategory {
    /// The slug, unique within the category.
    slug: Slug,
    /// The name.
    name: CategoryName,
}

impl PartialEq for NewSubcategory {
    /// Subcategories are equal if their slugs are, so that a list of them cannot name a slug twice.
    fn eq(&self, other: &Self) -> bool {
        self.slug == other.slug
    }
}

/// Converts the subcategories for the store.
pub(crate) fn stored_subcategories(subcategories: &[NewSubcategory]) -> Vec<Subcategory> {
    let stored =
        |subcategory: &NewSubcategory| Subcategory { slug: subcategory.slug.clone(), name: subcategory.name.clone() };
    subcategories.iter().map(stored).collect()
}

/// Returns the picture for a category. The admin may name a picture of their own, or the one that the category has.
pub(crate) async fn picture(
    deps: &StoreMedia,
    admin: Admin,
    requested: Option<MediaId>,
    shown: Option<&Picture>,
) -> Result<Option<Picture>, Problem> {
    let requested: Vec<_> = requested.map(|id| ("/picture".to_owned(), id)).into_iter().collect();
    let owner = Principal::Admin(admin.id);
    Ok(claim_pictures(&deps.store, owner, Referrer::Site, &requested, shown.as_slice()).await?.pop())
}
