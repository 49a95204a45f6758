//! Names of files as other programs take them.

use std::borrow::Cow;

/// The name with `/` between folders and no `./` before it.
pub(super) fn portable(name: &str) -> Cow<'_, str> {
    let name = if cfg!(windows) { Cow::Owned(name.replace('\\', "/")) } else { Cow::Borrowed(name) };
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(without_here(name)),
        Cow::Owned(name) => Cow::Owned(without_here(&name).to_owned()),
    }
}

fn without_here(mut name: &str) -> &str {
    while let Some(rest) = name.strip_prefix("./").filter(|rest| !rest.is_empty()) {
        name = rest.trim_start_matches('/');
    }
    name
}

/// The name as a URI reference (RFC 3986): relative as it is, absolute with the scheme `file`.
pub(super) fn uri(name: &str) -> String {
    let path = portable(name);
    let mut uri = match path.as_bytes() {
        [b'/', ..] => "file://".to_owned(),
        // A drive of Windows.
        [_, b':', b'/', ..] => "file:///".to_owned(),
        _ => String::new(),
    };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_where_the_program_ran() {
        assert_eq!(portable("./a/b.weft"), "a/b.weft");
        assert_eq!(portable(".//./a.weft"), "a.weft");
        assert_eq!(portable("../a.weft"), "../a.weft");
        assert_eq!(portable("<stdin>"), "<stdin>");
    }

    #[test]
    fn what_means_something_in_a_uri_is_encoded() {
        assert_eq!(uri("./nets/a b#1%.weft"), "nets/a%20b%231%25.weft");
        assert_eq!(uri("模型.weft"), "%E6%A8%A1%E5%9E%8B.weft");
        assert_eq!(uri("/nets/a:b.weft"), "file:///nets/a%3Ab.weft");
        assert_eq!(uri("a:b.weft"), "a%3Ab.weft");
    }
}
