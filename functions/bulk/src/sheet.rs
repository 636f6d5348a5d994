//! The CSV file of an import or an export: its header, its rows and their errors.

use csv::{ByteRecord, ReaderBuilder, Terminator, WriterBuilder};
use serde_json::{Map, Value};
use souk_domain::Currency;

use crate::columns::{COLUMNS, Column, RowError};

/// The reason why a whole file is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidFile {
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
}

impl InvalidFile {
    pub(crate) fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// A row that is not empty.
#[derive(Debug)]
pub(crate) struct Row {
    /// The number as a spreadsheet program shows it: the header is row 1.
    pub(crate) number: u32,
    /// The body of `POST /v1/products` that the row stands for, and the errors of its cells.
    pub(crate) body: Value,
    pub(crate) errors: Vec<RowError>,
}

/// An open file, read row by row.
pub(crate) struct Sheet<'a> {
    header: Vec<&'static Column>,
    rows: csv::ByteRecordsIntoIter<&'a [u8]>,
    currency: Currency,
    number: u32,
}

impl<'a> Sheet<'a> {
    /// Reads the header. Skips a byte order mark at the beginning.
    pub(crate) fn open(file: &'a [u8], currency: Currency) -> Result<Self, InvalidFile> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let header = reader.headers().map_err(|_| InvalidFile::new("not_utf8", "The file must be in UTF-8."))?;
        let header = columns_of(header.iter())?;
        Ok(Self { header, rows: reader.into_byte_records(), currency, number: 1 })
    }

    fn read(&self, record: &ByteRecord) -> Row {
        let (mut body, mut errors) = (Map::new(), Vec::new());
        if record.len() != self.header.len() {
            let detail = format!("has {} cells, and the header has {}", record.len(), self.header.len());
            errors.push(RowError::of_row("wrong_number_of_cells", &detail));
            return Row { number: self.number, body: Value::Object(body), errors };
        }
        for (column, cell) in self.header.iter().zip(record) {
            if let Ok(cell) = std::str::from_utf8(cell) {
                body.extend(column.read(cell, self.currency, &mut errors));
            } else {
                errors.push(RowError { column: Some(column.name), ..RowError::of_row("not_utf8", "must be in UTF-8") });
            }
        }
        Row { number: self.number, body: Value::Object(body), errors }
    }
}

impl Iterator for Sheet<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            // Reading from memory cannot fail, and a flexible reader accepts rows of any length.
            let record = self.rows.next()?.ok()?;
            self.number += 1;
            if !record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                return Some(self.read(&record));
            }
        }
    }
}

fn columns_of<'h>(names: impl Iterator<Item = &'h str>) -> Result<Vec<&'static Column>, InvalidFile> {
    let mut header: Vec<&'static Column> = Vec::new();
    for (number, name) in (1..).zip(names) {
        let name = name.trim().to_lowercase();
        let Some(column) = COLUMNS.iter().find(|column| column.name == name) else {
            let known: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
            let detail = format!("Column {number} has an unknown name. Known names are: {}.", known.join(", "));
            return Err(InvalidFile::new("unknown_column", detail));
        };
        if header.iter().any(|other| other.name == column.name) {
            return Err(InvalidFile::new("repeated_column", format!("The column {} appears twice.", column.name)));
        }
        header.push(column);
    }
    match COLUMNS.iter().find(|column| column.required && !header.iter().any(|present| present.name == column.name)) {
        Some(missing) => Err(InvalidFile::new("missing_column", format!("The column {} is missing.", missing.name))),
        None => Ok(header),
    }
}

/// Returns the header of an export. The byte order mark tells Excel that the file is in UTF-8.
pub(crate) fn header() -> Vec<u8> {
    ["\u{feff}".as_bytes(), &line(COLUMNS.iter().map(|column| column.name.to_owned()))].concat()
}

/// Returns the row for a body of `POST /v1/products`.
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

    fn refusal(file: &[u8]) -> &'static str {
        Sheet::open(file, Currency::EUR).err().unwrap().reason
    }

    #[test]
    fn rows_are_numbered_as_in_a_spreadsheet() {
        let file = "title,price,category,variants\nMug,12,home,1\n,,,\n\"Two\nlines\",13,home,2\n";
        let numbers: Vec<u32> = rows(file.as_bytes()).iter().map(|row| row.number).collect();
        assert_eq!(numbers, [2, 4]);
    }

    #[test]
    fn columns_are_accepted_in_any_order_case_and_spacing() {
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
    fn a_file_with_a_wrong_header_is_refused() {
        assert_eq!(refusal(b"title,price,category,variants,colour\n"), "unknown_column");
        assert_eq!(refusal(b"title,price,title\n"), "repeated_column");
        assert_eq!(refusal(b"title,price,category\n"), "missing_column");
        assert_eq!(refusal(b""), "missing_column");
        assert_eq!(refusal(b"title;price;category;variants\n"), "unknown_column");
        assert_eq!(refusal(b"t\xfctle,price\n"), "not_utf8");
    }

    #[test]
    fn a_malformed_row_does_not_affect_the_other_rows() {
        let file = b"title,price,category,variants\nM\xfcg,1,home,1\nMug,1,home\nMug,1,home,1\n";
        let errors: Vec<Vec<String>> =
            rows(file).into_iter().map(|row| row.errors.into_iter().map(|error| error.code).collect()).collect();
        assert_eq!(errors, [vec!["not_utf8"], vec!["wrong_number_of_cells"], vec![]]);
    }

    #[test]
    fn an_exported_product_can_be_imported() {
        let body = json!({
            "title": "-Mug-, \"blue\"",
            "price": { "amount": 1_850, "currency": "EUR" },
            "category": "home",
            "skus": [{ "stock": 3 }],
        });
        let rows = rows(&[header(), row(&body), row(&body)].concat());
        assert_eq!(rows.len(), 2);
        for row in rows {
            assert_eq!((row.body, row.errors), (body.clone(), vec![]));
        }
    }
}
