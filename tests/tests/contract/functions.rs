//! Every function has one name: its module, its type, its binary and its sample event are named alike.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use souk_runtime::{Function, camel_case};
use xtask::functions;

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn listed() -> BTreeSet<String> {
    functions().iter().map(Function::binary).collect()
}

fn file_names(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn the_services_list_every_binary() {
    let services = fs::read_dir(workspace().join("functions")).unwrap().map(|service| service.unwrap().path());
    let binaries: BTreeSet<String> = services.flat_map(|service| file_names(&service.join("src/bin"))).collect();
    assert_eq!(listed(), binaries);
}

#[test]
fn every_function_has_a_sample_event_and_every_sample_event_has_a_function() {
    assert_eq!(listed(), file_names(&workspace().join("events")));
}

#[test]
fn the_type_of_a_function_is_named_like_its_module() {
    for function in functions() {
        let expected = format!("::{}::{}", function.name, camel_case(function.name));
        assert!(function.type_path.ends_with(&expected), "{} does not end with {expected}", function.type_path);
    }
}

#[test]
fn every_function_can_read_its_sample_event() {
    let refused: Vec<String> = functions()
        .iter()
        .filter_map(|function| {
            let name = function.binary();
            let event = fs::read_to_string(workspace().join(format!("events/{name}.json"))).unwrap();
            (function.read)(&event).err().map(|reason| format!("{name}: {reason}"))
        })
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
