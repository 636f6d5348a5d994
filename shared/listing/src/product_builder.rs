//! Where a draft becomes a product.

use jiff::Timestamp;
use souk_domain::{Currency, Id, Principal, ProductId, SellerId, ShopId, Slug, media::Referrer};
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, WriteError, idempotency::Answer, transaction::ATTEMPTS};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Rule, Whole},
};
use souk_store_media::MediaExt as _;
use souk_store_shops::{ShopsExt as _, shops::Shop};
use souk_web::{Code, Deps, Problem};

use crate::Draft;

/// The table, and the currency that the marketplace runs in.
#[derive(Debug)]
pub struct ProductBuilder {
    /// The table.
    pub store: Store,
    /// What everything is priced in.
    pub currency: Currency,
}

impl Connect for ProductBuilder {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, currency: Currency::connect(start).await? })
    }
}

impl Deps for ProductBuilder {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

impl ProductBuilder {
    /// What [`ProductBuilder::make`] refuses with.
    pub const PROBLEMS: &'static [Code] = &[Code::InvalidInput, Code::NoShop, Code::ShopDeleted, Code::SlugTaken];

    /// Makes a draft a product of the seller's shop: checks everything at once, and writes the product, its slug's claim, its
    /// SKUs and the answer in one transaction, whose conditions are the shop and the category as they were read. A slug
    /// that nobody chose gives way to another's. To make what was made before changes nothing.
    ///
    /// # Errors
    /// Those of [`ProductBuilder::PROBLEMS`], and what `answer` fails with.
    pub async fn make(
        &self,
        seller: SellerId,
        id: ProductId,
        draft: &Draft,
        now: Timestamp,
        answer: impl Fn(&Whole) -> Result<Option<Answer>, Problem>,
    ) -> Result<Whole, Problem> {
        let owner = Principal::Seller(seller);
        let claims = self.store.media().claim(owner, &draft.pictures, Referrer::Product(id)).await?;
        // The end of a UUID is its random part.
        let salt = format!("{:06x}", id.uuid().as_u128() & 0xff_ffff);
        let suggested = || Slug::suggest(draft.title.as_str(), "product", &salt);
        let mut slug = draft.slug.clone().unwrap_or_else(suggested);
        for _ in 0..ATTEMPTS {
            let shop = self.shop_of(seller).await?;
            let category = self.store.site().category(&draft.category).await?;
            let (pictures, category) = draft.check(self.currency, &claims, category)?;
            let whole = draft.assemble(id, slug.clone(), pictures, &shop, now);
            let answer = answer(&whole)?;
            let broken = match self.store.products().create(&whole, &shop, &category, answer.as_ref()).await {
                Ok(()) => return Ok(whole),
                Err(WriteError::Refused(broken)) => broken,
                Err(WriteError::Store(error)) => return Err(error.into()),
            };
            if broken.broke(&Rule::Exists) {
                return Ok(whole);
            } else if broken.broke(&Rule::KeyUsed) {
                return Err(Code::Unavailable.into());
            } else if broken.broke(&Rule::SlugTaken) {
                let salted = slug.with_suffix(&salt);
                if draft.slug.is_some() || slug.as_str().ends_with(&salt) {
                    return Err(Problem::new(Code::SlugTaken).field("/slug", "taken", "another product has it"));
                }
                slug = salted;
            }
            // Otherwise the shop or the category changed in between.
        }
        Err(Code::Unavailable.into())
    }

    /// The seller's shop, as long as it is not closed.
    ///
    /// # Errors
    /// `no_shop`, `shop_deleted`.
    async fn shop_of(&self, seller: SellerId) -> Result<Shop, Problem> {
        let shop = self.store.shops().get(ShopId::from(seller)).await?.ok_or(Code::NoShop)?;
        if shop.is_open() { Ok(shop) } else { Err(Code::ShopDeleted.into()) }
    }
}
