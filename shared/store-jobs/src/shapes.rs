//! The whole stored item of every entity, attribute by attribute.

use souk_domain::JobId;
use souk_store_shapes::{at, id, shapes};

use crate::jobs::{Export, Flaw, Import, Job, RefusedRow, State, StoredPart, Task};

shapes! {
    an_import: Job {
        id: id::<JobId>(9),
        shop: id(2),
        task: Task::Import(Import { rows: 200, last: 51, created: 48, refused: 2, file: Some("\"9f1c\"".to_owned()) }),
        state: State::Running,
        version: 2,
        created_at: at(),
    };
    an_export: Job {
        id: id::<JobId>(9),
        shop: id(2),
        task: Task::Export(Export {
            written: 3_500,
            from: None,
            upload: Some("2~upload".to_owned()),
            parts: vec![StoredPart { tag: "\"9f1c\"".to_owned(), checksum: Some("AAAAAA==".to_owned()) }],
            ended: true,
        }),
        state: State::Done { at: at() },
        version: 2,
        created_at: at(),
    };
    a_refused_row: RefusedRow {
        job: id(9),
        row: 17,
        flaws: vec![Flaw {
            column: Some("variants".to_owned()),
            entry: Some(2),
            code: "malformed".to_owned(),
            detail: "stock must be a whole number".to_owned(),
        }],
        created_at: at(),
    };
}
