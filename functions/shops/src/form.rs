//! The form in which a seller writes their shop.

use souk_domain::{
    Description, MediaId, Principal, SellerId, ShopId, ShopName, Slug, WebUrl,
    media::Referrer,
    shop::{OpeningHours, ShopAddress, SocialLinks},
};
use souk_store::Store;
use souk_store_media::media::Picture;
use souk_store_shops::shops::Shop;
use souk_views::refer_to_pictures;
use souk_web::{Deserr, FieldErrors, JsonSchema, Problem};

/// What a seller writes about their shop. Fields that are left out become empty.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ShopForm {
    /// The name.
    pub(crate) name: ShopName,
    /// The slug. If not given, a new shop gets one made from the name, and an existing shop keeps its own.
    #[deserr(default)]
    pub(crate) slug: Option<Slug>,
    /// The shop's description of itself.
    #[deserr(default)]
    bio: Option<Description>,
    /// The category of most of its products.
    #[deserr(default)]
    category: Option<Slug>,
    /// The postal address.
    #[deserr(default)]
    address: Option<ShopAddress>,
    /// The opening hours, if shoppers can visit the shop.
    #[deserr(default)]
    opening_hours: Option<OpeningHours>,
    /// The shop's own website.
    #[deserr(default)]
    website: Option<WebUrl>,
    /// The shop's pages on social networks.
    #[deserr(default)]
    social: Option<SocialLinks>,
    /// The picture that represents the shop: a picture of the seller's that is ready.
    #[deserr(default)]
    avatar: Option<MediaId>,
    /// The wide picture at the top of its page: a picture of the seller's that is ready.
    #[deserr(default)]
    cover: Option<MediaId>,
}

/// The pictures of a form.
#[derive(Debug, Clone)]
pub(crate) struct Pictures {
    avatar: Option<Picture>,
    cover: Option<Picture>,
}

impl ShopForm {
    /// Adds the shop's references to the form's pictures.
    ///
    /// # Errors
    /// `invalid_input` with the errors of the pictures.
    pub(crate) async fn add_references(&self, store: &Store, shop: ShopId) -> Result<Pictures, Problem> {
        let given = [("/avatar", self.avatar), ("/cover", self.cover)];
        let requested: Vec<_> = given.into_iter().filter_map(|(pointer, id)| Some((pointer.to_owned(), id?))).collect();
        let owner = Principal::Seller(SellerId::from(shop));
        let pictures = refer_to_pictures(store, owner, Referrer::Shop(shop), &requested, &[]).await?;
        let of = |id: Option<MediaId>| id.and_then(|id| pictures.iter().find(|picture| picture.id == id).cloned());
        Ok(Pictures { avatar: of(self.avatar), cover: of(self.cover) })
    }

    /// Returns the shop with the values of the form.
    pub(crate) fn fill(&self, shop: Shop, pictures: &Pictures) -> Shop {
        Shop {
            name: self.name.clone(),
            slug: self.slug.clone().unwrap_or(shop.slug),
            bio: self.bio.clone(),
            category: self.category.clone(),
            address: self.address.clone(),
            opening_hours: self.opening_hours.clone(),
            website: self.website.clone(),
            social: self.social.clone().unwrap_or_default(),
            avatar: pictures.avatar.clone(),
            cover: pictures.cover.clone(),
            ..shop
        }
    }
}
