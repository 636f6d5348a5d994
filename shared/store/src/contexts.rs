//! How the contexts fit together, checked in their sources: keys that do not meet, modules that do not depend on each other
//! in a circle. Between the crates Cargo refuses circles.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The sources of every crate of the store, by the crate's folder.
fn crates() -> BTreeMap<String, PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let crates = fs::read_dir(shared).unwrap().map(|entry| entry.unwrap());
    let crates = crates.filter(|entry| entry.file_name().to_str().unwrap().starts_with("store"));
    crates.map(|entry| (entry.file_name().into_string().unwrap(), entry.path().join("src"))).collect()
}

/// The text of a module and of all modules below it, without comments. Empty if the crate has no such module.
fn module(src: &Path, name: &str) -> String {
    let children = fs::read_dir(src.join(name)).into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = [src.join(name).with_extension("rs")].into_iter().chain(children);
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| fs::read_to_string(path).ok())
        .flat_map(|text| text.lines().map(|line| format!("{line}\n")).collect::<Vec<_>>())
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect()
}

/// The formats of partitions and lists in a `keys` module: the text that makes one, with `{}` for what is filled in.
fn partitions(keys: &str) -> BTreeSet<String> {
    let begins =
        ["Key::new(format!(\"", "Key::new(\"", "-> String {\n    format!(\"", "-> String {\n    \"", "list: \""];
    let literals = begins.into_iter().flat_map(|begin| keys.split(begin).skip(1));
    literals.map(|rest| blank(rest.split('"').next().unwrap_or_default())).collect()
}

/// A format with `{}` for each `{name}`.
fn blank(format: &str) -> String {
    let mut parts = format.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |blank, part| blank + "{}" + part.split_once('}').map_or("", |(_, rest)| rest))
}

#[test]
fn no_two_contexts_make_the_same_partition() {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for (name, src) in crates() {
        for partition in partitions(&module(&src, "keys")) {
            if let Some(other) = owners.insert(partition.clone(), name.clone()) {
                panic!("{name} and {other} both make the partition {partition}");
            }
        }
    }
    assert!(owners.len() > 50, "the formats are found: {owners:?}");
    assert_eq!(owners["DISCOUNTS#{}"], "store-sales");
    assert_eq!(owners["SHOP#{}"], "store");
}

#[test]
fn no_modules_depend_on_each_other_in_a_circle() {
    for (name, src) in crates() {
        let files = fs::read_dir(&src).unwrap().map(|entry| entry.unwrap().path());
        let modules: BTreeSet<String> = files
            .filter(|path| path.is_file())
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .filter(|module| !["lib", "shapes", "contexts"].contains(&module.as_str()))
            .collect();
        let exports = exports(&module(&src, "lib"));
        let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for own in &modules {
            let used = used(&module(&src, own)).into_iter().map(|name| exports.get(&name).cloned().unwrap_or(name));
            let used = used.filter_map(|name| modules.get(&name)).filter(|other| *other != own);
            uses.insert(own, used.map(String::as_str).collect());
        }
        // A module that uses none of those that are left goes, until none is left.
        while !uses.is_empty() {
            let free: Vec<&str> = uses.iter().filter(|(_, used)| used.is_empty()).map(|(module, _)| *module).collect();
            assert!(!free.is_empty(), "{name}: some of these depend on each other in a circle: {uses:?}");
            uses.retain(|module, _| !free.contains(module));
            uses.values_mut().for_each(|used| used.retain(|module| !free.contains(module)));
        }
    }
}

/// What a crate's root exports of its modules: the name, and its module.
fn exports(lib: &str) -> BTreeMap<String, String> {
    let uses = lib.split("pub use ").skip(1).filter_map(|text| text.split_once(';')?.0.split_once("::"));
    uses.flat_map(|(module, names)| words(names).map(|name| (name, module.to_owned())).collect::<Vec<_>>()).collect()
}

/// The first names after `crate::`, those in its braces too.
fn used(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        let Some(list) = rest.strip_prefix('{') else {
            names.extend(words(rest).next());
            continue;
        };
        let (mut depth, mut entry) = (0_usize, String::new());
        for character in list.chars() {
            match character {
                '}' if depth == 0 => break,
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => names.extend(words(&std::mem::take(&mut entry)).next()),
                _ => {}
            }
            entry.push(character);
        }
        names.extend(words(&entry).next());
    }
    names
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.split(move |character| !is_part(character)).filter(|word| !word.is_empty()).map(str::to_owned)
}
