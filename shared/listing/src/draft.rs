//! A product as a seller writes it.

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
use souk_store_catalogue::products::{Details, Product, Sku, Whole};
use souk_store_media::media::{Picture, Unclaimed};
use souk_store_shops::{shops::Shop, site::Category};
use souk_web::{Deserr, FieldErrors, JsonSchema};

use crate::{Findings, Price};

/// What a product will be. A new one has new variants; an edited one also keeps some of those it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields, where_predicate = S: Deserr<FieldErrors>)]
#[schemars(rename = "ProductOf{S}s")]
pub struct Draft<S = DraftSku> {
    /// What it is called.
    pub title: Title,
    /// Its place in addresses; made from the title if not given.
    #[deserr(default)]
    pub slug: Option<Slug>,
    /// How far it is.
    #[deserr(default)]
    #[schemars(default)]
    pub status: Status,
    /// It in a sentence or two.
    #[deserr(default)]
    pub summary: Option<Summary>,
    /// What the seller says of it.
    #[deserr(default)]
    pub description: Option<Html>,
    /// Uploads of the seller's that are ready, the main one first.
    #[deserr(default)]
    #[schemars(default)]
    pub pictures: Few<MediaId, MAX_PICTURES>,
    /// Where a film of it is.
    #[deserr(default)]
    pub video_url: Option<VideoUrl>,
    /// The price without a sale and an offer.
    pub price: Price,
    /// The price while a sale lasts, below `price`.
    #[deserr(default)]
    pub sale_price: Option<Price>,
    /// Its category.
    pub category: Slug,
    /// The part of its category that it is in.
    #[deserr(default)]
    pub subcategory: Option<Slug>,
    /// Who makes it.
    #[deserr(default)]
    pub brand: Option<Brand>,
    /// What people would filter by.
    #[deserr(default)]
    #[schemars(default)]
    pub tags: Tags,
    /// What people would search for. Not shown.
    #[deserr(default)]
    #[schemars(default)]
    pub keywords: Keywords,
    /// What the seller warrants.
    #[deserr(default)]
    pub warranty: Option<Warranty>,
    /// Whether it may be paid when it is handed over.
    #[deserr(default)]
    #[schemars(default)]
    pub cash_on_delivery: bool,
    /// Facts.
    #[deserr(default)]
    #[schemars(default)]
    pub specifications: Specifications,
    /// Choices that are no SKUs of their own.
    #[deserr(default)]
    #[schemars(default)]
    pub properties: Properties,
    /// Questions that are often asked.
    #[deserr(default)]
    #[schemars(default)]
    pub faq: Questions,
    /// Its variants, no two with the same colour and size; 1 to 80 with those of the matrix.
    #[deserr(default)]
    #[schemars(default, length(max = 80))]
    pub skus: Vec<S>,
    /// More variants: every colour in every size, but for those that are among `skus`.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Matrix>,
}

/// Every colour in every size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SkuMatrix")]
pub struct Matrix {
    /// The colours; if there are none, the sizes tell the variants apart.
    #[deserr(default)]
    #[schemars(default)]
    pub colours: Few<Colour, MAX_SKUS>,
    /// The sizes; if there are none, the colours tell the variants apart.
    #[deserr(default)]
    #[schemars(default)]
    pub sizes: Few<Size, MAX_SKUS>,
    /// What each has for itself instead of the product's price.
    #[deserr(default)]
    pub price: Option<Price>,
    /// How many there are of each.
    pub stock: Stock,
}

/// What tells a variant from the others of its product.
pub type Options<'a> = (Option<&'a Colour>, Option<&'a Size>);

impl Matrix {
    /// The variants that are not there yet, colour by colour. None if there is neither a colour nor a size.
    pub fn beside(&self, there: &[Options<'_>]) -> Vec<DraftSku> {
        let any = |count: usize| count.max(1);
        let cells =
            (0..any(self.colours.len())).flat_map(|row| (0..any(self.sizes.len())).map(move |column| (row, column)));
        let options = cells.map(|(row, column)| (self.colours.get(row), self.sizes.get(column)));
        options
            .filter(|options| *options != (None, None) && !there.contains(options))
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
    /// The seller's own name for it.
    #[deserr(default)]
    pub code: Option<SkuCode>,
    /// Its colour.
    #[deserr(default)]
    pub colour: Option<Colour>,
    /// Its size.
    #[deserr(default)]
    pub size: Option<Size>,
    /// Its own price; it takes no part in its product's sale and offer then.
    #[deserr(default)]
    pub price: Option<Price>,
    /// How many there are.
    pub stock: Stock,
}

impl DraftSku {
    /// What tells it from the others.
    pub fn options(&self) -> Options<'_> {
        (self.colour.as_ref(), self.size.as_ref())
    }

    /// The SKU that it becomes, in a shop where so many are few. One that begins with few fell to nothing: it counts as told.
    pub fn numbered(&self, product: ProductId, number: u16, few: Stock) -> Sku {
        Sku {
            id: SkuId { product, number },
            code: self.code.clone(),
            colour: self.colour.clone(),
            size: self.size.clone(),
            price: self.price.map(Money::from),
            available: self.stock,
            low: self.stock <= few,
            removed: false,
        }
    }
}

impl Draft {
    /// What would make another product like this one.
    pub fn of(whole: &Whole) -> Self {
        let Whole { product, details, skus, sold: _ } = whole.clone();
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
            // A product never has more pictures than a draft takes, nor one twice.
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

    /// Holds the draft against what was looked up for it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn check(
        &self,
        currency: Currency,
        claims: &[Result<Picture, Unclaimed>],
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
        findings.variants(&self.all().iter().map(DraftSku::options).collect::<Vec<_>>());
        let pictures = findings.pictures(claims);
        let category = findings.category(category, self.subcategory.as_ref());
        findings.all()?;
        // Without a category something was found.
        category.map(|category| (pictures, category)).ok_or_else(FieldErrors::default)
    }

    /// The variants, those of the matrix last.
    fn all(&self) -> Vec<DraftSku> {
        let there: Vec<Options<'_>> = self.skus.iter().map(DraftSku::options).collect();
        let more = self.matrix.as_ref().map(|matrix| matrix.beside(&there)).unwrap_or_default();
        [self.skus.clone(), more].concat()
    }

    /// The product that it becomes.
    pub(crate) fn assemble(
        &self,
        id: ProductId,
        slug: Slug,
        pictures: Vec<Picture>,
        shop: &Shop,
        now: Timestamp,
    ) -> Whole {
        let skus: Vec<Sku> =
            (1..).zip(self.all()).map(|(number, sku)| sku.numbered(id, number, shop.low_stock)).collect();
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
        Whole { product: self.fill(bare, &pictures), details: self.details(id, pictures), skus, sold: 0 }
    }
}

impl<S> Draft<S> {
    /// A product with what the draft says of it; its slug stays.
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

    /// What else it says of a product.
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
    fn a_matrix_is_every_colour_in_every_size_but_for_what_is_there() {
        let blue_s = matrix(&["Blue"], &["S"]).beside(&[]);
        let there: Vec<Options<'_>> = blue_s.iter().map(DraftSku::options).collect();
        let more = matrix(&["Blue", "Red"], &["S", "M"]).beside(&there);
        assert_eq!(options(&more), ["Blue M", "Red S", "Red M"]);
        assert!(more.iter().all(|sku| sku.stock.get() == 3));
    }

    #[test]
    fn a_matrix_may_have_colours_or_sizes_alone() {
        assert_eq!(options(&matrix(&["Blue", "Red"], &[]).beside(&[])), ["Blue -", "Red -"]);
        assert_eq!(options(&matrix(&[], &["S", "M"]).beside(&[])), ["- S", "- M"]);
        assert_eq!(matrix(&[], &[]).beside(&[]), []);
    }
}
