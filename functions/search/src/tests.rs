//! Tests of indexers over a table and a bucket in memory.

mod model;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fastrand::Rng;
use futures::future::join_all;
use jiff::Timestamp;
use souk_search::{
    Filters, Hit, IndexReader, IndexStorage, IndexVersion, Language, Query, Sort, Subject,
    testing::{Fault, MemoryBucket},
};
use souk_store_catalogue::products::ProductWithSkus;

use self::model::Model;
use crate::{entries, indexer::Indexer};

/// Returns the indexer of a new process, without any cached state.
fn process(model: &Model, bucket: &MemoryBucket) -> Indexer<Model, MemoryBucket> {
    Indexer { table: model.clone(), storage: IndexStorage::new(bucket.clone()), language: Language::English, pause: 0 }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn only(subject: Subject) -> BTreeSet<Subject> {
    BTreeSet::from([subject])
}

async fn newest_version(bucket: &MemoryBucket) -> Arc<IndexVersion> {
    IndexReader::new(bucket.clone()).newest(now()).await.expect("an index")
}

fn search(version: &IndexVersion, text: Option<&str>, filters: Filters, sort: Sort) -> Vec<Hit> {
    let query = Query {
        text: text.map(str::to_owned),
        filters: Filters { include_hidden: true, ..filters },
        sort,
        offset: 0,
        limit: 1_000,
        facets: false,
    };
    version.index.search(&query, 0).unwrap().hits
}

fn ids(hits: &[Hit]) -> BTreeSet<String> {
    hits.iter().map(|hit| hit.id.clone()).collect()
}

/// Checks that the index contains exactly what the table contains.
async fn assert_index_matches_table(model: &Model, bucket: &MemoryBucket) {
    let version = newest_version(bucket).await;
    let table = model.state();
    let products = || table.products.values();
    let ids_where = |keep: &dyn Fn(&ProductWithSkus) -> bool| -> BTreeSet<String> {
        products().filter(|whole| keep(whole)).map(|whole| whole.product.id.to_string()).collect()
    };

    let mut versions = version.index.products(None).unwrap();
    versions.sort();
    let expected: Vec<_> = products().map(|whole| (whole.product.id.to_string(), whole.product.version)).collect();
    assert_eq!(versions, expected);

    let cards: BTreeMap<String, Vec<u8>> =
        search(&version, None, Filters::default(), Sort::Newest).into_iter().map(|hit| (hit.id, hit.card)).collect();
    let expected: BTreeMap<String, Vec<u8>> =
        products().map(|whole| (whole.product.id.to_string(), serde_json::to_vec(&whole.product).unwrap())).collect();
    assert_eq!(cards, expected);

    let in_stock = search(&version, None, Filters { in_stock: true, ..Filters::default() }, Sort::Newest);
    assert_eq!(ids(&in_stock), ids_where(&|whole| whole.skus[0].available.get() > 0));
    let cheap = search(&version, None, Filters { price: (None, Some(5_000)), ..Filters::default() }, Sort::Newest);
    assert_eq!(ids(&cheap), ids_where(&|whole| whole.product.price.minor <= 5_000));
    let sold: BTreeMap<String, u64> = products().map(|whole| (whole.product.id.to_string(), whole.sold)).collect();
    let best: Vec<u64> =
        search(&version, None, Filters::default(), Sort::BestSelling).iter().map(|hit| sold[&hit.id]).collect();
    assert!(best.is_sorted_by(|one, next| one >= next), "{best:?}");

    for category in &table.site.categories {
        let found = search(&version, Some(category.name.as_str()), Filters::default(), Sort::Newest);
        assert_eq!(ids(&found), ids_where(&|whole| whole.product.category == category.slug), "{}", category.name);
        let expected = entries::category(&category.slug, &category.name, &category.subcategories).unwrap();
        for entry in expected {
            let suggested = version.index.suggest(&entry.name, 5).unwrap().categories;
            assert_eq!(suggested, [Hit { id: entry.id(), card: entry.card }]);
        }
    }
    for shop in table.shops.values() {
        let suggested = version.index.suggest(shop.name.as_str(), 5).unwrap().shops;
        let hit = || Hit { id: shop.id.to_string(), card: serde_json::to_vec(shop).unwrap() };
        assert_eq!(suggested, if shop.is_open() { vec![hit()] } else { Vec::new() }, "{}", shop.name);
    }
}

/// The waiting and the delivered messages.
#[derive(Default)]
struct Queue {
    waiting: Vec<Subject>,
    delivered: Vec<Subject>,
}

impl Queue {
    /// Returns some of the waiting messages in any order, and some that were delivered before.
    fn batch(&mut self, rng: &mut Rng) -> Vec<Subject> {
        rng.shuffle(&mut self.waiting);
        let mut batch = self.waiting.split_off(rng.usize(..=self.waiting.len()));
        let repeated = rng.usize(..4);
        batch.extend(rng.choose_multiple(&self.delivered, repeated).into_iter().copied());
        batch
    }

    /// Acknowledges a batch, or returns it to the queue.
    fn settle(&mut self, batch: Vec<Subject>, done: bool) {
        if done { self.delivered.extend(batch) } else { self.waiting.extend(batch) }
    }
}

/// A table that changes, a queue of messages about the changes, and indexers that read the queue meanwhile.
struct Simulation {
    model: Model,
    bucket: MemoryBucket,
    queue: RefCell<Queue>,
    table_settled: Cell<bool>,
    killed: Cell<u32>,
}

impl Simulation {
    async fn change_table(&self, changes: u32, mut rng: Rng) {
        for _ in 0..changes {
            let subjects = self.model.change(&mut rng);
            self.queue.borrow_mut().waiting.extend(subjects);
            for _ in 0..rng.u8(..8) {
                tokio::task::yield_now().await;
            }
        }
        self.table_settled.set(true);
    }

    /// Runs indexers, a new one after each crash, until the queue is empty and the table does not change any more.
    async fn index(&self, mut rng: Rng) {
        let mut process = process(&self.model, &self.bucket);
        loop {
            if self.table_settled.get() && self.queue.borrow().waiting.is_empty() {
                return;
            }
            tokio::task::yield_now().await;
            let batch = self.queue.borrow_mut().batch(&mut rng);
            if batch.is_empty() {
                continue;
            }
            if rng.u8(..4) == 0 {
                self.bucket.kill(rng.u64(..15), if rng.bool() { Fault::Before } else { Fault::After });
            }
            // Sometimes the index is rebuilt, and the messages come again.
            let rebuild = rng.u8(..50) == 0;
            let result = match rebuild {
                true => process.rebuild(now()).await.map(drop),
                false => process.update(&batch.iter().copied().collect(), now()).await,
            };
            self.queue.borrow_mut().settle(batch, result.is_ok() && !rebuild);
            if result.is_err() {
                self.killed.set(self.killed.get() + 1);
                self.bucket.set_down(false);
                process = crate::tests::process(&self.model, &self.bucket);
            }
        }
    }
}

#[tokio::test]
async fn ten_thousand_changes_in_any_order_with_repetitions_and_crashes_end_in_the_state_of_the_table() {
    fastrand::seed(7);
    let mut rng = Rng::with_seed(7);
    let simulation = Simulation {
        model: Model::new(&mut rng),
        bucket: MemoryBucket::default(),
        queue: RefCell::default(),
        table_settled: Cell::new(false),
        killed: Cell::new(0),
    };
    let before = simulation.model.state().shops.keys().map(|id| Subject::Shop(*id)).collect();
    simulation.queue.borrow_mut().waiting = before;
    for _ in 0..20 {
        simulation.table_settled.set(false);
        tokio::join!(
            simulation.change_table(500, rng.fork()),
            simulation.index(rng.fork()),
            simulation.index(rng.fork())
        );
        simulation.bucket.set_down(false);
        assert_index_matches_table(&simulation.model, &simulation.bucket).await;
    }
    assert!(simulation.killed.get() > 50, "{}", simulation.killed.get());
}

#[tokio::test]
async fn indexers_at_once_never_lose_each_others_changes() {
    fastrand::seed(8);
    let (mut rng, bucket) = (Rng::with_seed(8), MemoryBucket::default());
    let model = Model::new(&mut rng);
    let processes: Vec<_> = (0..4).map(|_| process(&model, &bucket)).collect();
    // There is no index yet, so each of them begins by building it.
    for _ in 0..30 {
        let batches: Vec<BTreeSet<Subject>> =
            processes.iter().map(|_| (0..5).flat_map(|_| model.change(&mut rng)).collect()).collect();
        let work = processes.iter().zip(&batches).map(|(process, batch)| process.update(batch, now()));
        assert!(join_all(work).await.iter().all(Result::is_ok));
    }
    assert_index_matches_table(&model, &bucket).await;
}

#[tokio::test]
async fn a_rebuild_loses_no_changes_that_others_commit_meanwhile() {
    for seed in 0..20 {
        fastrand::seed(seed);
        let (mut rng, bucket) = (Rng::with_seed(seed), MemoryBucket::default());
        let model = Model::new(&mut rng);
        let (one, other) = (process(&model, &bucket), process(&model, &bucket));
        let first: BTreeSet<Subject> = (0..100).flat_map(|_| model.change(&mut rng)).collect();
        one.update(&first, now()).await.unwrap();
        let commits = async {
            for _ in 0..10 {
                let changes = (0..3).flat_map(|_| model.change(&mut rng)).collect();
                one.update(&changes, now()).await.unwrap();
            }
        };
        let (made, ()) = tokio::join!(other.rebuild(now()), commits);
        assert!(made.unwrap().is_some());
        assert_index_matches_table(&model, &bucket).await;
    }
}

#[tokio::test]
async fn the_first_message_builds_the_index_from_the_whole_table() {
    fastrand::seed(9);
    let (mut rng, bucket) = (Rng::with_seed(9), MemoryBucket::default());
    let model = Model::new(&mut rng);
    let mut last = Vec::new();
    for _ in 0..200 {
        last = model.change(&mut rng);
    }
    model.state().settle();
    // The lists do not show this product yet.
    last.extend(model.state().add_product(&mut rng));
    process(&model, &bucket).update(&last.into_iter().collect(), now()).await.unwrap();
    assert_index_matches_table(&model, &bucket).await;
}

#[tokio::test]
async fn a_rebuild_keeps_products_that_the_lists_do_not_show_yet() {
    fastrand::seed(10);
    let (mut rng, bucket) = (Rng::with_seed(10), MemoryBucket::default());
    let (model, mut subjects) = (Model::new(&mut rng), BTreeSet::from([Subject::Site]));
    subjects.extend((0..100).flat_map(|_| model.change(&mut rng)));
    subjects.extend(model.state().shops.keys().map(|id| Subject::Shop(*id)));
    let process = process(&model, &bucket);
    process.update(&subjects, now()).await.unwrap();
    let count = model.state().products.len();
    assert_eq!(process.rebuild(now()).await.unwrap(), Some(count));
    assert_index_matches_table(&model, &bucket).await;
}

#[tokio::test]
async fn a_rebuild_that_cannot_reach_the_index_fails_and_loses_no_products_that_the_lists_do_not_show_yet() {
    fastrand::seed(13);
    let (mut rng, bucket) = (Rng::with_seed(13), MemoryBucket::default());
    let model = Model::new(&mut rng);
    let subjects: BTreeSet<Subject> = model.state().add_product(&mut rng).into_iter().collect();
    process(&model, &bucket).update(&subjects, now()).await.unwrap();
    // The manifest can be read, but no pack.
    bucket.fail(1, Fault::Before);
    assert!(process(&model, &bucket).rebuild(now()).await.is_err());
    assert_index_matches_table(&model, &bucket).await;
}

#[tokio::test]
async fn a_rebuild_replaces_an_unreadable_index() {
    fastrand::seed(11);
    let (mut rng, bucket) = (Rng::with_seed(11), MemoryBucket::default());
    let model = Model::new(&mut rng);
    let subjects: BTreeSet<Subject> = (0..100).flat_map(|_| model.change(&mut rng)).collect();
    process(&model, &bucket).update(&subjects, now()).await.unwrap();
    model.state().settle();
    bucket.clear("packs/");
    assert!(process(&model, &bucket).update(&subjects, now()).await.is_err());
    process(&model, &bucket).rebuild(now()).await.unwrap();
    process(&model, &bucket).update(&subjects, now()).await.unwrap();
    assert_index_matches_table(&model, &bucket).await;
}

#[tokio::test]
async fn after_a_change_of_language_the_next_message_rebuilds_the_index() {
    fastrand::seed(12);
    let (mut rng, bucket) = (Rng::with_seed(12), MemoryBucket::default());
    let model = Model::new(&mut rng);
    let subjects: BTreeSet<Subject> = (0..100).flat_map(|_| model.change(&mut rng)).collect();
    process(&model, &bucket).update(&subjects, now()).await.unwrap();
    let german = Indexer { language: Language::German, ..process(&model, &bucket) };
    german.update(&only(Subject::Site), now()).await.unwrap();
    let newest = IndexStorage::new(bucket.clone()).newest().await.unwrap().unwrap();
    assert_eq!(newest.manifest.language, "german");
    assert_index_matches_table(&model, &bucket).await;
}

#[tokio::test]
async fn a_message_that_changes_nothing_does_not_commit() {
    fastrand::seed(13);
    let (mut rng, bucket) = (Rng::with_seed(13), MemoryBucket::default());
    let model = Model::new(&mut rng);
    let process = process(&model, &bucket);
    process.update(&only(Subject::Site), now()).await.unwrap();
    let before = newest_version(&bucket).await.version;
    process.update(&only(Subject::Site), now()).await.unwrap();
    assert_eq!(newest_version(&bucket).await.version, before);
}
