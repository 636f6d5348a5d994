//! The CSV file of an import or an export: its header, its rows and their errors.

use std::{borrow::Cow, io::Cursor};

use csv::{ByteRecord, ReaderBuilder, StringRecord, Terminator, WriterBuilder};
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

/// The highest number of bytes in the cells of a row: as many as a body of the API may have, so that a row holds no more than
/// `POST /v1/products` accepts.
const MAX_ROW_BYTES: usize = 64 * 1024;

/// The separators that spreadsheet programs write. Excel writes semicolons where the comma is the decimal point.
const SEPARATORS: [(u8, &str); 3] = [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs")];

/// The columns by which the export of another shop system is recognised.
const FOREIGN: [(&str, &[&str]); 2] =
    [("Shopify", &["handle", "title", "variant price"]), ("WooCommerce", &["type", "name", "regular price"])];

/// How many characters of a name are repeated in a refusal.
const SHOWN_CHARACTERS: usize = 40;

/// An open file, read row by row.
pub(crate) struct Sheet<'a> {
    header: Vec<&'static Column>,
    rows: csv::ByteRecordsIntoIter<Cursor<Cow<'a, [u8]>>>,
    currency: Currency,
    number: u32,
}

impl<'a> Sheet<'a> {
    /// Reads the header. Skips a byte order mark and a line `sep=;` at the beginning, and accepts UTF-16 with a byte order
    /// mark, as Excel writes "Unicode text". The separator is the one that gives the header the most known columns.
    pub(crate) fn open(file: &'a [u8], currency: Currency) -> Result<Self, InvalidFile> {
        let (file, declared) = without_declaration(in_utf8(file)?);
        let candidates = match declared {
            Some(separator) => vec![(separator, "the separator of the first line")],
            None => SEPARATORS.to_vec(),
        };
        let mut best: Option<(usize, u8, &str, StringRecord)> = None;
        for (separator, name) in candidates {
            let mut reader = ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(&*file);
            let header = reader.headers().map_err(|_| InvalidFile::new("not_utf8", "The file must be in UTF-8."))?;
            let known = header.iter().filter(|name| column_named(name).is_some()).count();
            if best.as_ref().is_none_or(|(most, ..)| known > *most) {
                best = Some((known, separator, name, header.clone()));
            }
        }
        let (_, separator, name, header) = best.unwrap_or_default();
        let header = columns_of(&header, name)?;
        let reader = ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(Cursor::new(file));
        Ok(Self { header, rows: reader.into_byte_records(), currency, number: 1 })
    }

    fn read(&self, record: &ByteRecord) -> Row {
        let (mut body, mut errors) = (Map::new(), Vec::new());
        let refused = if record.as_slice().len() > MAX_ROW_BYTES {
            Some(("too_large", format!("must have at most {MAX_ROW_BYTES} bytes")))
        } else if record.len() < self.header.len() {
            let detail = format!("has {} cells, and the header has {}", record.len(), self.header.len());
            Some(("wrong_number_of_cells", detail))
        } else {
            // A spreadsheet program writes empty cells at the right once a cell there had a value or a format.
            let position = record.iter().rposition(|cell| !cell.trim_ascii().is_empty());
            position.filter(|last| *last >= self.header.len()).map(|last| {
                let detail = format!("has a value in column {}, which has no name in the header", last + 1);
                ("wrong_number_of_cells", detail)
            })
        };
        if let Some((code, detail)) = refused {
            errors.push(RowError::of_row(code, &detail));
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

/// Returns the file in UTF-8, without a byte order mark.
fn in_utf8(file: &[u8]) -> Result<Cow<'_, [u8]>, InvalidFile> {
    let (units, is_little_endian) = match file {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        [0xef, 0xbb, 0xbf, rest @ ..] => return Ok(Cow::Borrowed(rest)),
        _ => return Ok(Cow::Borrowed(file)),
    };
    let (pairs, odd) = units.as_chunks::<2>();
    let read = |pair: &[u8; 2]| {
        if is_little_endian { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) }
    };
    let text = String::from_utf16(&pairs.iter().map(read).collect::<Vec<_>>());
    match text {
        Ok(text) if odd.is_empty() => Ok(Cow::Owned(text.into_bytes())),
        _ => Err(InvalidFile::new("not_utf8", "The file begins as UTF-16 and is malformed. Save it in UTF-8.")),
    }
}

/// Removes a first line `sep=;`, which Excel reads as the separator and does not show.
fn without_declaration(file: Cow<'_, [u8]>) -> (Cow<'_, [u8]>, Option<u8>) {
    let end = file.iter().position(|byte| *byte == b'\n').map_or(file.len(), |end| end + 1);
    let line = file.get(..end).unwrap_or_default().trim_ascii_end();
    // A tab as the separator is white space.
    let line = if line.len() == 4 { file.get(..5).unwrap_or(line) } else { line };
    let separator = match line {
        [s, e, p, b'=', separator] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => *separator,
        _ => return (file, None),
    };
    let rest = match file {
        Cow::Borrowed(file) => Cow::Borrowed(file.get(end..).unwrap_or_default()),
        Cow::Owned(mut file) => Cow::Owned(file.split_off(end)),
    };
    (rest, Some(separator))
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

fn normalised(name: &str) -> String {
    name.trim().to_lowercase()
}

fn column_named(name: &str) -> Option<&'static Column> {
    let name = normalised(name);
    COLUMNS.iter().find(|column| column.name == name)
}

/// Returns a name of the file for a sentence, shortened.
fn shown(name: &str) -> String {
    let name = name.trim();
    let short: String = name.chars().filter(|c| !c.is_control()).take(SHOWN_CHARACTERS).collect();
    if name.chars().count() > SHOWN_CHARACTERS { format!("\"{short}...\"") } else { format!("\"{short}\"") }
}

fn columns_of(names: &StringRecord, separator: &str) -> Result<Vec<&'static Column>, InvalidFile> {
    let all: Vec<_> = names.iter().map(normalised).collect();
    let foreign = FOREIGN.iter().find(|(_, columns)| columns.iter().all(|name| all.iter().any(|other| other == name)));
    if let Some((system, _)) = foreign {
        let detail = format!(
            "The file is an export of {system}, whose columns are others. Write its products into a file with the columns \
             of this marketplace; an export of a shop shows them."
        );
        return Err(InvalidFile::new("foreign_export", detail));
    }
    // Columns at the right that have no name are those that a spreadsheet program writes for emptied cells.
    let named = all.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    let was_read = || {
        let read: Vec<_> = names.iter().take(named).take(COLUMNS.len()).map(shown).collect();
        format!("The header was read as {} names with {separator} between them: {}.", named, read.join(", "))
    };
    let mut header: Vec<&'static Column> = Vec::new();
    for (number, name) in (1..).zip(names.iter().take(named)) {
        let Some(column) = column_named(name) else {
            let known: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
            let detail = format!(
                "Column {number} has the unknown name {}. {} Known are: {}.",
                shown(name),
                was_read(),
                known.join(", ")
            );
            return Err(InvalidFile::new("unknown_column", detail));
        };
        if header.iter().any(|other| other.name == column.name) {
            return Err(InvalidFile::new("repeated_column", format!("The column {} appears twice.", column.name)));
        }
        header.push(column);
    }
    match COLUMNS.iter().find(|column| column.required && !header.iter().any(|present| present.name == column.name)) {
        Some(missing) => {
            Err(InvalidFile::new("missing_column", format!("The column {} is missing. {}", missing.name, was_read())))
        }
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
        assert_eq!(refusal(b"title,,price,category,variants\n"), "unknown_column");
        assert_eq!(refusal(b"t\xfctle,price\n"), "not_utf8");
        assert_eq!(refusal(b"\xff\xfet\x00i"), "not_utf8");
    }

    #[test]
    fn a_refusal_says_what_was_read() {
        let detail = |file: &[u8]| Sheet::open(file, Currency::EUR).err().unwrap().detail;
        assert_eq!(
            detail(b"title;price;category;;\n"),
            "The column variants is missing. The header was read as 3 names with semicolons between them: \"title\", \
             \"price\", \"category\"."
        );
        assert!(detail(b"title|price\n").contains("Column 1 has the unknown name \"title|price\"."));
    }

    #[test]
    fn the_separators_and_encodings_of_spreadsheet_programs_are_read() {
        let file = "title,price,category,variants\r\nM\u{fc}g,12,home,1\r\n";
        let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            [mark.to_vec(), file.replace(',', "\t").encode_utf16().flat_map(bytes).collect()].concat()
        };
        for file in [
            file.as_bytes().to_vec(),
            file.replace(',', ";").into_bytes(),
            file.replace(',', "\t").into_bytes(),
            format!("\u{feff}sep=;\r\n{}", file.replace(',', ";")).into_bytes(),
            format!("SEP=|\n{}", file.replace(',', "|")).into_bytes(),
            format!("sep=\t\r\n{}", file.replace(',', "\t")).into_bytes(),
            utf16([0xff, 0xfe], u16::to_le_bytes),
            utf16([0xfe, 0xff], u16::to_be_bytes),
        ] {
            let rows = rows(&file);
            assert_eq!(rows.len(), 1);
            assert_eq!((rows[0].number, &rows[0].errors, &rows[0].body["title"]), (2, &vec![], &json!("M\u{fc}g")));
        }
    }

    #[test]
    fn empty_columns_at_the_right_are_passed_over() {
        let file = b"title,price,category,variants,, \nMug,1,home,1,,\nMug,1,home,1\nMug,1,home,1,,surprise\n,,,,,\n";
        let codes: Vec<Vec<String>> =
            rows(file).into_iter().map(|row| row.errors.into_iter().map(|error| error.code).collect()).collect();
        assert_eq!(codes, [vec![], vec![], vec!["wrong_number_of_cells".to_owned()]]);
    }

    #[test]
    fn the_export_of_another_shop_system_is_refused_by_its_name() {
        for (system, header) in [
            (
                "Shopify",
                "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Variant Price\n",
            ),
            ("WooCommerce", "ID,Type,SKU,Name,Published,\"Is featured?\",Sale price,Regular price,Categories\n"),
        ] {
            let invalid = Sheet::open(header.as_bytes(), Currency::EUR).err().unwrap();
            assert_eq!(invalid.reason, "foreign_export");
            assert!(invalid.detail.contains(system), "{}", invalid.detail);
        }
    }

    #[test]
    fn a_row_that_is_too_large_does_not_affect_the_other_rows() {
        let heavy = "x".repeat(MAX_ROW_BYTES);
        let file = format!("title,price,category,variants\nMug,1,home,1\n{heavy},1,home,1\nMug,1,home,1\n");
        let codes: Vec<Vec<String>> = rows(file.as_bytes())
            .into_iter()
            .map(|row| row.errors.into_iter().map(|error| error.code).collect())
            .collect();
        assert_eq!(codes, [vec![], vec!["too_large".to_owned()], vec![]]);
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
