//! Plain text: single lines, greetings and wrapped paragraphs.

use unicode_segmentation::UnicodeSegmentation;

/// The width of a text mail in characters: RFC 5322 (2.1.1) recommends at most 78, and each level of quoting adds two.
const WIDTH: usize = 72;

/// Returns the text on one line. Control characters and line separators become spaces, and several spaces become one.
pub(crate) fn one_line(text: &str) -> String {
    let is_separator = |c: char| c.is_whitespace() || c.is_control();
    text.split(is_separator).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns `Hello Ann,`, or `Hello,` if a mail program would turn the name into a link or the name fills the line.
pub(crate) fn greeting(name: &str) -> String {
    let name = one_line(name);
    let fits = name.graphemes(true).count() <= 60;
    if name.is_empty() || !fits || becomes_link(&name) { "Hello,".to_owned() } else { format!("Hello {name},") }
}

/// Tells whether a mail program may find an address in the text: a scheme, a mail address, or a dot between two words
/// as in `example.com`. Initials (`J. R. Smith`, `J.R. Smith`) are no addresses: no top-level domain has one letter.
fn becomes_link(text: &str) -> bool {
    let domain_like = |word: &str| {
        word.rsplit_once('.').is_some_and(|(before, after)| {
            before.ends_with(char::is_alphanumeric) && after.chars().take_while(|c| c.is_alphanumeric()).count() > 1
        })
    };
    text.contains(['/', ':', '@', '\\']) || text.split(' ').any(domain_like)
}

/// Returns the `User-Agent` or the network address of a device on one line. Returns `an unknown one` if the text is
/// empty or would become a link.
pub(crate) fn device(text: &str) -> String {
    let text = one_line(text);
    // A user agent such as `Mozilla/5.0 (X11; rv:143.0) AppleWebKit/537.36` has dots before digits. A host has a dot
    // before a letter.
    let host_like = |word: &str| word.split('.').skip(1).any(|after| after.starts_with(char::is_alphabetic));
    let linked = text.contains("://") || text.contains('@') || text.split(' ').any(host_like);
    if text.is_empty() || linked { "an unknown one".to_owned() } else { text }
}

/// Wraps lines at spaces so that no line is longer than [`WIDTH`]. A word that is longer, such as an address, is not
/// broken. A continuation is indented like its line, or like the text of its bullet.
pub(crate) fn wrap(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len() + text.len() / WIDTH);
    for line in text.trim().lines() {
        wrap_line(line.trim_end(), &mut wrapped);
        wrapped.push('\n');
    }
    wrapped
}

fn wrap_line(line: &str, wrapped: &mut String) {
    let body = line.trim_start();
    let indent = line.len() - body.len();
    let hanging = indent + if body.starts_with("* ") { 2 } else { 0 };
    wrapped.push_str(&" ".repeat(indent));
    let mut column = indent;
    for (index, word) in body.split(' ').enumerate() {
        let width = word.graphemes(true).count();
        if index > 0 && column + 1 + width > WIDTH {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(hanging));
            column = hanging;
        } else if index > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += width;
    }
}

/// The filters that templates can apply to a text.
#[expect(unreachable_pub, reason = "askama's macro writes `pub`")]
pub(crate) mod filters {
    use askama::{Result, Values, filter_fn};

    #[filter_fn]
    pub fn one_line(text: impl AsRef<str>, _: &dyn Values) -> Result<String> {
        Ok(super::one_line(text.as_ref()))
    }

    #[filter_fn]
    pub fn greeting(name: impl AsRef<str>, _: &dyn Values) -> Result<String> {
        Ok(super::greeting(name.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_removes_line_breaks_and_control_characters() {
        assert_eq!(one_line(" Ann\r\nBcc: all@example.com\u{2028}\tLee\0"), "Ann Bcc: all@example.com Lee");
    }

    #[test]
    fn a_greeting_contains_the_name() {
        for name in ["Ann", "J. R. Smith", "J.R. Smith", "Dr. Ngũgĩ wa Thiong'o", "李小龍", "Ann Lee Jr."] {
            assert_eq!(greeting(name), format!("Hello {name},"));
        }
    }

    #[test]
    fn a_name_that_would_become_a_link_is_left_out() {
        for name in
            ["", "\n", "You won! https://evil.example", "evil.example", "Go to evil.example!", "ann@evil.example"]
        {
            assert_eq!(greeting(name), "Hello,", "{name}");
        }
    }

    #[test]
    fn a_device_is_shown_unless_it_would_become_a_link() {
        for agent in
            ["Mozilla/5.0 (X11; Linux x86_64; rv:143.0) AppleWebKit/537.36 Firefox/143.0", "curl/8.5.0", "192.0.2.7"]
        {
            assert_eq!(device(agent), agent);
        }
        for agent in ["", "see https://evil.example", "www.evil.example", "Browser (evil.example/1.0)", "ann@evil"] {
            assert_eq!(device(agent), "an unknown one", "{agent}");
        }
    }

    #[test]
    fn a_name_that_is_too_long_is_left_out() {
        assert_eq!(greeting(&"word ".repeat(20)), "Hello,");
    }

    #[test]
    fn lines_are_wrapped_at_spaces_and_continued_below_their_text() {
        let wrapped = wrap(&format!("* {}\n\n  {}", "ten chars ".repeat(9), "x".repeat(90)));
        assert_eq!(
            wrapped,
            format!("* {0}\n  ten chars ten chars\n\n  {1}\n", ["ten chars"; 7].join(" "), "x".repeat(90))
        );
    }
}
