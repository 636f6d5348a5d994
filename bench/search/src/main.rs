//! Measures the search engine in a process of its own, for `bench/searching.py`.
//!
//!     bench-search index CATALOGUE FOLDER        builds the index of a catalogue and stores its files
//!     bench-search change CATALOGUE FOLDER COUNT ROUNDS AFTER
//!                                                commits COUNT changed products per round, each round to the version
//!                                                before, and stores the files of the last version
//!     bench-search first FOLDER                  opens the index and runs one query
//!     bench-search ask FOLDER ROUNDS             runs the queries from its standard input, one per line
//!
//! Each prints one line of JSON, `ask` one per query. Times are in microseconds.

mod catalogue;

use std::{
    collections::BTreeSet,
    env,
    error::Error,
    fs,
    io::{self, BufRead, BufReader},
    path::Path,
    time::Instant,
};

use serde_json::json;
use souk_search::{File, Files, Index, Language, Query, Writer};

use crate::catalogue::{SearchRequest, products};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["index", catalogue, folder] => index(catalogue, folder),
        ["change", catalogue, folder, count, rounds, after] => {
            change(catalogue, folder, count.parse()?, rounds.parse()?, after)
        }
        ["first", folder] => open_and_search(folder),
        ["ask", folder, rounds] => answer_requests(folder, rounds.parse()?),
        _ => Err("see the head of bench/search/src/main.rs".into()),
    }
}

fn index(catalogue: &str, folder: &str) -> Outcome {
    let mut products = products(catalogue)?;
    let start = Instant::now();
    let mut writer = Writer::open(None, Language::English)?;
    products.try_for_each(|product| -> Outcome { Ok(writer.put(&product?)?) })?;
    let files = writer.commit()?;
    let us = micros(start);
    store(&files, folder)?;
    println!("{}", json!({ "us": us, "bytes": bytes(&files), "resident_kib": peak()? }));
    Ok(())
}

fn change(catalogue: &str, folder: &str, count: usize, rounds: usize, after: &str) -> Outcome {
    let mut files = load(folder)?;
    let mut products = products(catalogue)?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let changed = products.by_ref().take(count).collect::<Result<Vec<_>, _>>()?;
        let before: BTreeSet<String> = files.iter().map(|(name, _)| name.to_owned()).collect();
        let start = Instant::now();
        let mut writer = Writer::open(Some(files), Language::English)?;
        for product in &changed {
            writer.put(product)?;
        }
        files = writer.commit()?;
        let us = micros(start);
        let new = files.iter().filter(|(name, _)| *name == "meta.json" || !before.contains(*name));
        let bytes: usize = new.map(|(_, file)| file.len()).sum();
        times.push(json!({ "us": us, "bytes": bytes }));
    }
    store(&files, after)?;
    println!("{}", json!({ "rounds": times, "resident_kib": peak()? }));
    Ok(())
}

fn open_and_search(folder: &str) -> Outcome {
    let files = load(folder)?;
    let start = Instant::now();
    let index = Index::open(files, Language::English)?;
    let opened = micros(start);
    let text = String::from("stonware mug");
    let query = Query { text: Some(text), facets: true, limit: 20, ..Query::default() };
    let found = index.search(&query, 0)?;
    println!("{}", json!({ "opened_us": opened, "us": micros(start), "total": found.total, "resident_kib": peak()? }));
    Ok(())
}

fn answer_requests(folder: &str, rounds: usize) -> Outcome {
    let index = Index::open(load(folder)?, Language::English)?;
    for line in io::stdin().lock().lines() {
        let request: SearchRequest = serde_json::from_str(&line?)?;
        let mut times = Vec::new();
        let mut answer = json!(null);
        for _ in 0..rounds {
            let start = Instant::now();
            answer = match (&request.suggest, request.query()) {
                (Some(text), _) => json!({ "texts": index.suggest(text, 10)?.texts }),
                (None, query) => {
                    let found = index.search(&query, request.now)?;
                    let ids: Vec<_> = found.hits.into_iter().map(|hit| hit.id).collect();
                    json!({ "ids": ids, "total": found.total, "did_you_mean": found.did_you_mean })
                }
            };
            times.push(micros(start));
        }
        println!("{}", json!({ "us": times, "answer": answer, "resident_kib": peak()? }));
    }
    Ok(())
}

fn store(files: &Files, folder: &str) -> Outcome {
    fs::create_dir_all(folder)?;
    for (name, file) in files.iter() {
        fs::write(Path::new(folder).join(name), file)?;
    }
    Ok(())
}

fn load(folder: &str) -> Outcome<Files> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let files = entries
        .iter()
        .map(|entry| Ok((entry.file_name().to_string_lossy().into_owned(), File::from(fs::read(entry.path())?))));
    files.collect()
}

fn bytes(files: &Files) -> usize {
    files.iter().map(|(_, file)| file.len()).sum()
}

fn micros(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Returns the peak memory of the process, in KiB.
fn peak() -> Outcome<u64> {
    let status = BufReader::new(fs::File::open("/proc/self/status")?);
    for line in status.lines() {
        if let Some(peak) = line?.strip_prefix("VmHWM:") {
            return Ok(peak.trim_end_matches("kB").trim().parse()?);
        }
    }
    Err("the kernel does not report the memory of a process".into())
}
