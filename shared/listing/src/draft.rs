//! A product in the form in which a seller writes it.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Currency, Few, Html, MediaId, Money, ProductId, SkuId, Slug, Stock, Title,
    catalogue::{Colour, Size, SkuCode},
    product::{
        Brand, Keywords, MAX_PICTURES, MAX_SKUS, Properties, Questions, Specifications, Status, Summary, Tags,
        VideoUrl, Warranty,
    },
};
use souk_store_catalogue::products::{Details, Product, ProductWithSkus, Sku};
use souk_store_media::media::{Picture, ReferenceRefused};
use souk_store_shops::{shops::Shop, site::Category};
use souk_web::{Deserr, FieldErrors, JsonSchema};

use crate::{Findings, Price};

/// The new state of a product. A new product has only new variants; an edited one also has existing ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields, where_predicate = S: Deserr<FieldErrors>)]
#[schemars(rename = "ProductOf{S}s")]
pub struct Draft<S = DraftSku> {
    /// The title.
    pub title: Title,
    /// The slug. If not given, it is made from the title.
    #[deserr(default)]
    pub slug: Option<Slug>,
    /// The status.
    #[deserr(default)]
    #[schemars(default)]
    pub status: Status,
    /// A summary in a sentence or two.
    #[deserr(default)]
    pub summary: Option<Summary>,
    /// The description.
    #[deserr(default)]
    pub description: Option<Html>,
    /// The pictures: uploads of the seller's that are ready, the main picture first.
    #[deserr(default)]
    #[schemars(default)]
    pub pictures: Few<MediaId, MAX_PICTURES>,
    /// The address of a video about the product.
    #[deserr(default)]
    pub video_url: Option<VideoUrl>,
    /// The price without sale and offer.
    pub price: Price,
    /// The sale price, below `price`.
    #[deserr(default)]
    pub sale_price: Option<Price>,
    /// The category.
    pub category: Slug,
    /// The subcategory.
    #[deserr(default)]
    pub subcategory: Option<Slug>,
    /// The brand.
    #[deserr(default)]
    pub brand: Option<Brand>,
    /// Words to filter by.
    #[deserr(default)]
    #[schemars(default)]
    pub tags: Tags,
    /// Words that shoppers may search for. They are not shown.
    #[deserr(default)]
    #[schemars(default)]
    pub keywords: Keywords,
    /// What the seller guarantees.
    #[deserr(default)]
    pub warranty: Option<Warranty>,
    /// Whether the shopper may pay on delivery.
    #[deserr(default)]
    #[schemars(default)]
    pub cash_on_delivery: bool,
    /// Facts about the product, such as its material.
    #[deserr(default)]
    #[schemars(default)]
    pub specifications: Specifications,
    /// Options that are no variants of their own.
    #[deserr(default)]
    #[schemars(default)]
    pub properties: Properties,
    /// Frequently asked questions and their answers.
    #[deserr(default)]
    #[schemars(default)]
    pub faq: Questions,
    /// The variants, each with a different colour and size; 1 to 80 with those of the matrix.
    #[deserr(default)]
    #[schemars(default, length(max = 80))]
    pub skus: Vec<S>,
    /// More variants: every colour in every size, except those that are in `skus`.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Matrix>,
}

/// Variants for every colour in every size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SkuMatrix")]
pub struct Matrix {
    /// The colours. If there are none, the variants differ by size.
    #[deserr(default)]
    #[schemars(default)]
    pub colours: Few<Colour, MAX_SKUS>,
    /// The sizes. If there are none, the variants differ by colour.
    #[deserr(default)]
    #[schemars(default)]
    pub sizes: Few<Size, MAX_SKUS>,
    /// The price of each variant, if it is not the product's.
    #[deserr(default)]
    pub price: Option<Price>,
    /// The stock of each variant.
    pub stock: Stock,
}

/// The options that distinguish the variants of a product.
pub type Options<'a> = (Option<&'a Colour>, Option<&'a Size>);

impl Matrix {
    /// Returns the variants that are not in `existing`, colour by colour. Empty if the matrix has neither a colour nor
    /// a size.
    pub fn variants_besides(&self, existing: &[Options<'_>]) -> Vec<DraftSku> {
        let at_least_one = |count: usize| count.max(1);
        let positions = (0..at_least_one(self.colours.len()))
            .flat_map(|row| (0..at_least_one(self.sizes.len())).map(move |column| (row, column)));
        let options = positions.map(|(row, column)| (self.colours.get(row), self.sizes.get(column)));
        options
            .filter(|options| *options != (None, None) && !existing.contains(options))
            .map(|(colour, size)| DraftSku {
                code: None,
                colour: colour.cloned(),
                size: size.cloned(),
                price: self.price,
                stock: self.stock,
            })
            .collect()
    }
}

/// A new variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "NewSku")]
pub struct DraftSku {
    /// The seller's own code for it.
    #[deserr(default)]
    pub code: Option<SkuCode>,
    /// The colour.
    #[deserr(default)]
    pub colour: Option<Colour>,
    /// The size.
    #[deserr(default)]
    pub size: Option<Size>,
    /// The variant's own price. With one, the sale price and the offer of the product do not apply to it.
    #[deserr(default)]
    pub price: Option<Price>,
    /// The stock.
    pub stock: Stock,
}

impl DraftSku {
    /// Returns the options of the variant.
    pub fn options(&self) -> Options<'_> {
        (self.colour.as_ref(), self.size.as_ref())
    }

    /// Converts it to a SKU. If it begins with at most `low_stock` pieces, it is marked as low already: its stock has
    /// not fallen, so the seller is not notified.
    pub fn to_sku(&self, product: ProductId, number: u16, low_stock: Stock) -> Sku {
        Sku {
            id: SkuId { product, number },
            code: self.code.clone(),
            colour: self.colour.clone(),
            size: self.size.clone(),
            price: self.price.map(Money::from),
            available: self.stock,
            held: 0,
            low: self.stock <= low_stock,
            removed: false,
        }
    }
}

impl Draft {
    /// Returns the draft that would create a product like this one.
    pub fn of(whole: &ProductWithSkus) -> Self {
        let ProductWithSkus { product, details, skus, sold: _ } = whole.clone();
        let sku = |sku: Sku| DraftSku {
            code: sku.code,
            colour: sku.colour,
            size: sku.size,
            price: sku.price.map(Price::from),
            stock: sku.available,
        };
        let pictures = details.pictures.iter().map(|picture| picture.id).collect();
        Self {
            title: product.title,
            slug: Some(product.slug),
            status: product.status,
            summary: product.summary,
            description: details.description,
            // A product never has more pictures than a draft accepts, nor a picture twice.
            pictures: Few::parse(pictures).unwrap_or_default(),
            video_url: details.video_url,
            price: product.price.into(),
            sale_price: product.sale_price.map(Price::from),
            category: product.category,
            subcategory: product.subcategory,
            brand: product.brand,
            tags: product.tags,
            keywords: details.keywords,
            warranty: details.warranty,
            cash_on_delivery: details.cash_on_delivery,
            specifications: details.specifications,
            properties: details.properties,
            faq: details.faq,
            skus: skus.into_iter().map(sku).collect(),
            matrix: None,
        }
    }

    /// Checks the draft against what was read for it.
    ///
    /// # Errors
    /// All errors of the draft.
    pub(crate) fn check(
        &self,
        currency: Currency,
        references: &[Result<Picture, ReferenceRefused>],
        category: Option<Category>,
    ) -> Result<(Vec<Picture>, Category), FieldErrors> {
        let mut findings = Findings::new(currency);
        findings.prices(self.price, self.sale_price);
        for (n, sku) in self.skus.iter().enumerate() {
            if let Some(price) = sku.price {
                findings.price(&format!("/skus/{n}/price"), price);
            }
        }
        if let Some(matrix) = &self.matrix {
            findings.matrix(matrix);
        }
        findings.variants(&self.all_variants().iter().map(DraftSku::options).collect::<Vec<_>>());
        let pictures = findings.pictures(references);
        let category = findings.category(category, self.subcategory.as_ref());
        findings.all()?;
        // If there is no category, `findings` has an error.
        category.map(|category| (pictures, category)).ok_or_else(FieldErrors::default)
    }

    /// Returns all variants, those of the matrix last.
    fn all_variants(&self) -> Vec<DraftSku> {
        let existing: Vec<Options<'_>> = self.skus.iter().map(DraftSku::options).collect();
        let more = self.matrix.as_ref().map(|matrix| matrix.variants_besides(&existing)).unwrap_or_default();
        [self.skus.clone(), more].concat()
    }

    /// Builds the product.
    pub(crate) fn assemble(
        &self,
        id: ProductId,
        slug: Slug,
        pictures: Vec<Picture>,
        shop: &Shop,
        now: Timestamp,
    ) -> ProductWithSkus {
        let skus: Vec<Sku> =
            (1..).zip(self.all_variants()).map(|(number, sku)| sku.to_sku(id, number, shop.low_stock)).collect();
        let bare = Product {
            id,
            shop: shop.id,
            shop_name: shop.name.clone(),
            shop_slug: shop.slug.clone(),
            shop_open: shop.is_open(),
            shop_version: shop.version,
            slug,
            title: self.title.clone(),
            summary: None,
            picture: None,
            price: self.price.into(),
            sale_price: None,
            offer: None,
            category: self.category.clone(),
            subcategory: None,
            brand: None,
            tags: Tags::default(),
            status: self.status,
            deleted_at: None,
            purging: false,
            last_sku: skus.last().map_or(0, |sku| sku.id.number),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        ProductWithSkus { product: self.fill(bare, &pictures), details: self.details(id, pictures), skus, sold: 0 }
    }
}

impl<S> Draft<S> {
    /// Returns the product with the values of the draft. The slug is not changed.
    #[must_use]
    pub fn fill(&self, product: Product, pictures: &[Picture]) -> Product {
        Product {
            title: self.title.clone(),
            summary: self.summary.clone(),
            picture: pictures.first().cloned(),
            price: self.price.into(),
            sale_price: self.sale_price.map(Money::from),
            category: self.category.clone(),
            subcategory: self.subcategory.clone(),
            brand: self.brand.clone(),
            tags: self.tags.clone(),
            status: self.status,
            ..product
        }
    }

    /// Returns the details of the product.
    pub fn details(&self, product: ProductId, pictures: Vec<Picture>) -> Details {
        Details {
            product,
            description: self.description.clone(),
            pictures,
            video_url: self.video_url.clone(),
            keywords: self.keywords.clone(),
            warranty: self.warranty.clone(),
            cash_on_delivery: self.cash_on_delivery,
            specifications: self.specifications.clone(),
            properties: self.properties.clone(),
            faq: self.faq.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(colours: &[&str], sizes: &[&str]) -> Matrix {
        Matrix {
            colours: Few::parse(colours.iter().map(|raw| Colour::parse(raw).unwrap()).collect()).unwrap(),
            sizes: Few::parse(sizes.iter().map(|raw| Size::parse(raw).unwrap()).collect()).unwrap(),
            price: None,
            stock: Stock::parse(3).unwrap(),
        }
    }

    fn options(skus: &[DraftSku]) -> Vec<String> {
        let text = |sku: &DraftSku| {
            let (colour, size) = sku.options();
            format!("{} {}", colour.map_or("-", Colour::as_str), size.map_or("-", Size::as_str))
        };
        skus.iter().map(text).collect()
    }

    #[test]
    fn a_matrix_is_every_colour_in_every_size_except_existing_variants() {
        let blue_s = matrix(&["Blue"], &["S"]).variants_besides(&[]);
        let existing: Vec<Options<'_>> = blue_s.iter().map(DraftSku::options).collect();
        let more = matrix(&["Blue", "Red"], &["S", "M"]).variants_besides(&existing);
        assert_eq!(options(&more), ["Blue M", "Red S", "Red M"]);
        assert!(more.iter().all(|sku| sku.stock.get() == 3));
    }

    #[test]
    fn a_matrix_may_have_only_colours_or_only_sizes() {
        assert_eq!(options(&matrix(&["Blue", "Red"], &[]).variants_besides(&[])), ["Blue -", "Red -"]);
        assert_eq!(options(&matrix(&[], &["S", "M"]).variants_besides(&[])), ["- S", "- M"]);
        assert_eq!(matrix(&[], &[]).variants_besides(&[]), []);
    }
}
