//! The table in memory, as far as the indexer reads it, and random changes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{Id, ProductId, ShopId, ShopName, Slug, Title, product::Status, site::CategoryName};
use souk_search::Subject;
use souk_store::StoreError;
use souk_store_catalogue::products::{Details, ProductWithSkus};
use souk_store_shops::{
    shops::Shop,
    site::{self, Category},
};
use uuid::Uuid;

use crate::table::Table;

/// The highest number of products, so that most changes concern an existing one.
const MAX_PRODUCTS: usize = 150;

#[derive(Debug, Clone, Default)]
pub(super) struct Model(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) site: site::SiteWithCategories,
    pub(super) products: BTreeMap<ProductId, ProductWithSkus>,
    pub(super) shops: BTreeMap<ShopId, Shop>,
    /// The products that the lists show. The lists are stale.
    listed: BTreeMap<Slug, BTreeSet<ProductId>>,
    last_id: u128,
}

impl Model {
    /// Creates a table with categories and shops.
    pub(super) fn new(rng: &mut Rng) -> Self {
        let model = Self::default();
        let mut state = model.state();
        for _ in 0..3 {
            state.add_category(rng);
            state.add_shop(rng);
        }
        drop(state);
        model
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a random change. Returns the subjects that the stream would report.
    pub(super) fn change(&self, rng: &mut Rng) -> Vec<Subject> {
        self.state().change(rng)
    }

    /// Reads take some time, and a few of them a long time.
    async fn pause(&self) {
        let turns = if fastrand::u8(..50) == 0 { 300 } else { fastrand::u32(..3) };
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

impl Table for Model {
    async fn site(&self) -> Result<site::SiteWithCategories, StoreError> {
        self.pause().await;
        Ok(self.state().site.clone())
    }

    async fn product(&self, id: ProductId) -> Result<Option<ProductWithSkus>, StoreError> {
        self.pause().await;
        let found = self.state().products.get(&id).cloned();
        self.pause().await;
        Ok(found)
    }

    async fn shop(&self, id: ShopId) -> Result<Option<Shop>, StoreError> {
        self.pause().await;
        Ok(self.state().shops.get(&id).cloned())
    }

    async fn open_shops(&self) -> Result<Vec<Shop>, StoreError> {
        self.pause().await;
        Ok(self.state().shops.values().filter(|shop| shop.is_open()).cloned().collect())
    }

    async fn products_in(&self, category: &Slug) -> Result<Vec<ProductId>, StoreError> {
        self.pause().await;
        Ok(self.state().listed.get(category).into_iter().flatten().copied().collect())
    }
}

impl State {
    fn change(&mut self, rng: &mut Rng) -> Vec<Subject> {
        match rng.u8(..100) {
            0..20 => self.add_product(rng),
            20..45 => self.edit(rng, |whole, rng| {
                whole.product.title = Title::parse(&word(rng)).unwrap();
                whole.product.price.minor = rng.i64(1..10_000);
            }),
            45..65 => self.touch(rng, |whole, rng| {
                let count = rng.u8(..2);
                whole.skus[0].available = serde_json::from_value(json!(count)).unwrap();
            }),
            65..75 => self.touch(rng, |whole, _| whole.sold += 1),
            75..83 => self.edit(rng, |whole, rng| {
                whole.product.status = rng.choice([Status::Draft, Status::Pending, Status::Active]).unwrap();
                whole.product.deleted_at = rng.choice([None, Some(Timestamp::UNIX_EPOCH)]).unwrap();
            }),
            83..88 => {
                let Some(id) = self.any_product(rng) else { return Vec::new() };
                self.products.remove(&id);
                vec![Subject::Product(id)]
            }
            88..91 => {
                let category = self.any_category(rng);
                self.edit(rng, |whole, _| whole.product.category = category)
            }
            91..94 => self.change_shop(rng),
            94 => self.add_shop(rng),
            95..97 => self.rename_category(rng),
            97 => self.add_category(rng),
            98 => self.remove_category(rng),
            _ => self.settle(),
        }
    }

    /// Changes a product and its version.
    fn edit(&mut self, rng: &mut Rng, change: impl FnOnce(&mut ProductWithSkus, &mut Rng)) -> Vec<Subject> {
        self.touch(rng, |whole, rng| {
            change(whole, rng);
            whole.product.version += 1;
        })
    }

    /// Changes a product's SKUs or sales, which have no version.
    fn touch(&mut self, rng: &mut Rng, change: impl FnOnce(&mut ProductWithSkus, &mut Rng)) -> Vec<Subject> {
        let Some(id) = self.any_product(rng) else { return Vec::new() };
        if let Some(whole) = self.products.get_mut(&id) {
            change(whole, rng);
        }
        vec![Subject::Product(id)]
    }

    pub(super) fn add_product(&mut self, rng: &mut Rng) -> Vec<Subject> {
        if self.products.len() >= MAX_PRODUCTS {
            return Vec::new();
        }
        let id = ProductId::from_uuid(self.next_id());
        let shop = rng.choice(self.shops.values()).unwrap().clone();
        let product = json!({
            "id": id, "shop": shop.id, "shop_name": shop.name, "shop_slug": shop.slug, "shop_open": shop.is_open(),
            "shop_version": shop.version, "slug": "mug", "title": word(rng), "category": self.any_category(rng),
            "tags": [], "price": euros(rng.i64(1..10_000)), "status": "active", "last_sku": 1, "version": 1,
            "created_at": 1_790_000_000_000_i64 + i64::try_from(self.last_id).unwrap(), "updated_at": 0,
        });
        let sku = json!({ "id": id.to_string().replace("prod_", "sku_") + "_1", "available": 1 });
        let whole = ProductWithSkus {
            product: serde_json::from_value(product).unwrap(),
            details: Details::none(id),
            skus: vec![serde_json::from_value(sku).unwrap()],
            sold: 0,
        };
        self.products.insert(id, whole);
        vec![Subject::Product(id)]
    }

    fn add_shop(&mut self, rng: &mut Rng) -> Vec<Subject> {
        let (id, name) = (ShopId::from_uuid(self.next_id()), word(rng));
        let shop = Shop::new(id, Slug::parse(&name).unwrap(), ShopName::parse(&name).unwrap(), Timestamp::UNIX_EPOCH);
        self.shops.insert(id, shop);
        vec![Subject::Shop(id)]
    }

    /// Closes, reopens or renames a shop, and updates its products.
    fn change_shop(&mut self, rng: &mut Rng) -> Vec<Subject> {
        let Some(shop) = rng.choice(self.shops.values_mut()) else { return Vec::new() };
        match rng.u8(..3) {
            0 => shop.banned = !shop.banned,
            1 => shop.deleted_at = rng.choice([None, Some(Timestamp::UNIX_EPOCH)]).unwrap(),
            _ => shop.name = ShopName::parse(&word(rng)).unwrap(),
        }
        shop.version += 1;
        let mut subjects = vec![Subject::Shop(shop.id)];
        for whole in self.products.values_mut().filter(|whole| whole.product.shop == shop.id) {
            whole.product = whole.product.clone().in_shop(shop).next();
            subjects.push(Subject::Product(whole.product.id));
        }
        subjects
    }

    fn add_category(&mut self, rng: &mut Rng) -> Vec<Subject> {
        if self.site.categories.len() >= 6 {
            return Vec::new();
        }
        let part = json!([{ "slug": word(rng), "name": word(rng) }]);
        let category =
            json!({ "slug": word(rng), "name": word(rng), "position": 1, "subcategories": part, "version": 1 });
        self.site.categories.push(serde_json::from_value(category).unwrap());
        vec![Subject::Site]
    }

    fn rename_category(&mut self, rng: &mut Rng) -> Vec<Subject> {
        if let Some(category) = rng.choice(self.site.categories.iter_mut()) {
            category.name = CategoryName::parse(&word(rng)).unwrap();
            category.subcategories[0].name = CategoryName::parse(&word(rng)).unwrap();
        }
        vec![Subject::Site]
    }

    /// Removes an empty category.
    fn remove_category(&mut self, rng: &mut Rng) -> Vec<Subject> {
        let used: BTreeSet<&Slug> = self.products.values().map(|whole| &whole.product.category).collect();
        let empty: Vec<&Category> =
            self.site.categories.iter().filter(|category| !used.contains(&category.slug)).collect();
        let removed = rng.choice(empty).map(|category| category.slug.clone());
        if self.site.categories.len() > 1 {
            self.site.categories.retain(|category| Some(&category.slug) != removed.as_ref());
        }
        vec![Subject::Site]
    }

    /// Brings the lists up to date.
    pub(super) fn settle(&mut self) -> Vec<Subject> {
        self.listed.clear();
        for whole in self.products.values() {
            self.listed.entry(whole.product.category.clone()).or_default().insert(whole.product.id);
        }
        Vec::new()
    }

    fn any_product(&self, rng: &mut Rng) -> Option<ProductId> {
        rng.choice(self.products.keys()).copied()
    }

    fn any_category(&self, rng: &mut Rng) -> Slug {
        rng.choice(&self.site.categories).unwrap().slug.clone()
    }

    fn next_id(&mut self) -> Uuid {
        self.last_id += 1;
        Uuid::from_u128(self.last_id)
    }
}

/// Returns a random word.
fn word(rng: &mut Rng) -> String {
    std::iter::repeat_with(|| rng.lowercase()).take(12).collect()
}

fn euros(cents: i64) -> Value {
    json!({ "amount": cents, "currency": "EUR" })
}
