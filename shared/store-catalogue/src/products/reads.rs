//! Reads of products.

use std::collections::BTreeSet;

use souk_domain::{ProductId, ShopId, SkuId, Slug};
use souk_store::{
    Entity, Page, Position, StoreError,
    entity::{Item, from_item, type_of},
    table::{Freshness, ListQuery},
};
use souk_store_shops::shops::Shop;

use super::{Details, LISTED, Product, ProductSlug, ProductWithSkus, Products, Sales, Sku, Tab};
use crate::keys::{self, Index, Key};

impl Products<'_> {
    /// Finds a product on sale by its slug. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn by_slug(&self, slug: &Slug) -> Result<Option<ProductWithSkus>, StoreError> {
        match self.table.get::<ProductSlug>(keys::product_slug(slug), Freshness::Eventual).await? {
            Some(claim) => Ok(self.whole(claim.product).await?.filter(|whole| whole.product.is_listed())),
            None => Ok(None),
        }
    }

    /// Returns those of these slugs that are taken. One read for up to 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn taken(&self, slugs: &[Slug]) -> Result<Vec<Slug>, StoreError> {
        let claims = self.table.get_many(slugs.iter().map(keys::product_slug).collect()).await?;
        claims.into_iter().map(|claim| Ok(from_item::<ProductSlug>(claim)?.slug)).collect()
    }

    /// Returns a product, on sale or not, with its details and SKUs. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn whole(&self, id: ProductId) -> Result<Option<ProductWithSkus>, StoreError> {
        let (mut product, mut details, mut skus, mut sold) = (None, None, Vec::<Sku>::new(), 0);
        for item in self.table.partition(keys::product_partition(id)).await? {
            match type_of(&item) {
                Some(Product::TYPE) => product = Some(from_item(item)?),
                Some(Details::TYPE) => details = Some(from_item(item)?),
                Some(Sku::TYPE) => skus.push(from_item(item)?),
                Some(Sales::TYPE) => sold = from_item::<Sales>(item)?.sold,
                _ => {}
            }
        }
        skus.retain(|sku| !sku.removed);
        Ok(product.map(|product| ProductWithSkus {
            product,
            details: details.unwrap_or_else(|| Details::none(id)),
            skus,
            sold,
        }))
    }

    /// Returns a shop's own product, on sale or not, unless it is being purged. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn own(&self, shop: ShopId, id: ProductId) -> Result<Option<ProductWithSkus>, StoreError> {
        Ok(self.whole(id).await?.filter(|whole| whole.product.is_of(shop)))
    }

    /// Returns a shop's own product, unless it is being purged, and the shop if it exists, strongly consistent. One
    /// read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn own_in_shop(
        &self,
        shop: ShopId,
        id: ProductId,
    ) -> Result<Option<(Product, Option<Shop>)>, StoreError> {
        let (mut product, mut found) = (None::<Product>, None::<Shop>);
        for item in self.table.get_many(vec![keys::product(id), keys::shop(shop)]).await? {
            match type_of(&item) {
                Some(Product::TYPE) => product = Some(from_item(item)?),
                _ => found = Some(from_item(item)?),
            }
        }
        Ok(product.filter(|product| product.is_of(shop)).map(|product| (product, found)))
    }

    /// Returns a shop's own product, unless it is being purged, and one of its SKUs. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn own_sku(
        &self,
        shop: ShopId,
        id: ProductId,
        sku: SkuId,
    ) -> Result<Option<(Product, Option<Sku>)>, StoreError> {
        let (mut product, mut found) = (None::<Product>, None::<Sku>);
        for item in self.table.get_many(vec![keys::product(id), keys::sku(sku)]).await? {
            match type_of(&item) {
                Some(Product::TYPE) => product = Some(from_item(item)?),
                _ => found = Some(from_item(item)?),
            }
        }
        let found = found.filter(|found| found.id.product == id && !found.removed);
        Ok(product.filter(|product| product.is_of(shop)).map(|product| (product, found)))
    }

    /// Returns a product's own item, on sale or not. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: ProductId) -> Result<Option<Product>, StoreError> {
        self.table.get(keys::product(id), Freshness::Strong).await
    }

    /// Returns those of these SKUs that are on sale, with their products, strongly consistent. One read for up to 50
    /// SKUs.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn for_sale(&self, ids: &[SkuId]) -> Result<Vec<(Product, Sku)>, StoreError> {
        let mut wanted: Vec<Key> = ids.iter().map(|&id| keys::sku(id)).collect();
        for id in ids {
            let key = keys::product(id.product);
            // BatchGetItem refuses a request that names a key twice.
            if !wanted.contains(&key) {
                wanted.push(key);
            }
        }
        let mut products: Vec<Product> = Vec::new();
        let mut skus: Vec<Sku> = Vec::new();
        for chunk in wanted.chunks(100) {
            for item in self.table.get_many(chunk.to_vec()).await? {
                match type_of(&item) {
                    Some(Product::TYPE) => products.push(from_item(item)?),
                    Some(Sku::TYPE) => skus.push(from_item(item)?),
                    _ => {}
                }
            }
        }
        let on_sale = skus.into_iter().filter(|sku| !sku.removed).filter_map(|sku| {
            let product = products.iter().find(|product| product.id == sku.id.product && product.is_listed())?;
            Some((product.clone(), sku))
        });
        Ok(on_sale.collect())
    }

    /// Returns those of these products that are on sale, strongly consistent, in no particular order. One read for up
    /// to 100. Each id must be unique.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn on_sale(&self, ids: &[ProductId]) -> Result<Vec<Product>, StoreError> {
        let found: Vec<Item> = self.table.get_many(ids.iter().map(|&id| keys::product(id)).collect()).await?;
        let mut products: Vec<Product> = found.into_iter().map(from_item).collect::<Result<_, _>>()?;
        products.retain(Product::is_listed);
        Ok(products)
    }

    /// Returns which of these products exist, on sale or not. One read for up to 100. Each id must be unique.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn which_are_there(&self, ids: &[ProductId]) -> Result<BTreeSet<ProductId>, StoreError> {
        let found: Vec<Item> = self.table.get_many(ids.iter().map(|&id| keys::product(id)).collect()).await?;
        found.into_iter().map(|item| Ok(from_item::<Product>(item)?.id)).collect()
    }

    /// Returns which of these products belong to a shop, on sale or not. One read for up to 100. Each id must be
    /// unique.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn which_are_of(&self, shop: ShopId, ids: &[ProductId]) -> Result<BTreeSet<ProductId>, StoreError> {
        let found = self.table.get_many(ids.iter().map(|&id| keys::product(id)).collect()).await?;
        let found: Vec<Product> = found.into_iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter(|product| product.shop == shop).map(|product| product.id).collect())
    }

    /// Lists the products on sale, newest first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn newest(&self, from: Option<Position>, limit: u8) -> Result<Page<Product>, StoreError> {
        self.table.list(ListQuery::newest(keys::catalogue(), from, limit)).await
    }

    /// Lists a category's products on sale, newest first, optionally of one subcategory. One read, and up to five with
    /// a subcategory.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn newest_in(
        &self,
        category: &Slug,
        subcategory: Option<&Slug>,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<Product>, StoreError> {
        let list = ListQuery::newest(keys::members_of(category), from, limit).of(Index::Third).beginning(LISTED);
        self.table
            .list(match subcategory {
                Some(subcategory) => list.only("subcategory", subcategory),
                None => list,
            })
            .await
    }

    /// Lists one tab of a shop's products, newest first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn newest_of(
        &self,
        shop: ShopId,
        tab: Tab,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<Product>, StoreError> {
        let list = ListQuery::newest(keys::products_of(shop), from, limit).of(Index::Second);
        self.table.list(list.beginning(tab.prefix())).await
    }

    /// Lists all products of a shop, deleted ones included, tab by tab, for workers that visit all of them. A product
    /// that changes its tab meanwhile may be listed twice or not at all. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn all_of(&self, shop: ShopId, from: Option<Position>, limit: u8) -> Result<Page<Product>, StoreError> {
        self.table.list(ListQuery::oldest(keys::products_of(shop), from, limit).of(Index::Second)).await
    }
}
