//! A shop as its seller writes it.

use souk_domain::{
    Description, MediaId, Principal, SellerId, ShopId, ShopName, Slug, WebUrl,
    media::Referrer,
    shop::{OpeningHours, ShopAddress, SocialLinks},
};
use souk_store::Store;
use souk_store_media::{MediaExt as _, media::Picture};
use souk_store_shops::shops::Shop;
use souk_web::{Deserr, FieldError, FieldErrors, JsonSchema, Problem};

/// What a shop says of itself. What is left out is not there.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "ShopForm")]
pub struct Form {
    /// What it is called.
    pub(crate) name: ShopName,
    /// Its place in addresses. If not given, a new shop's is made from the name, and another one's stays.
    #[deserr(default)]
    pub(crate) slug: Option<Slug>,
    /// What it says of itself.
    #[deserr(default)]
    bio: Option<Description>,
    /// The category of most of what it sells.
    #[deserr(default)]
    category: Option<Slug>,
    /// Where it is.
    #[deserr(default)]
    address: Option<ShopAddress>,
    /// When it is open, if it is a place that one can go to.
    #[deserr(default)]
    opening_hours: Option<OpeningHours>,
    /// Its page elsewhere.
    #[deserr(default)]
    website: Option<WebUrl>,
    /// Where else it is found.
    #[deserr(default)]
    social: Option<SocialLinks>,
    /// Its sign: a picture of the seller's that is ready.
    #[deserr(default)]
    avatar: Option<MediaId>,
    /// The wide picture on top of its page: one of the seller's that is ready.
    #[deserr(default)]
    cover: Option<MediaId>,
}

/// The pictures of a form.
#[derive(Debug, Clone)]
pub(crate) struct Pictures {
    avatar: Option<Picture>,
    cover: Option<Picture>,
}

impl Form {
    /// Claims the form's pictures for the shop.
    ///
    /// # Errors
    /// `invalid_input` with what is wrong with them.
    pub(crate) async fn claim(&self, store: &Store, shop: ShopId) -> Result<Pictures, Problem> {
        let named: Vec<(&str, MediaId)> = [("/avatar", self.avatar), ("/cover", self.cover)]
            .into_iter()
            .filter_map(|(pointer, id)| Some((pointer, id?)))
            .collect();
        let ids: Vec<MediaId> = named.iter().map(|&(_, id)| id).collect();
        let owner = Principal::Seller(SellerId::from(shop));
        let claims = store.media().claim(owner, &ids, Referrer::Shop(shop)).await?;
        let (mut pictures, mut errors) = (Vec::with_capacity(ids.len()), FieldErrors::default());
        for ((pointer, _), claim) in named.into_iter().zip(claims) {
            match claim {
                Ok(picture) => pictures.push(picture),
                Err(refusal) => errors.0.push(FieldError::new(pointer, refusal.code(), refusal.to_string())),
            }
        }
        if !errors.0.is_empty() {
            return Err(errors.into());
        }
        let of = |id: Option<MediaId>| id.and_then(|id| pictures.iter().find(|picture| picture.id == id).cloned());
        Ok(Pictures { avatar: of(self.avatar), cover: of(self.cover) })
    }

    /// The shop with what the form says.
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
