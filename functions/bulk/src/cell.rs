//! What stands in a cell: a text, or a small table of its own.
//!
//! A spreadsheet program takes a text that begins with `=`, `+`, `-` or `@` for a formula and carries it out, with the
//! rights of whoever opened the file. So such a text is written with an apostrophe before it, which those programs take
//! for the mark of a text; reading takes it off again.

use std::borrow::Cow;

use csv::{ReaderBuilder, Terminator, Trim, WriterBuilder};

/// How a formula begins, also in full-width characters; tab and line break are passed over before it.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a text is or would read as a formula behind its apostrophes. One that has some of its own gets one more, so
/// that what is taken off is always what was put on.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// A text as it is written.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A text as it was before it was written.
pub(crate) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|_| is_formula(text)).unwrap_or(text)
}

/// Several values in one cell: an entry on each line, its values apart by `;`, in quotation marks where that is needed.
pub(crate) fn folded(entries: &[Vec<String>]) -> String {
    let mut writer =
        WriterBuilder::new().delimiter(b';').flexible(true).terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    for entry in entries {
        // Values that are not there need no place behind the last that is.
        let Some(last) = entry.iter().rposition(|value| !value.is_empty()) else { continue };
        // Writing to memory cannot fail.
        let _written = writer.write_record(entry.iter().take(last + 1).map(|value| guarded(value).into_owned()));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()
}

/// The values of a cell, by entry.
pub(crate) fn unfolded(cell: &str) -> Vec<Vec<String>> {
    let mut reader = ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(cell.as_bytes());
    // A text in memory is always read, and is UTF-8.
    let records = reader.records().map_while(Result::ok);
    records.map(|record| record.iter().map(|value| unguarded(value).to_owned()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_would_be_a_formula_is_written_as_text() {
        for text in ["=1+1", "+49 30 1234", "-5", "@SUM(A1)", "\t=1", "\n=1", "＝1", "'=1", "''+1"] {
            assert_eq!(guarded(text), format!("'{text}"), "{text}");
        }
        for text in ["Mug", "5-piece set", "'quoted'", "a=b", "", "'"] {
            assert_eq!(guarded(text), text);
        }
    }

    #[test]
    fn no_value_within_a_cell_begins_a_formula_either() {
        let cell = folded(&[vec!["25".to_owned(), "=HYPERLINK(\"https://evil.example\")".to_owned()]]);
        assert_eq!(cell, "25;\"'=HYPERLINK(\"\"https://evil.example\"\")\"");
    }

    #[test]
    fn values_that_are_not_there_leave_no_trace_at_the_end() {
        let entry = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
        assert_eq!(folded(&[entry(&["25", "", "XL", "", ""]), entry(&["3", "", "", "", ""])]), "25;;XL\n3");
        assert_eq!(
            unfolded("25; Blue ; XL\r\n3;Black/White"),
            [entry(&["25", "Blue", "XL"]), entry(&["3", "Black/White"])]
        );
        assert!(unfolded("").is_empty());
    }

    proptest! {
        #[test]
        fn a_text_comes_back_as_it_was(text in "['=+@a-]{0,6}.{0,20}") {
            let written = guarded(&text);
            prop_assert!(!written.starts_with(FORMULA));
            prop_assert_eq!(unguarded(&written), text.as_str());
        }

        #[test]
        fn a_table_comes_back_as_it_was(table in prop::collection::vec(prop::collection::vec("[a-z;=\"',\n]{1,8}", 1..6), 1..5)) {
            let trimmed: Vec<Vec<String>> = table
                .iter()
                .map(|entry| entry.iter().map(|value| format!("x{value}x")).collect())
                .collect();
            prop_assert_eq!(unfolded(&folded(&trimmed)), trimmed);
        }
    }
}
