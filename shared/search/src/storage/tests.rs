//! Tests of readers and writers of one bucket.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use souk_domain::{Id, ProductId};
use uuid::Uuid;

use super::{
    testing::{Fault, MemoryBucket},
    *,
};
use crate::{Changed, Entry, Files, Language, ProductEntry, SCHEMA, Subject, Writer};

const LANGUAGE: Language = Language::English;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

fn change_of(n: u128) -> Changed {
    Changed::These(BTreeSet::from([Subject::Product(ProductId::from_uuid(Uuid::from_u128(n)))]))
}

/// Returns an index with one more product.
fn with_product(files: Option<Files>, id: &str) -> Files {
    let mut writer = Writer::open(files, LANGUAGE).unwrap();
    let product = ProductEntry { id: id.to_owned(), title: format!("product {id}"), ..ProductEntry::default() };
    writer.put(&Entry::Product(Box::new(product))).unwrap();
    writer.commit().unwrap()
}

/// Commits one more product, as a new process without any cached state does.
async fn add(bucket: &MemoryBucket, id: &str, now: Timestamp) -> Result<Option<u64>, IndexStorageError> {
    let storage = IndexStorage::new(bucket.clone());
    let newest = storage.newest().await?;
    let files = match &newest {
        Some(newest) => Some(storage.files(&newest.manifest).await?),
        None => None,
    };
    let committed = storage.commit(newest.as_ref(), &with_product(files, id), LANGUAGE, change_of(1), now).await?;
    Ok(committed.map(|manifest| manifest.version))
}

fn products(version: &IndexVersion) -> Vec<String> {
    let mut ids: Vec<String> = version.index.products(None).unwrap().into_iter().map(|(id, _)| id).collect();
    ids.sort();
    ids
}

async fn newest_products(reader: &IndexReader<MemoryBucket>, now: Timestamp) -> Vec<String> {
    products(&reader.newest(now).await.expect("an index"))
}

#[tokio::test]
async fn a_new_version_is_read_within_a_second_with_one_check_per_second() {
    let bucket = MemoryBucket::default();
    let reader = IndexReader::new(bucket.clone());
    assert!(reader.newest(at(0)).await.is_none());
    add(&bucket, "a", at(1)).await.unwrap();
    assert_eq!(newest_products(&reader, at(1)).await, ["a"]);
    add(&bucket, "b", at(1)).await.unwrap();
    let before = bucket.requests();
    for _ in 0..100 {
        assert_eq!(newest_products(&reader, at(1)).await, ["a"]);
    }
    assert_eq!(bucket.requests(), before);
    assert_eq!(newest_products(&reader, at(2)).await, ["a", "b"]);
    // No new version: one request, with an empty answer.
    let before = bucket.requests();
    assert_eq!(newest_products(&reader, at(3)).await, ["a", "b"]);
    assert_eq!(bucket.requests(), before + 1);
    // A clock that was set back does not stop the checks.
    add(&bucket, "c", at(3)).await.unwrap();
    assert_eq!(newest_products(&reader, at(-3600)).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn an_open_version_continues_to_serve_if_the_next_one_fails() {
    let bucket = MemoryBucket::default();
    let reader = IndexReader::new(bucket.clone());
    add(&bucket, "a", at(0)).await.unwrap();
    assert_eq!(newest_products(&reader, at(0)).await, ["a"]);
    add(&bucket, "b", at(0)).await.unwrap();
    // The manifest or the files cannot be read.
    for (request, second) in [(0, 1), (1, 2)] {
        bucket.fail(request, Fault::Before);
        assert_eq!(newest_products(&reader, at(second)).await, ["a"]);
    }
    // Nothing can be read.
    bucket.set_down(true);
    assert_eq!(newest_products(&reader, at(3)).await, ["a"]);
    bucket.set_down(false);
    assert_eq!(newest_products(&reader, at(4)).await, ["a", "b"]);
    // The manifest is malformed, names missing files, or is missing.
    let newest = IndexReader::new(bucket.clone()).storage.newest().await.unwrap().unwrap();
    let mut broken = newest.manifest.clone();
    for place in broken.files.values_mut() {
        place.length += 1;
    }
    let broken = Bytes::from(serde_json::to_vec(&broken).unwrap());
    for (content, second) in [(Bytes::from_static(b"{"), 5), (broken, 6)] {
        bucket.put(&format!("manifest/v{SCHEMA}.json"), content).await.unwrap();
        assert_eq!(newest_products(&reader, at(second)).await, ["a", "b"]);
    }
    bucket.clear("");
    assert_eq!(newest_products(&reader, at(7)).await, ["a", "b"]);
}

#[tokio::test]
async fn only_new_files_are_read_and_written() {
    let bucket = MemoryBucket::default();
    let reader = IndexReader::new(bucket.clone());
    add(&bucket, "a", at(0)).await.unwrap();
    reader.newest(at(0)).await.unwrap();
    let storage = IndexStorage::new(bucket.clone());
    let newest = storage.newest().await.unwrap().unwrap();
    let files = storage.files(&newest.manifest).await.unwrap();
    let before = bucket.requests();
    let committed = storage.commit(Some(&newest), &with_product(Some(files), "b"), LANGUAGE, change_of(2), at(1)).await;
    let next = committed.unwrap().unwrap();
    // The pack, the version before, and the manifest.
    assert_eq!(bucket.requests(), before + 3);
    let kept = next.files.iter().filter(|(name, place)| newest.manifest.files.get(*name) == Some(*place)).count();
    assert!(kept >= 5, "{kept} files of the segment before");
    let before = bucket.requests();
    assert_eq!(newest_products(&reader, at(1)).await, ["a", "b"]);
    // The manifest, and one range of one pack.
    assert_eq!(bucket.requests(), before + 2);
}

#[tokio::test]
async fn an_earlier_version_can_be_opened_for_an_hour() {
    let bucket = MemoryBucket::default();
    bucket.set_clock(at(0));
    let first = add(&bucket, "a", at(0)).await.unwrap().unwrap();
    let old = IndexReader::new(bucket.clone());
    old.newest(at(0)).await.unwrap();
    for id in ["b", "c", "d", "e", "f", "g", "h"] {
        add(&bucket, id, at(1)).await.unwrap();
    }
    let newest = first + 7;
    // A reader that has it open needs no request; a new process opens it.
    let before = bucket.requests();
    assert_eq!(products(&old.at(first).await.unwrap().unwrap()), ["a"]);
    assert_eq!(bucket.requests(), before);
    let fresh = IndexReader::new(bucket.clone());
    fresh.newest(at(1)).await.unwrap();
    for (version, count) in [(first, 1), (first + 1, 2), (newest, 8), (first + 4, 5), (first, 1)] {
        assert_eq!(products(&fresh.at(version).await.unwrap().unwrap()).len(), count);
    }
    assert!(fresh.state().earlier.len() <= MAX_EARLIER);
    assert_eq!(newest_products(&fresh, at(1)).await.len(), 8);
    // A reader that knows the newest version only from another process.
    assert_eq!(products(&old.at(newest).await.unwrap().unwrap()).len(), 8);
    // A version that never existed, and one that was swept.
    assert!(fresh.at(first - 1).await.unwrap().is_none());
    assert!(fresh.at(newest + 1).await.unwrap().is_none());
    bucket.set_down(true);
    assert!(fresh.at(first + 2).await.is_err());
    bucket.set_down(false);
    IndexStorage::new(bucket.clone()).sweep(at(3_601)).await.unwrap();
    assert!(IndexReader::new(bucket.clone()).at(first).await.unwrap().is_none());
    assert_eq!(products(&IndexReader::new(bucket).at(newest).await.unwrap().unwrap()).len(), 8);
}

#[tokio::test]
async fn an_interrupted_commit_leaves_the_old_version_or_the_new_one() {
    let ended_with: BTreeMap<(u64, bool), usize> = {
        let mut all = BTreeMap::new();
        // One request for the manifest, one for the files, three for the commit.
        for request in 0..5 {
            for fault in [Fault::Before, Fault::After] {
                let bucket = MemoryBucket::default();
                add(&bucket, "a", at(0)).await.unwrap();
                bucket.fail(request, fault);
                assert!(add(&bucket, "b", at(1)).await.is_err());
                let left = newest_products(&IndexReader::new(bucket.clone()), at(1)).await.len();
                all.insert((request, fault == Fault::After), left);
                // Another process continues.
                add(&bucket, "c", at(2)).await.unwrap();
                let reader = IndexReader::new(bucket.clone());
                assert_eq!(newest_products(&reader, at(2)).await.len(), left + 1);
                let version = reader.newest(at(2)).await.unwrap().version;
                assert_eq!(products(&reader.at(version - 1).await.unwrap().unwrap()).len(), left);
            }
        }
        all
    };
    let two: Vec<_> = ended_with.iter().filter(|(_, left)| **left == 2).map(|(step, _)| *step).collect();
    assert_eq!(two, [(4, true)], "only if the manifest was replaced");
}

#[tokio::test]
async fn of_two_commits_on_the_same_version_one_is_refused() {
    let bucket = MemoryBucket::default();
    add(&bucket, "a", at(0)).await.unwrap();
    let (one, other) = (IndexStorage::new(bucket.clone()), IndexStorage::new(bucket.clone()));
    let (newest, same) = (one.newest().await.unwrap().unwrap(), other.newest().await.unwrap().unwrap());
    let (files, too) = (one.files(&newest.manifest).await.unwrap(), other.files(&same.manifest).await.unwrap());
    let (files, too) = (with_product(Some(files), "b"), with_product(Some(too), "c"));
    let (first, second) = tokio::join!(
        one.commit(Some(&newest), &files, LANGUAGE, change_of(2), at(1)),
        other.commit(Some(&same), &too, LANGUAGE, change_of(3), at(1)),
    );
    let won = [first.unwrap(), second.unwrap()];
    assert_eq!(won.iter().filter(|won| won.is_some()).count(), 1);
    // A second first version does not replace the first.
    assert!(one.commit(None, &files, LANGUAGE, Changed::Everything, at(2)).await.unwrap().is_none());
    let next = other.newest().await.unwrap().unwrap();
    assert_eq!(other.changed_since(newest.manifest.version, &next).await.unwrap(), next.manifest.changed);
}

#[tokio::test]
async fn the_changes_since_a_version_are_those_of_all_versions_after_it() {
    let bucket = MemoryBucket::default();
    add(&bucket, "a", at(0)).await.unwrap();
    let storage = IndexStorage::new(bucket.clone());
    let first = storage.newest().await.unwrap().unwrap();
    for n in 1..=3 {
        let newest = storage.newest().await.unwrap().unwrap();
        let files = with_product(Some(storage.files(&newest.manifest).await.unwrap()), &n.to_string());
        storage.commit(Some(&newest), &files, LANGUAGE, change_of(n), at(1)).await.unwrap().unwrap();
    }
    let (version, newest) = (first.manifest.version, storage.newest().await.unwrap().unwrap());
    let Changed::These(changed) = storage.changed_since(version, &newest).await.unwrap() else { panic!("everything") };
    assert_eq!(changed.len(), 3);
    assert_eq!(storage.changed_since(version + 2, &newest).await.unwrap(), change_of(3));
    assert!(storage.changed_since(version + 3, &newest).await.is_err());
    // Rebuilt in between.
    storage
        .commit(Some(&newest), &with_product(None, "x"), LANGUAGE, Changed::Everything, at(2))
        .await
        .unwrap()
        .unwrap();
    add(&bucket, "y", at(3)).await.unwrap();
    let newest = storage.newest().await.unwrap().unwrap();
    assert_eq!(storage.changed_since(version, &newest).await.unwrap(), Changed::Everything);
    // Started over: its versions do not descend from those before.
    bucket.clear("");
    add(&bucket, "z", at(100)).await.unwrap();
    let newest = storage.newest().await.unwrap().unwrap();
    assert!(newest.manifest.version > version + 1_000);
    assert!(storage.changed_since(version, &newest).await.is_err());
}

#[tokio::test]
async fn a_sweep_deletes_only_what_no_version_needs() {
    let bucket = MemoryBucket::default();
    bucket.set_clock(at(0));
    add(&bucket, "a", at(0)).await.unwrap();
    bucket.put(&format!("packs/v{SCHEMA}/orphan"), Bytes::from_static(b"of a writer that died")).await.unwrap();
    let storage = IndexStorage::new(bucket.clone());
    let newest = storage.newest().await.unwrap().unwrap();
    storage
        .commit(Some(&newest), &with_product(None, "b"), LANGUAGE, Changed::Everything, at(0))
        .await
        .unwrap()
        .unwrap();
    // Half an hour later, the version before is still needed, and the orphaned pack may belong to a commit in progress.
    assert_eq!(storage.sweep(at(1_800)).await.unwrap(), 0);
    bucket.set_clock(at(3_500));
    add(&bucket, "c", at(3_500)).await.unwrap();
    // An hour later, the first version, its pack and the orphaned pack are deleted. The second version was replaced
    // just now.
    assert_eq!(storage.sweep(at(3_601)).await.unwrap(), 3);
    let reader = IndexReader::new(bucket.clone());
    assert_eq!(newest_products(&reader, at(3_601)).await, ["b", "c"]);
    let version = reader.newest(at(3_601)).await.unwrap().version;
    assert_eq!(products(&reader.at(version - 1).await.unwrap().unwrap()), ["b"]);
    assert_eq!(storage.sweep(at(3_601)).await.unwrap(), 0);
    assert_eq!(newest_products(&IndexReader::new(bucket), at(3_601)).await, ["b", "c"]);
}

#[tokio::test]
async fn files_of_a_refused_commit_are_not_uploaded_again() {
    let bucket = MemoryBucket::default();
    add(&bucket, "a", at(0)).await.unwrap();
    let storage = IndexStorage::new(bucket.clone());
    let newest = storage.newest().await.unwrap().unwrap();
    let rebuilt = with_product(None, "everything");
    add(&bucket, "b", at(1)).await.unwrap();
    assert!(storage.commit(Some(&newest), &rebuilt, LANGUAGE, Changed::Everything, at(1)).await.unwrap().is_none());
    let packs = |bucket: &MemoryBucket| bucket.keys().iter().filter(|key| key.starts_with("packs/")).count();
    let (before, newest) = (packs(&bucket), storage.newest().await.unwrap().unwrap());
    storage.commit(Some(&newest), &rebuilt, LANGUAGE, Changed::Everything, at(1)).await.unwrap().unwrap();
    assert_eq!(packs(&bucket), before);
    assert_eq!(newest_products(&IndexReader::new(bucket), at(1)).await, ["everything"]);
}
