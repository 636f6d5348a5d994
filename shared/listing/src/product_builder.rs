//! Building products from drafts.

use jiff::Timestamp;
use souk_domain::{Currency, Id, Principal, ProductId, SellerId, ShopId, Slug, media::Referrer};
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, WriteError, idempotency::Answer, retry_on_conflict};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{ProductWithSkus, Rule},
};
use souk_store_media::MediaExt as _;
use souk_store_shops::{ShopsExt as _, shops::Shop};
use souk_web::{Code, Deps, Problem, own_shop};

use crate::Draft;

/// Builds products: holds the table and the marketplace's currency.
#[derive(Debug)]
pub struct ProductBuilder {
    /// The table.
    pub store: Store,
    /// The currency of all prices.
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
    /// The problems of [`ProductBuilder::create`].
    pub const PROBLEMS: &'static [Code] = &[Code::InvalidInput, Code::NoShop, Code::ShopDeleted, Code::SlugTaken];

    /// Creates a product of the seller's shop from a draft. Checks the whole draft, and writes the product, the claim
    /// of its slug, its SKUs and the idempotent answer in one transaction. Its conditions are that the shop and the
    /// category have not changed since they were read. A generated slug is retried with a suffix if it is taken.
    /// Idempotent: if a product with this id exists, nothing is written.
    ///
    /// # Errors
    /// Those of [`ProductBuilder::PROBLEMS`], and those of `answer`.
    pub async fn create(
        &self,
        seller: SellerId,
        id: ProductId,
        draft: &Draft,
        now: Timestamp,
        answer: impl Fn(&ProductWithSkus) -> Result<Option<Answer>, Problem>,
    ) -> Result<ProductWithSkus, Problem> {
        let owner = Principal::Seller(seller);
        let references = self.store.media().add_references(owner, Referrer::Product(id), &draft.pictures, &[]).await?;
        // The end of a UUID is its random part.
        let salt = format!("{:06x}", id.uuid().as_u128() & 0xff_ffff);
        let suggested = || Slug::suggest(draft.title.as_str(), "product", &salt);
        let slug = draft.slug.clone().unwrap_or_else(suggested);
        let salted = Some(slug.with_suffix(&salt)).filter(|_| draft.slug.is_none() && !slug.as_str().ends_with(&salt));
        let slugs: Vec<Slug> = [slug].into_iter().chain(salted).collect();
        retry_on_conflict(|| async {
            let shop = own_shop(self.store.shops().get(ShopId::from(seller)).await?, Shop::is_open)?;
            let category = self.store.site().category(&draft.category).await?;
            let (pictures, category) = draft.check(self.currency, &references, category)?;
            for slug in &slugs {
                let whole = draft.assemble(id, slug.clone(), pictures.clone(), &shop, now);
                let answer = answer(&whole)?;
                match self.store.products().create(&whole, &shop, &category, answer.as_ref()).await {
                    Ok(()) => return Ok(Some(whole)),
                    Err(WriteError::Refused(broken)) if broken.broke(&Rule::Exists) => return Ok(Some(whole)),
                    Err(WriteError::Refused(broken)) if broken.broke(&Rule::KeyUsed) => {
                        return Err(Code::Unavailable.into());
                    }
                    Err(WriteError::Refused(broken)) if broken.broke(&Rule::SlugTaken) => {}
                    // The shop or the category changed in between.
                    Err(WriteError::Refused(_)) => return Ok(None),
                    Err(WriteError::Store(error)) => return Err(error.into()),
                }
            }
            Err(Problem::new(Code::SlugTaken).field("/slug", "taken", "another product has this slug"))
        })
        .await
    }
}
