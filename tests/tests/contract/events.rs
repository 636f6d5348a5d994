//! The sample events: one for every function, and each what its function reads.

use std::{collections::BTreeSet, fs};

use crate::doors::{binaries, doors, workspace};

#[test]
fn the_doors_that_are_tested_are_all_the_doors_there_are() {
    let known: BTreeSet<String> = doors().into_iter().map(|door| door.name).collect();
    assert_eq!(known, binaries());
}

#[test]
fn every_door_has_an_event_and_every_event_has_a_door() {
    let files = fs::read_dir(workspace().join("events")).unwrap().map(|file| file.unwrap().path());
    let events: BTreeSet<String> = files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(events, binaries());
}

#[test]
fn every_event_is_what_its_function_reads() {
    let refused: Vec<String> = doors()
        .into_iter()
        .filter_map(|door| {
            let event = fs::read_to_string(workspace().join(format!("events/{}.json", door.name))).unwrap();
            (door.read)(&event).err().map(|reason| format!("{}: {reason}", door.name))
        })
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
