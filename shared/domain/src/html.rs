//! Formatted text from untrusted sources.

use std::collections::{HashMap, HashSet};

use ammonia::Builder;

use crate::text::{Invalid, multi_line};

crate::lines! {
    /// Formatted text that is safe to insert into a page, at most 20,000 characters with its markup. Paragraphs,
    /// headings (`h2` to `h4`), lists, tables, quotes, emphasis and links are kept; of any other markup only the text
    /// is kept.
    Html, 20_000, ["<p>Thrown by <em>hand</em>.</p>"], |raw| sanitise(raw)
}

const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "s",
    "small",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];
/// Tags that may begin and end within a word.
const WITHIN_WORDS: &[&str] = &["a", "b", "em", "i", "s", "small", "strong", "sub", "sup", "u"];
/// Tags that are removed together with their text.
const REMOVED_WITH_TEXT: &[&str] =
    &["script", "style", "title", "template", "noscript", "iframe", "textarea", "select", "svg", "math"];
const SCHEMES: &[&str] = &["http", "https", "mailto"];
const MAX: usize = 20_000;

impl Html {
    /// Returns the text on one line and without markup. The texts of separate paragraphs, cells and entries are
    /// separated by spaces.
    pub fn text(&self) -> String {
        let mut escaped = String::new();
        let mut rest = self.as_str();
        // Sanitised markup is so regular that no parser is needed: every `<` begins a tag, and quotes are `"`.
        while let Some((text, tag)) = rest.split_once('<') {
            escaped.push_str(text);
            let mut is_quoted = false;
            let end = tag.find(|letter| {
                is_quoted ^= letter == '"';
                letter == '>' && !is_quoted
            });
            let (tag, after) = tag.split_at(end.unwrap_or(tag.len()));
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            if !WITHIN_WORDS.contains(&name) {
                escaped.push(' ');
            }
            rest = after.get(1..).unwrap_or_default();
        }
        escaped.push_str(rest);
        let text = escaped.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// How often [`sanitise`] parses a text at most. Text that editors write is settled after the first time.
const MAX_PASSES: usize = 8;

/// Returns markup that another pass does not change. A single pass does not suffice: an HTML parser moves what stands
/// directly within a table in front of it, and the moved element may be parsed differently in its new place.
fn sanitise(raw: &str) -> Result<String, Invalid> {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(set(TAGS))
        .clean_content_tags(set(REMOVED_WITH_TEXT))
        .tag_attributes(HashMap::from([("a", set(&["href"])), ("td", set(SPANS)), ("th", set(SPANS))]))
        .url_schemes(set(SCHEMES))
        // The linked page learns nothing about the page that links to it, and gains nothing in search engines.
        .link_rel(Some("nofollow noopener noreferrer ugc"))
        .url_relative(ammonia::UrlRelative::Deny);
    let mut safe = multi_line(raw, MAX)?;
    for _ in 0..MAX_PASSES {
        // The length is checked again: escaping makes a text longer.
        let cleaned = multi_line(&cleaner.clean(&safe).to_string(), MAX)?;
        if cleaned == safe {
            return Ok(safe);
        }
        safe = cleaned;
    }
    Err(Invalid::new("malformed", "must be HTML whose elements are nested as the standard says"))
}

const SPANS: &[&str] = &["colspan", "rowspan"];

fn set(tags: &[&'static str]) -> HashSet<&'static str> {
    tags.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn safe(raw: &str) -> String {
        Html::parse(raw).map_or_else(|invalid| invalid.code.to_owned(), |html| html.as_str().to_owned())
    }

    #[test]
    fn formatting_is_kept() {
        for raw in [
            "plain text",
            "<h2>Care</h2><p>Wash by <strong>hand</strong>,<br>dry in the <em>shade</em>.</p>",
            "<ul><li>one</li><li>two</li></ul>",
            "<table><tbody><tr><th colspan=\"2\">Size</th></tr><tr><td>M</td><td>38 cm</td></tr></tbody></table>",
        ] {
            assert_eq!(safe(raw), raw);
        }
    }

    #[test]
    fn a_link_is_absolute_and_is_marked_as_untrusted() {
        let link = "<a href=\"https://www.example.com/a?b=c\" rel=\"nofollow noopener noreferrer ugc\">mugs</a>";
        assert_eq!(safe("<a href=\"https://www.example.com/a?b=c\" target=_top onclick=steal()>mugs</a>"), link);
        let rel = "<a rel=\"nofollow noopener noreferrer ugc\">x</a>";
        for href in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "/v1/me",
            "//example.com",
            "&#106;avascript:a",
        ] {
            assert_eq!(safe(&format!("<a href=\"{href}\">x</a>")), rel, "{href}");
        }
    }

    #[test]
    fn active_content_is_removed() {
        for (raw, left) in [
            ("a<script>alert(1)</script>b", "ab"),
            ("a<style>*{display:none}</style>b", "ab"),
            ("<p onmouseover=alert(1) style='position:fixed' class=x id=y>a</p>", "<p>a</p>"),
            ("<img src=x onerror=alert(1)>a", "a"),
            ("<svg><script>alert(1)</script></svg>a", "a"),
            ("<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>a", "a"),
            ("<form action=https://example.com><input name=password>a</form>", "a"),
            ("<scr<script>x</script>ipt>alert(1)</script>a", "xipt&gt;alert(1)a"),
            ("<!-- x -->a", "a"),
            ("<script>alert(1)</script>", "empty"),
            ("<iframe src=https://example.com></iframe>", "empty"),
        ] {
            assert_eq!(safe(raw), left, "{raw}");
        }
    }

    #[test]
    fn markup_that_a_parser_moves_is_stored_where_it_stays() {
        assert_eq!(safe("<li><table><li>"), "<li></li><li></li><table></table>");
    }

    #[test]
    fn the_plain_text_has_no_markup() {
        for (raw, text) in [
            ("plain text", "plain text"),
            (
                "<h2>Care</h2><p>Wash by <strong>ha</strong>nd,<br>dry in the shade.</p>",
                "Care Wash by hand, dry in the shade.",
            ),
            ("<ul><li>one</li><li>two</li></ul>three", "one two three"),
            ("<table><tbody><tr><th>Size</th><td>M</td></tr></tbody></table>", "Size M"),
            ("<p>1 &lt; 2 &amp;amp; 3 &gt; 2,&nbsp;&quot;x&quot;</p>", "1 < 2 &amp; 3 > 2, \"x\""),
            ("<a href=\"https://example.com/?a=1&amp;b=2\">mugs</a> &amp; more", "mugs & more"),
        ] {
            assert_eq!(Html::parse(raw).unwrap().text(), text);
        }
    }

    #[test]
    fn the_maximum_length_includes_the_markup() {
        assert!(Html::parse(&"a".repeat(MAX)).is_ok());
        assert_eq!(safe(&"a".repeat(MAX + 1)), "too_long");
        assert_eq!(safe(&"<".repeat(MAX)), "too_long");
        assert_eq!(safe(""), "empty");
    }

    /// Returns the text that an HTML parser finds, without spaces.
    fn parsed_text(html: &Html) -> String {
        let text = Builder::empty().clean(html.as_str()).to_string();
        let text = text.replace("&nbsp;", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        text.split_whitespace().collect()
    }

    proptest! {
        #[test]
        fn the_plain_text_is_what_an_html_parser_finds(
            raw in "(<(/?)(p|b|li|td|tr|table|a|br|x)( href=\"https://[a-z:/<>&' ]{0,9}\")?>|[a-z <>&;\"'/!-]{0,8}|&(amp|lt|nbsp|quot);){0,12}"
        ) {
            if let Ok(html) = Html::parse(&raw) {
                prop_assert_eq!(html.text().replace(' ', ""), parsed_text(&html), "{}", html.as_str());
            }
        }

        #[test]
        fn sanitising_is_idempotent(raw in "(<(/?)(p|b|em|h2|hr|li|ul|blockquote|td|tr|tbody|table|a|script|svg|select|x)( href=\"[a-z:/]{0,9}\")?>|[a-z <>&\"'/!-]{0,8}){0,12}") {
            if let Ok(once) = Html::parse(&raw) {
                prop_assert_eq!(Html::parse(once.as_str()), Ok(once));
            }
        }
    }
}
