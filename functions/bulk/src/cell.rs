//! The content of a cell: a text, or several entries with several values.
//!
//! A spreadsheet program evaluates a text that begins with `=`, `+`, `-` or `@` as a formula, with the rights of the
//! person who opens the file. So such a text is written with an apostrophe before it, which marks a text for these
//! programs. Reading removes the apostrophe.

use std::borrow::Cow;

use csv::{ReaderBuilder, Terminator, Trim, WriterBuilder};

/// The characters that begin a formula, also in full width. Programs skip tabs and line breaks before a formula.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Tells whether a text is a formula once its leading apostrophes are removed. A text that already has apostrophes gets
/// one more, so that reading removes exactly what writing has added.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// Returns the text as it is written, with an apostrophe before a formula.
pub(crate) fn escape_formula(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Returns the text as it was before it was written.
pub(crate) fn unescape_formula(text: &str) -> &str {
    text.strip_prefix('\'').filter(|_| is_formula(text)).unwrap_or(text)
}

/// Joins several entries into one cell: one entry per line, its values separated by `;` and quoted where necessary.
pub(crate) fn join_entries(entries: &[Vec<String>]) -> String {
    let mut writer =
        WriterBuilder::new().delimiter(b';').flexible(true).terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    for entry in entries {
        // Empty values at the end are left out.
        let Some(last) = entry.iter().rposition(|value| !value.is_empty()) else { continue };
        // Writing to memory cannot fail.
        let _written = writer.write_record(entry.iter().take(last + 1).map(|value| escape_formula(value).into_owned()));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()
}

/// Splits a cell into its entries and their values.
pub(crate) fn split_entries(cell: &str) -> Vec<Vec<String>> {
    let mut reader = ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(cell.as_bytes());
    // Reading from memory cannot fail, and the text is UTF-8.
    let records = reader.records().map_while(Result::ok);
    records.map(|record| record.iter().map(|value| unescape_formula(value).to_owned()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_written_as_text() {
        for text in ["=1+1", "+49 30 1234", "-5", "@SUM(A1)", "\t=1", "\n=1", "＝1", "'=1", "''+1"] {
            assert_eq!(escape_formula(text), format!("'{text}"), "{text}");
        }
        for text in ["Mug", "5-piece set", "'quoted'", "a=b", "", "'"] {
            assert_eq!(escape_formula(text), text);
        }
    }

    #[test]
    fn a_formula_within_an_entry_is_written_as_text() {
        let cell = join_entries(&[vec!["25".to_owned(), "=HYPERLINK(\"https://evil.example\")".to_owned()]]);
        assert_eq!(cell, "25;\"'=HYPERLINK(\"\"https://evil.example\"\")\"");
    }

    #[test]
    fn empty_values_at_the_end_of_an_entry_are_left_out() {
        let entry = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
        assert_eq!(join_entries(&[entry(&["25", "", "XL", "", ""]), entry(&["3", "", "", "", ""])]), "25;;XL\n3");
        assert_eq!(
            split_entries("25; Blue ; XL\r\n3;Black/White"),
            [entry(&["25", "Blue", "XL"]), entry(&["3", "Black/White"])]
        );
        assert!(split_entries("").is_empty());
    }

    proptest! {
        #[test]
        fn a_text_survives_writing_and_reading(text in "['=+@a-]{0,6}.{0,20}") {
            let written = escape_formula(&text);
            prop_assert!(!written.starts_with(FORMULA));
            prop_assert_eq!(unescape_formula(&written), text.as_str());
        }

        #[test]
        fn entries_survive_writing_and_reading(table in prop::collection::vec(prop::collection::vec("[a-z;=\"',\n]{1,8}", 1..6), 1..5)) {
            let trimmed: Vec<Vec<String>> = table
                .iter()
                .map(|entry| entry.iter().map(|value| format!("x{value}x")).collect())
                .collect();
            prop_assert_eq!(split_entries(&join_entries(&trimmed)), trimmed);
        }
    }
}
