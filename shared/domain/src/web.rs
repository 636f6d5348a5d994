//! Domain names and URLs.

use crate::text::{Invalid, one_line};

/// A host by name, for a regular expression. No top level begins with a digit.
macro_rules! host {
    () => {
        "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.?"
    };
}

/// The address of a page, for a regular expression: the `s` of `https` is as the caller says, a port is at most 65535.
macro_rules! url {
    ($s:literal) => {
        concat!(
            "^",
            $crate::space!(),
            "*[Hh][Tt][Tt][Pp]",
            $s,
            "://",
            $crate::web::host!(),
            "(:0*(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4}))?([/?#]",
            $crate::text::visible!("\"<>\\\\^`{|}"),
            "*)?",
            $crate::space!(),
            "*$"
        )
    };
}
pub(crate) use {host, url};

crate::text! {
    /// A DNS name with at least two labels, in its ASCII form and lower case, without a dot at the end:
    /// `www.example.com`, `xn--bcher-kva.example`. Upper case is converted to lower case, a dot at the end is removed. At most 200 bytes, so that names below it also fit.
    DomainName,
    {
        "pattern": concat!("^", crate::space!(), "*", host!(), crate::space!(), "*$"),
        "maxLength": 200,
        "examples": ["www.example.com"]
    },
    |raw| parse_domain(raw)
}

crate::text! {
    /// The URL of a page: `http` or `https`, a host name, no user and no password. At most 500 characters.
    WebUrl, { "pattern": url!("[Ss]?"), "maxLength": 500, "examples": ["https://www.example.com/mugs"] },
    |raw| parse_url(raw)
}

impl DomainName {
    /// Tells whether this name equals the other, or is below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_suffix(other.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

fn parse_domain(raw: &str) -> Result<String, Invalid> {
    let malformed = || Invalid::new("malformed", "must be a domain name in its ASCII form such as www.example.com");
    let trimmed = raw.trim();
    let text = trimmed.strip_suffix('.').unwrap_or(trimmed).to_ascii_lowercase();
    if raw.len() > 200 {
        return Err(Invalid::new("too_long", "must have at most 200 bytes"));
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    // No top-level domain begins with a digit, and every IPv4 address ends in a number.
    let top = text.rsplit('.').next().unwrap_or_default();
    let is_name = text.contains('.') && text.split('.').all(is_label) && !top.starts_with(|c: char| c.is_ascii_digit());
    if is_name { Ok(text) } else { Err(malformed()) }
}

fn parse_url(raw: &str) -> Result<String, Invalid> {
    let malformed = || Invalid::new("malformed", "must be an http or https URL such as https://www.example.com/mugs");
    one_line(raw, 500)?;
    let text = raw.trim();
    let (scheme, rest) = text.split_once("://").ok_or_else(malformed)?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "https" && scheme != "http" {
        return Err(malformed());
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let host = DomainName::parse(host).map_err(|_| malformed())?;
    let port = match port {
        None => String::new(),
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok() => format!(":{port}"),
        Some(_) => return Err(malformed()),
    };
    // Characters that RFC 3986 excludes could be taken for markup by a page that shows the URL.
    if authority.contains(char::is_whitespace) || path.chars().any(|c| c.is_whitespace() || "\"<>\\^`{|}".contains(c)) {
        return Err(malformed());
    }
    one_line(&format!("{scheme}://{host}{port}{path}"), 500)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_domain_name_has_one_spelling() {
        for raw in ["www.example.com", " WWW.Example.COM. ", "www.example.com."] {
            assert_eq!(DomainName::parse(raw).unwrap().as_str(), "www.example.com");
        }
    }

    #[test]
    fn a_malformed_domain_name_is_refused() {
        for raw in [
            "",
            "com",
            ".com",
            "example..com",
            "-a.com",
            "a-.com",
            "a_b.com",
            "bücher.example",
            "127.0.0.1",
            "a b.com",
            "www.example.com..",
            "https://example.com",
            "example.com/",
            "example.com:443",
        ] {
            assert_eq!(DomainName::parse(raw).unwrap_err().code, "malformed", "{raw:?}");
        }
        assert_eq!(DomainName::parse(&format!("{}.com", "a".repeat(64))).unwrap_err().code, "malformed");
        assert_eq!(DomainName::parse(&"a.".repeat(101)).unwrap_err().code, "too_long");
    }

    #[test]
    fn a_name_is_within_itself_and_within_its_parents() {
        let name = |raw| DomainName::parse(raw).unwrap();
        assert!(name("example.com").is_within(&name("example.com")));
        assert!(name("www.example.com").is_within(&name("example.com")));
        assert!(!name("notexample.com").is_within(&name("example.com")));
        assert!(!name("example.com").is_within(&name("www.example.com")));
    }

    #[test]
    fn scheme_and_host_of_a_url_are_converted_to_lower_case() {
        for (raw, url) in [
            ("HTTPS://WWW.Example.com/Mugs?a=B#C", "https://www.example.com/Mugs?a=B#C"),
            ("http://example.com", "http://example.com"),
            ("https://example.com:8443/", "https://example.com:8443/"),
            ("https://example.com/größe", "https://example.com/größe"),
        ] {
            assert_eq!(WebUrl::parse(raw).unwrap().as_str(), url);
        }
    }

    #[test]
    fn a_malformed_url_is_refused() {
        for raw in [
            "example.com",
            "javascript:alert(1)",
            "javascript://example.com/%0aalert(1)",
            "ftp://example.com",
            "https://",
            "https:///path",
            "https://localhost",
            "https://ann@example.com",
            "https://ann:secret@example.com",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://example.com:port/",
            "https://example.com:99999/",
            "https://example.com/a b",
            "https://example.com/\"><script>",
        ] {
            assert_eq!(WebUrl::parse(raw).unwrap_err().code, "malformed", "{raw}");
        }
        assert_eq!(WebUrl::parse(&format!("https://example.com/{}", "a".repeat(500))).unwrap_err().code, "too_long");
    }

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(raw in "(https?://)?[a-zA-Z0-9.-]{0,30}(:[0-9]{0,5})?(/.{0,20})?") {
            if let Ok(once) = WebUrl::parse(&raw) {
                prop_assert_eq!(WebUrl::parse(once.as_str()), Ok(once));
            }
            if let Ok(once) = DomainName::parse(&raw) {
                prop_assert_eq!(DomainName::parse(once.as_str()), Ok(once));
            }
        }
    }
}
