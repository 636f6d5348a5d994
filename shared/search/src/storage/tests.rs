//! Readers and writers of one bucket.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use souk_domain::{Id, ProductId};
use uuid::Uuid;

use super::{
    testing::{Drawer, Fault},
    *,
};
use crate::{Changed, Entry, Files, Language, ProductEntry, Subject, Writer};

const LANGUAGE: Language = Language::English;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

fn these(n: u128) -> Changed {
    Changed::These(BTreeSet::from([Subject::Product(ProductId::from_uuid(Uuid::from_u128(n)))]))
}

/// An index with one product more than the one before.
fn with(files: Option<Files>, id: &str) -> Files {
    let mut writer = Writer::open(files, LANGUAGE).unwrap();
    let product = ProductEntry { id: id.to_owned(), title: format!("product {id}"), ..ProductEntry::default() };
    writer.put(&Entry::Product(Box::new(product))).unwrap();
    writer.commit().unwrap()
}

/// Commits one product more, as a process does that knows nothing from before.
async fn add(drawer: &Drawer, id: &str, now: Timestamp) -> Result<Option<u64>, ArchiveError> {
    let archive = Archive::new(drawer.clone());
    let head = archive.newest().await?;
    let files = match &head {
        Some(head) => Some(archive.files(&head.manifest).await?),
        None => None,
    };
    let committed = archive.commit(head.as_ref(), &with(files, id), LANGUAGE, these(1), now).await?;
    Ok(committed.map(|manifest| manifest.version))
}

fn products(edition: &Edition) -> Vec<String> {
    let mut ids: Vec<String> = edition.index.products(None).unwrap().into_iter().map(|(id, _)| id).collect();
    ids.sort();
    ids
}

async fn seen(shelf: &IndexReader<Drawer>, now: Timestamp) -> Vec<String> {
    products(&shelf.newest(now).await.expect("an index"))
}

#[tokio::test]
async fn a_new_version_is_read_within_a_second_and_nobody_looks_more_often() {
    let drawer = Drawer::default();
    let shelf = IndexReader::new(drawer.clone());
    assert!(shelf.newest(at(0)).await.is_none());
    add(&drawer, "a", at(1)).await.unwrap();
    assert_eq!(seen(&shelf, at(1)).await, ["a"]);
    add(&drawer, "b", at(1)).await.unwrap();
    let before = drawer.requests();
    for _ in 0..100 {
        assert_eq!(seen(&shelf, at(1)).await, ["a"]);
    }
    assert_eq!(drawer.requests(), before);
    assert_eq!(seen(&shelf, at(2)).await, ["a", "b"]);
    // Nothing new: one request, and its answer is empty.
    let before = drawer.requests();
    assert_eq!(seen(&shelf, at(3)).await, ["a", "b"]);
    assert_eq!(drawer.requests(), before + 1);
    // A clock that was set back stops nobody from looking.
    add(&drawer, "c", at(3)).await.unwrap();
    assert_eq!(seen(&shelf, at(-3600)).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_version_goes_on_serving_whatever_happens_to_the_next_one() {
    let drawer = Drawer::default();
    let shelf = IndexReader::new(drawer.clone());
    add(&drawer, "a", at(0)).await.unwrap();
    assert_eq!(seen(&shelf, at(0)).await, ["a"]);
    add(&drawer, "b", at(0)).await.unwrap();
    // The manifest, or the files, cannot be read.
    for (request, second) in [(0, 1), (1, 2)] {
        drawer.fail(request, Fault::Before);
        assert_eq!(seen(&shelf, at(second)).await, ["a"]);
    }
    // Nor can anything.
    drawer.set_down(true);
    assert_eq!(seen(&shelf, at(3)).await, ["a"]);
    drawer.set_down(false);
    assert_eq!(seen(&shelf, at(4)).await, ["a", "b"]);
    // The manifest is no manifest, names files that are not there, or is gone.
    let newest = IndexReader::new(drawer.clone()).archive.newest().await.unwrap().unwrap();
    let mut broken = newest.manifest.clone();
    for place in broken.files.values_mut() {
        place.length += 1;
    }
    let broken = Bytes::from(serde_json::to_vec(&broken).unwrap());
    for (content, second) in [(Bytes::from_static(b"{"), 5), (broken, 6)] {
        drawer.put("manifest/v1.json", content).await.unwrap();
        assert_eq!(seen(&shelf, at(second)).await, ["a", "b"]);
    }
    drawer.clear("");
    assert_eq!(seen(&shelf, at(7)).await, ["a", "b"]);
}

#[tokio::test]
async fn only_files_that_are_new_are_read_and_only_they_are_written() {
    let drawer = Drawer::default();
    let shelf = IndexReader::new(drawer.clone());
    add(&drawer, "a", at(0)).await.unwrap();
    shelf.newest(at(0)).await.unwrap();
    let archive = Archive::new(drawer.clone());
    let head = archive.newest().await.unwrap().unwrap();
    let files = archive.files(&head.manifest).await.unwrap();
    let before = drawer.requests();
    let committed = archive.commit(Some(&head), &with(Some(files), "b"), LANGUAGE, these(2), at(1)).await;
    let next = committed.unwrap().unwrap();
    // The pack, the version before, and the manifest.
    assert_eq!(drawer.requests(), before + 3);
    let kept = next.files.iter().filter(|(name, place)| head.manifest.files.get(*name) == Some(*place)).count();
    assert!(kept >= 5, "{kept} files of the segment before");
    let before = drawer.requests();
    assert_eq!(seen(&shelf, at(1)).await, ["a", "b"]);
    // The manifest, and one part of one pack.
    assert_eq!(drawer.requests(), before + 2);
}

#[tokio::test]
async fn an_earlier_version_can_be_opened_for_an_hour_by_whoever_asks() {
    let drawer = Drawer::default();
    drawer.set_clock(at(0));
    let first = add(&drawer, "a", at(0)).await.unwrap().unwrap();
    let old = IndexReader::new(drawer.clone());
    old.newest(at(0)).await.unwrap();
    for id in ["b", "c", "d", "e", "f", "g", "h"] {
        add(&drawer, id, at(1)).await.unwrap();
    }
    let newest = first + 7;
    // One that has it open asks nobody; a new process opens it.
    let before = drawer.requests();
    assert_eq!(products(&old.at(first).await.unwrap().unwrap()), ["a"]);
    assert_eq!(drawer.requests(), before);
    let fresh = IndexReader::new(drawer.clone());
    fresh.newest(at(1)).await.unwrap();
    for (version, count) in [(first, 1), (first + 1, 2), (newest, 8), (first + 4, 5), (first, 1)] {
        assert_eq!(products(&fresh.at(version).await.unwrap().unwrap()).len(), count);
    }
    assert!(fresh.state().earlier.len() <= EARLIER);
    assert_eq!(seen(&fresh, at(1)).await.len(), 8);
    // One that has seen the newest only at another process's.
    assert_eq!(products(&old.at(newest).await.unwrap().unwrap()).len(), 8);
    // What never was, and what was swept up.
    assert!(fresh.at(first - 1).await.unwrap().is_none());
    assert!(fresh.at(newest + 1).await.unwrap().is_none());
    drawer.set_down(true);
    assert!(fresh.at(first + 2).await.is_err());
    drawer.set_down(false);
    Archive::new(drawer.clone()).sweep(at(3_601)).await.unwrap();
    assert!(IndexReader::new(drawer.clone()).at(first).await.unwrap().is_none());
    assert_eq!(products(&IndexReader::new(drawer).at(newest).await.unwrap().unwrap()).len(), 8);
}

#[tokio::test]
async fn a_commit_that_stops_anywhere_leaves_the_old_version_or_the_new_one() {
    let ended_with: BTreeMap<(u64, bool), usize> = {
        let mut all = BTreeMap::new();
        // A request for the manifest, one for the files, three of the commit.
        for request in 0..5 {
            for fault in [Fault::Before, Fault::After] {
                let drawer = Drawer::default();
                add(&drawer, "a", at(0)).await.unwrap();
                drawer.fail(request, fault);
                assert!(add(&drawer, "b", at(1)).await.is_err());
                let left = seen(&IndexReader::new(drawer.clone()), at(1)).await.len();
                all.insert((request, fault == Fault::After), left);
                // Somebody goes on.
                add(&drawer, "c", at(2)).await.unwrap();
                let shelf = IndexReader::new(drawer.clone());
                assert_eq!(seen(&shelf, at(2)).await.len(), left + 1);
                let version = shelf.newest(at(2)).await.unwrap().version;
                assert_eq!(products(&shelf.at(version - 1).await.unwrap().unwrap()).len(), left);
            }
        }
        all
    };
    let two: Vec<_> = ended_with.iter().filter(|(_, left)| **left == 2).map(|(step, _)| *step).collect();
    assert_eq!(two, [(4, true)], "only when the manifest was replaced");
}

#[tokio::test]
async fn of_two_who_commit_on_one_version_one_learns_that_it_has_to_begin_again() {
    let drawer = Drawer::default();
    add(&drawer, "a", at(0)).await.unwrap();
    let (one, other) = (Archive::new(drawer.clone()), Archive::new(drawer.clone()));
    let (head, same) = (one.newest().await.unwrap().unwrap(), other.newest().await.unwrap().unwrap());
    let (files, too) = (one.files(&head.manifest).await.unwrap(), other.files(&same.manifest).await.unwrap());
    let (files, too) = (with(Some(files), "b"), with(Some(too), "c"));
    let (first, second) = tokio::join!(
        one.commit(Some(&head), &files, LANGUAGE, these(2), at(1)),
        other.commit(Some(&same), &too, LANGUAGE, these(3), at(1)),
    );
    let won = [first.unwrap(), second.unwrap()];
    assert_eq!(won.iter().filter(|won| won.is_some()).count(), 1);
    // Nor does a second first version take the place of the first.
    assert!(one.commit(None, &files, LANGUAGE, Changed::Everything, at(2)).await.unwrap().is_none());
    let next = other.newest().await.unwrap().unwrap();
    assert_eq!(other.changed_since(head.manifest.version, &next).await.unwrap(), next.manifest.changed);
}

#[tokio::test]
async fn what_changed_since_a_version_is_all_that_its_successors_changed() {
    let drawer = Drawer::default();
    add(&drawer, "a", at(0)).await.unwrap();
    let archive = Archive::new(drawer.clone());
    let first = archive.newest().await.unwrap().unwrap();
    for n in 1..=3 {
        let head = archive.newest().await.unwrap().unwrap();
        let files = with(Some(archive.files(&head.manifest).await.unwrap()), &n.to_string());
        archive.commit(Some(&head), &files, LANGUAGE, these(n), at(1)).await.unwrap().unwrap();
    }
    let (version, head) = (first.manifest.version, archive.newest().await.unwrap().unwrap());
    let Changed::These(changed) = archive.changed_since(version, &head).await.unwrap() else { panic!("everything") };
    assert_eq!(changed.len(), 3);
    assert_eq!(archive.changed_since(version + 2, &head).await.unwrap(), these(3));
    assert!(archive.changed_since(version + 3, &head).await.is_err());
    // Made anew in between.
    archive.commit(Some(&head), &with(None, "x"), LANGUAGE, Changed::Everything, at(2)).await.unwrap().unwrap();
    add(&drawer, "y", at(3)).await.unwrap();
    let head = archive.newest().await.unwrap().unwrap();
    assert_eq!(archive.changed_since(version, &head).await.unwrap(), Changed::Everything);
    // Begun anew: its versions have nothing to do with those before.
    drawer.clear("");
    add(&drawer, "z", at(100)).await.unwrap();
    let head = archive.newest().await.unwrap().unwrap();
    assert!(head.manifest.version > version + 1_000);
    assert!(archive.changed_since(version, &head).await.is_err());
}

#[tokio::test]
async fn a_sweep_takes_what_no_version_needs_and_nothing_that_may_still_be_needed() {
    let drawer = Drawer::default();
    drawer.set_clock(at(0));
    add(&drawer, "a", at(0)).await.unwrap();
    drawer.put("packs/v1/orphan", Bytes::from_static(b"of a writer that died")).await.unwrap();
    let archive = Archive::new(drawer.clone());
    let head = archive.newest().await.unwrap().unwrap();
    archive.commit(Some(&head), &with(None, "b"), LANGUAGE, Changed::Everything, at(0)).await.unwrap().unwrap();
    // Half an hour later the version before is needed, and the orphan may be somebody's who is at it.
    assert_eq!(archive.sweep(at(1_800)).await.unwrap(), 0);
    drawer.set_clock(at(3_500));
    add(&drawer, "c", at(3_500)).await.unwrap();
    // An hour later: the first version, its pack and the orphan go. The second was replaced just now.
    assert_eq!(archive.sweep(at(3_601)).await.unwrap(), 3);
    let shelf = IndexReader::new(drawer.clone());
    assert_eq!(seen(&shelf, at(3_601)).await, ["b", "c"]);
    let version = shelf.newest(at(3_601)).await.unwrap().version;
    assert_eq!(products(&shelf.at(version - 1).await.unwrap().unwrap()), ["b"]);
    assert_eq!(archive.sweep(at(3_601)).await.unwrap(), 0);
    assert_eq!(seen(&IndexReader::new(drawer), at(3_601)).await, ["b", "c"]);
}

#[tokio::test]
async fn what_was_put_away_for_a_commit_that_came_too_late_is_not_put_away_again() {
    let drawer = Drawer::default();
    add(&drawer, "a", at(0)).await.unwrap();
    let archive = Archive::new(drawer.clone());
    let head = archive.newest().await.unwrap().unwrap();
    let anew = with(None, "everything");
    add(&drawer, "b", at(1)).await.unwrap();
    assert!(archive.commit(Some(&head), &anew, LANGUAGE, Changed::Everything, at(1)).await.unwrap().is_none());
    let packs = |drawer: &Drawer| drawer.keys().iter().filter(|key| key.starts_with("packs/")).count();
    let (before, head) = (packs(&drawer), archive.newest().await.unwrap().unwrap());
    archive.commit(Some(&head), &anew, LANGUAGE, Changed::Everything, at(1)).await.unwrap().unwrap();
    assert_eq!(packs(&drawer), before);
    assert_eq!(seen(&IndexReader::new(drawer), at(1)).await, ["everything"]);
}
