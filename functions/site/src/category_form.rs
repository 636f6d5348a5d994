//! The form of a category, for adding and changing one.

use souk_domain::{
    MediaId, Principal, Slug,
    media::Referrer,
    site::{CategoryName, Subcategory},
};
use souk_store_media::media::Picture;
use souk_views::{StoreMedia, refer_to_pictures};
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

/// Declares a form of a category: the fields that only this form has, and those that every form has.
macro_rules! category_form {
    ($(#[$doc:meta])+ $vis:vis $name:ident { $($(#[$own_doc:meta])+ $own:ident: $kind:ty,)+ }) => {
        $(#[$doc])+
        #[derive(Debug, souk_web::Deserr, souk_web::JsonSchema)]
        #[deserr(error = souk_web::FieldErrors, deny_unknown_fields)]
        $vis struct $name {
            $($(#[$own_doc])+ $own: $kind,)+
            /// The name.
            name: souk_domain::site::CategoryName,
            /// A picture of the admin's that is ready, or the one that the category has.
            #[deserr(default)]
            picture: Option<souk_domain::MediaId>,
            /// The subcategories, in their order. Products of a subcategory that is left out stay in the category.
            #[deserr(default)]
            #[schemars(default)]
            subcategories: souk_domain::Few<
                $crate::category_form::NewSubcategory,
                { souk_domain::site::MAX_SUBCATEGORIES },
            >,
            /// The marketplace's commission on sales in this category. If not given, the general commission applies.
            #[deserr(default)]
            commission: Option<souk_domain::site::Commission>,
        }

        impl $name {
            /// Returns the category with the fields that every form has. Claims its picture.
            async fn fill(
                &self,
                deps: &souk_views::StoreMedia,
                admin: souk_web::Admin,
                category: souk_store_shops::site::Category,
            ) -> Result<souk_store_shops::site::Category, souk_web::Problem> {
                use $crate::category_form::{picture, stored_subcategories};
                Ok(souk_store_shops::site::Category {
                    name: self.name.clone(),
                    picture: picture(deps, admin, self.picture, category.picture.as_ref()).await?,
                    subcategories: stored_subcategories(&self.subcategories),
                    commission: self.commission,
                    ..category
                })
            }
        }
    };
}
pub(crate) use category_form;

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
    Ok(refer_to_pictures(&deps.store, owner, Referrer::Site, &requested, shown.as_slice()).await?.pop())
}
