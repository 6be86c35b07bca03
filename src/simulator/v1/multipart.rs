//! `multipart/form-data`, as far as uploads need it.

/// One field of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Part {
    /// A text field. Without a charset its bytes are read as ISO-8859-1, as the server does.
    pub(crate) fn text(&self) -> String {
        let utf8 = self
            .content_type
            .as_ref()
            .is_some_and(|kind| kind.to_lowercase().contains("utf-8"));
        if utf8 {
            return String::from_utf8_lossy(&self.bytes).into_owned();
        }
        self.bytes.iter().map(|byte| char::from(*byte)).collect()
    }
}

/// The parts of a body of this content type; `None` when it is no such form.
pub(crate) fn parse(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let parameters = content_type.strip_prefix("multipart/form-data")?;
    let boundary = parameter(parameters, "boundary")?;
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest = &body[find(body, delimiter.as_bytes())? + delimiter.len()..];
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest[..head_end]).ok()?;
        rest = &rest[head_end + 4..];
        let end = find(rest, format!("\r\n{delimiter}").as_bytes())?;
        parts.push(part(head, &rest[..end])?);
        rest = &rest[end + 2 + delimiter.len()..];
    }
    Some(parts)
}

fn part(head: &str, bytes: &[u8]) -> Option<Part> {
    let header = |name: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines
            .filter(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .next()
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: parameter(disposition, "name")?,
        filename: parameter(disposition, "filename"),
        content_type: header("content-type").map(str::to_owned),
        bytes: bytes.to_vec(),
    })
}

fn parameter(text: &str, name: &str) -> Option<String> {
    let pairs = text.split(';').filter_map(|pair| pair.trim().split_once('='));
    let value = pairs
        .filter(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .next()?;
    Some(value.trim_matches('"').to_owned())
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_apart() {
        let body = b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\nContent-Type: text/plain\r\n\r\n\
            one\r\ntwo\r\n--B\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\n\xc3\xa9\r\n--B--\r\n";
        let parts = parse("multipart/form-data; boundary=B", body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (parts[0].filename.as_deref(), &parts[0].bytes[..]),
            (Some("a b.txt"), &b"one\r\ntwo"[..])
        );
        assert_eq!(parts[1].text(), "Ã©", "read as ISO-8859-1");
    }

    #[test]
    fn what_is_no_form_is_refused() {
        assert_eq!(parse("application/json", b"{}"), None);
        assert_eq!(parse("multipart/form-data; boundary=B", b"nothing"), None);
    }
}
