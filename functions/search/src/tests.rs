//! Indexers over a table and a bucket in memory.

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
    Archive, Edition, Filters, Hit, IndexReader, Language, Query, Sort, Subject,
    testing::{Drawer, Fault},
};
use souk_store_catalogue::products::Whole;

use self::model::Model;
use crate::{entries, indexer::Indexer};

/// A process that begins: it knows nothing of what was before.
fn process(model: &Model, drawer: &Drawer) -> Indexer<Model, Drawer> {
    Indexer { table: model.clone(), archive: Archive::new(drawer.clone()), language: Language::English, pause: 0 }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn the(subject: Subject) -> BTreeSet<Subject> {
    BTreeSet::from([subject])
}

async fn edition(drawer: &Drawer) -> Arc<Edition> {
    IndexReader::new(drawer.clone()).newest(now()).await.expect("an index")
}

fn ask(edition: &Edition, text: Option<&str>, filters: Filters, sort: Sort) -> Vec<Hit> {
    let query = Query {
        text: text.map(str::to_owned),
        filters: Filters { hidden_too: true, ..filters },
        sort,
        offset: 0,
        limit: 1_000,
        facets: false,
    };
    edition.index.search(&query, 0).unwrap().hits
}

fn ids(hits: &[Hit]) -> BTreeSet<String> {
    hits.iter().map(|hit| hit.id.clone()).collect()
}

/// The index says what the table says, of all that it tells of and of nothing else.
async fn says_the_same(model: &Model, drawer: &Drawer) {
    let edition = edition(drawer).await;
    let table = model.state();
    let products = || table.products.values();
    let named = |keep: &dyn Fn(&Whole) -> bool| -> BTreeSet<String> {
        products().filter(|whole| keep(whole)).map(|whole| whole.product.id.to_string()).collect()
    };

    let mut versions = edition.index.products(None).unwrap();
    versions.sort();
    let expected: Vec<_> = products().map(|whole| (whole.product.id.to_string(), whole.product.version)).collect();
    assert_eq!(versions, expected);

    let cards: BTreeMap<String, Vec<u8>> =
        ask(&edition, None, Filters::default(), Sort::Newest).into_iter().map(|hit| (hit.id, hit.card)).collect();
    let expected: BTreeMap<String, Vec<u8>> =
        products().map(|whole| (whole.product.id.to_string(), serde_json::to_vec(&whole.product).unwrap())).collect();
    assert_eq!(cards, expected);

    let in_stock = ask(&edition, None, Filters { in_stock: true, ..Filters::default() }, Sort::Newest);
    assert_eq!(ids(&in_stock), named(&|whole| whole.skus[0].available.get() > 0));
    let cheap = ask(&edition, None, Filters { price: (None, Some(5_000)), ..Filters::default() }, Sort::Newest);
    assert_eq!(ids(&cheap), named(&|whole| whole.product.price.minor <= 5_000));
    let sold: BTreeMap<String, u64> = products().map(|whole| (whole.product.id.to_string(), whole.sold)).collect();
    let best: Vec<u64> =
        ask(&edition, None, Filters::default(), Sort::BestSelling).iter().map(|hit| sold[&hit.id]).collect();
    assert!(best.is_sorted_by(|one, next| one >= next), "{best:?}");

    for category in &table.site.categories {
        let found = ask(&edition, Some(category.name.as_str()), Filters::default(), Sort::Newest);
        assert_eq!(ids(&found), named(&|whole| whole.product.category == category.slug), "{}", category.name);
        let expected = entries::category(&category.slug, &category.name, &category.subcategories).unwrap();
        for entry in expected {
            let suggested = edition.index.suggest(&entry.name, 5).unwrap().categories;
            assert_eq!(suggested, [Hit { id: entry.id(), card: entry.card }]);
        }
    }
    for shop in table.shops.values() {
        let suggested = edition.index.suggest(shop.name.as_str(), 5).unwrap().shops;
        let hit = || Hit { id: shop.id.to_string(), card: serde_json::to_vec(shop).unwrap() };
        assert_eq!(suggested, if shop.is_open() { vec![hit()] } else { Vec::new() }, "{}", shop.name);
    }
}

/// Messages that wait, and those that were delivered.
#[derive(Default)]
struct Queue {
    waiting: Vec<Subject>,
    delivered: Vec<Subject>,
}

impl Queue {
    /// Some of them, in any order, and some that were delivered before.
    fn batch(&mut self, rng: &mut Rng) -> Vec<Subject> {
        rng.shuffle(&mut self.waiting);
        let mut batch = self.waiting.split_off(rng.usize(..=self.waiting.len()));
        let repeated = rng.usize(..4);
        batch.extend(rng.choose_multiple(&self.delivered, repeated).into_iter().copied());
        batch
    }

    /// They come again, or do not.
    fn settle(&mut self, batch: Vec<Subject>, done: bool) {
        if done { self.delivered.extend(batch) } else { self.waiting.extend(batch) }
    }
}

/// A table that changes, a queue that tells of it, and indexers that hear of it while it goes on changing.
struct World {
    model: Model,
    drawer: Drawer,
    queue: RefCell<Queue>,
    over: Cell<bool>,
    killed: Cell<u32>,
}

impl World {
    async fn turn(&self, changes: u32, mut rng: Rng) {
        for _ in 0..changes {
            let told = self.model.change(&mut rng);
            self.queue.borrow_mut().waiting.extend(told);
            for _ in 0..rng.u8(..8) {
                tokio::task::yield_now().await;
            }
        }
        self.over.set(true);
    }

    /// One process after the other, until there is nothing to be done any more.
    async fn index(&self, mut rng: Rng) {
        let mut process = process(&self.model, &self.drawer);
        loop {
            if self.over.get() && self.queue.borrow().waiting.is_empty() {
                return;
            }
            tokio::task::yield_now().await;
            let batch = self.queue.borrow_mut().batch(&mut rng);
            if batch.is_empty() {
                continue;
            }
            if rng.u8(..4) == 0 {
                self.drawer.kill(rng.u64(..15), if rng.bool() { Fault::Before } else { Fault::After });
            }
            // Now and then the index is made anew, and the messages come again.
            let anew = rng.u8(..50) == 0;
            let result = match anew {
                true => process.rebuild(now()).await.map(drop),
                false => process.update(&batch.iter().copied().collect(), now()).await,
            };
            self.queue.borrow_mut().settle(batch, result.is_ok() && !anew);
            if result.is_err() {
                self.killed.set(self.killed.get() + 1);
                self.drawer.set_down(false);
                process = crate::tests::process(&self.model, &self.drawer);
            }
        }
    }
}

#[tokio::test]
async fn ten_thousand_changes_told_twice_and_in_any_order_to_indexers_that_die_end_in_the_tables_state() {
    fastrand::seed(7);
    let mut rng = Rng::with_seed(7);
    let world = World {
        model: Model::new(&mut rng),
        drawer: Drawer::default(),
        queue: RefCell::default(),
        over: Cell::new(false),
        killed: Cell::new(0),
    };
    let before = world.model.state().shops.keys().map(|id| Subject::Shop(*id)).collect();
    world.queue.borrow_mut().waiting = before;
    for _ in 0..20 {
        world.over.set(false);
        tokio::join!(world.turn(500, rng.fork()), world.index(rng.fork()), world.index(rng.fork()));
        world.drawer.set_down(false);
        says_the_same(&world.model, &world.drawer).await;
    }
    assert!(world.killed.get() > 50, "{}", world.killed.get());
}

#[tokio::test]
async fn two_indexers_at_once_never_lose_each_others_work() {
    fastrand::seed(8);
    let (mut rng, drawer) = (Rng::with_seed(8), Drawer::default());
    let model = Model::new(&mut rng);
    let processes: Vec<_> = (0..4).map(|_| process(&model, &drawer)).collect();
    // Nobody has made an index yet, so each of them begins with that.
    for _ in 0..30 {
        let batches: Vec<BTreeSet<Subject>> =
            processes.iter().map(|_| (0..5).flat_map(|_| model.change(&mut rng)).collect()).collect();
        let work = processes.iter().zip(&batches).map(|(process, batch)| process.update(batch, now()));
        assert!(join_all(work).await.iter().all(Result::is_ok));
    }
    says_the_same(&model, &drawer).await;
}

#[tokio::test]
async fn an_index_that_is_made_anew_while_others_commit_loses_nothing_of_theirs() {
    for seed in 0..20 {
        fastrand::seed(seed);
        let (mut rng, drawer) = (Rng::with_seed(seed), Drawer::default());
        let model = Model::new(&mut rng);
        let (one, other) = (process(&model, &drawer), process(&model, &drawer));
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
        says_the_same(&model, &drawer).await;
    }
}

#[tokio::test]
async fn the_first_message_makes_the_index_of_all_there_is() {
    fastrand::seed(9);
    let (mut rng, drawer) = (Rng::with_seed(9), Drawer::default());
    let model = Model::new(&mut rng);
    let mut last = Vec::new();
    for _ in 0..200 {
        last = model.change(&mut rng);
    }
    model.state().settle();
    // The lists do not show it yet.
    last.extend(model.state().add_product(&mut rng));
    process(&model, &drawer).update(&last.into_iter().collect(), now()).await.unwrap();
    says_the_same(&model, &drawer).await;
}

#[tokio::test]
async fn what_the_lists_do_not_show_yet_survives_a_rebuild() {
    fastrand::seed(10);
    let (mut rng, drawer) = (Rng::with_seed(10), Drawer::default());
    let (model, mut told) = (Model::new(&mut rng), BTreeSet::from([Subject::Site]));
    told.extend((0..100).flat_map(|_| model.change(&mut rng)));
    told.extend(model.state().shops.keys().map(|id| Subject::Shop(*id)));
    let process = process(&model, &drawer);
    process.update(&told, now()).await.unwrap();
    let count = model.state().products.len();
    assert_eq!(process.rebuild(now()).await.unwrap(), Some(count));
    says_the_same(&model, &drawer).await;
}

#[tokio::test]
async fn an_index_that_cannot_be_read_is_made_anew() {
    fastrand::seed(11);
    let (mut rng, drawer) = (Rng::with_seed(11), Drawer::default());
    let model = Model::new(&mut rng);
    let told: BTreeSet<Subject> = (0..100).flat_map(|_| model.change(&mut rng)).collect();
    process(&model, &drawer).update(&told, now()).await.unwrap();
    model.state().settle();
    drawer.clear("packs/");
    assert!(process(&model, &drawer).update(&told, now()).await.is_err());
    process(&model, &drawer).rebuild(now()).await.unwrap();
    process(&model, &drawer).update(&told, now()).await.unwrap();
    says_the_same(&model, &drawer).await;
}

#[tokio::test]
async fn with_another_language_the_next_message_makes_the_index_anew() {
    fastrand::seed(12);
    let (mut rng, drawer) = (Rng::with_seed(12), Drawer::default());
    let model = Model::new(&mut rng);
    let told: BTreeSet<Subject> = (0..100).flat_map(|_| model.change(&mut rng)).collect();
    process(&model, &drawer).update(&told, now()).await.unwrap();
    let german = Indexer { language: Language::German, ..process(&model, &drawer) };
    german.update(&the(Subject::Site), now()).await.unwrap();
    let head = Archive::new(drawer.clone()).newest().await.unwrap().unwrap();
    assert_eq!(head.manifest.language, "german");
    says_the_same(&model, &drawer).await;
}

#[tokio::test]
async fn news_that_change_nothing_cost_no_commit() {
    fastrand::seed(13);
    let (mut rng, drawer) = (Rng::with_seed(13), Drawer::default());
    let model = Model::new(&mut rng);
    let process = process(&model, &drawer);
    process.update(&the(Subject::Site), now()).await.unwrap();
    let before = edition(&drawer).await.version;
    process.update(&the(Subject::Site), now()).await.unwrap();
    assert_eq!(edition(&drawer).await.version, before);
}
