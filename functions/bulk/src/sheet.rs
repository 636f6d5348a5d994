//! A whole file: its header, its rows, and what is wrong with them.

use csv::{ByteRecord, ReaderBuilder, Terminator, WriterBuilder};
use serde_json::{Map, Value};
use souk_domain::Currency;

use crate::columns::{COLUMNS, Column, Flaw};

/// A file that is no table of products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
}

impl Unreadable {
    pub(crate) fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// A row that is not empty.
#[derive(Debug)]
pub(crate) struct Row {
    /// As a spreadsheet program counts: the header is the first.
    pub(crate) number: u32,
    /// The body that it stands for, and what is wrong with its cells.
    pub(crate) body: Value,
    pub(crate) flaws: Vec<Flaw>,
}

/// A file that was opened.
pub(crate) struct Sheet<'a> {
    header: Vec<&'static Column>,
    rows: csv::ByteRecordsIntoIter<&'a [u8]>,
    currency: Currency,
    number: u32,
}

impl<'a> Sheet<'a> {
    /// Reads the header. A mark of the byte order before it is passed over.
    pub(crate) fn open(file: &'a [u8], currency: Currency) -> Result<Self, Unreadable> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let header = reader.headers().map_err(|_| Unreadable::new("not_utf8", "The file must be in UTF-8."))?;
        let header = columns_of(header.iter())?;
        Ok(Self { header, rows: reader.into_byte_records(), currency, number: 1 })
    }

    fn read(&self, record: &ByteRecord) -> Row {
        let (mut body, mut flaws) = (Map::new(), Vec::new());
        if record.len() != self.header.len() {
            let detail = format!("has {} cells, and the header has {}", record.len(), self.header.len());
            flaws.push(Flaw::of_row("wrong_number_of_cells", &detail));
            return Row { number: self.number, body: Value::Object(body), flaws };
        }
        for (column, cell) in self.header.iter().zip(record) {
            if let Ok(cell) = std::str::from_utf8(cell) {
                body.extend(column.read(cell, self.currency, &mut flaws));
            } else {
                flaws.push(Flaw { column: Some(column.name), ..Flaw::of_row("not_utf8", "must be in UTF-8") });
            }
        }
        Row { number: self.number, body: Value::Object(body), flaws }
    }
}

impl Iterator for Sheet<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            // Reading from memory cannot fail, and a flexible reader takes rows of any length.
            let record = self.rows.next()?.ok()?;
            self.number += 1;
            if !record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                return Some(self.read(&record));
            }
        }
    }
}

fn columns_of<'h>(names: impl Iterator<Item = &'h str>) -> Result<Vec<&'static Column>, Unreadable> {
    let mut header: Vec<&'static Column> = Vec::new();
    for (place, name) in (1..).zip(names) {
        let name = name.trim().to_lowercase();
        let Some(column) = COLUMNS.iter().find(|column| column.name == name) else {
            let known: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
            let detail = format!("Column {place} has a name that is not known. Known are: {}.", known.join(", "));
            return Err(Unreadable::new("unknown_column", detail));
        };
        if header.iter().any(|before| before.name == column.name) {
            return Err(Unreadable::new("repeated_column", format!("There are two columns {}.", column.name)));
        }
        header.push(column);
    }
    match COLUMNS.iter().find(|column| column.required && !header.iter().any(|given| given.name == column.name)) {
        Some(missing) => Err(Unreadable::new("missing_column", format!("There is no column {}.", missing.name))),
        None => Ok(header),
    }
}

/// The header of an export. The mark of the byte order before it tells Excel that the file is UTF-8.
pub(crate) fn header() -> Vec<u8> {
    ["\u{feff}".as_bytes(), &line(COLUMNS.iter().map(|column| column.name.to_owned()))].concat()
}

/// The row of a body.
pub(crate) fn row(body: &Value) -> Vec<u8> {
    line(COLUMNS.iter().map(|column| column.write(body)))
}

fn line(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _written = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(file: &[u8]) -> Vec<Row> {
        Sheet::open(file, Currency::EUR).unwrap().collect()
    }

    fn unreadable(file: &[u8]) -> &'static str {
        Sheet::open(file, Currency::EUR).err().unwrap().reason
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_does() {
        let file = "title,price,category,variants\nMug,12,home,1\n,,,\n\"Two\nlines\",13,home,2\n";
        let numbers: Vec<u32> = rows(file.as_bytes()).iter().map(|row| row.number).collect();
        assert_eq!(numbers, [2, 4]);
    }

    #[test]
    fn columns_come_in_any_order_and_spelling() {
        let file = "\u{feff}Variants, Title ,CATEGORY,price\r\n25;Blue,Mug,home,12.99\r\n";
        let row = rows(file.as_bytes()).remove(0);
        assert_eq!(
            row.body,
            json!({
                "title": "Mug",
                "category": "home",
                "price": { "amount": 1_299, "currency": "EUR" },
                "skus": [{ "stock": 25, "colour": "Blue" }],
            })
        );
    }

    #[test]
    fn a_file_that_is_no_table_of_products_is_refused_as_a_whole() {
        assert_eq!(unreadable(b"title,price,category,variants,colour\n"), "unknown_column");
        assert_eq!(unreadable(b"title,price,title\n"), "repeated_column");
        assert_eq!(unreadable(b"title,price,category\n"), "missing_column");
        assert_eq!(unreadable(b""), "missing_column");
        assert_eq!(unreadable(b"title;price;category;variants\n"), "unknown_column");
        assert_eq!(unreadable(b"t\xfctle,price\n"), "not_utf8");
    }

    #[test]
    fn a_row_that_cannot_be_read_leaves_the_others_alone() {
        let file = b"title,price,category,variants\nM\xfcg,1,home,1\nMug,1,home\nMug,1,home,1\n";
        let flaws: Vec<Vec<String>> =
            rows(file).into_iter().map(|row| row.flaws.into_iter().map(|flaw| flaw.code).collect()).collect();
        assert_eq!(flaws, [vec!["not_utf8"], vec!["wrong_number_of_cells"], vec![]]);
    }

    #[test]
    fn what_is_exported_can_be_imported() {
        let body = json!({
            "title": "-Mug-, \"blue\"",
            "price": { "amount": 1_850, "currency": "EUR" },
            "category": "home",
            "skus": [{ "stock": 3 }],
        });
        let rows = rows(&[header(), row(&body), row(&body)].concat());
        assert_eq!(rows.len(), 2);
        for row in rows {
            assert_eq!((row.body, row.flaws), (body.clone(), vec![]));
        }
    }
}
