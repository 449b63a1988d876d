//! The files that `docs` serves: `openapi.yaml` as JSON, and a page that shows it with [Swagger
//! UI](https://swagger.io/tools/swagger-ui/) (Apache-2.0). All files are in the binary, plain and compressed, as
//! build/build.rs made them. The page loads nothing from other servers.

use shared::{Error, Request, Response, Result, http};

/// A file, as the build made it.
#[derive(Debug)]
pub struct File {
    name: &'static str,
    /// The hash of the file's bytes.
    hash: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The page at `/docs`.
const PAGE: &str = "index.html";

/// The page's Content-Security-Policy. Scripts, styles, pictures and answers come only from the API itself, and inline
/// scripts do not run. So a token that is pasted into the page cannot be sent to another server. (The pictures in
/// Swagger UI's style sheet are `data:` URLs.)
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The file that a request asks for, or a 404.
pub fn file(request: &Request) -> Result<&'static File> {
    let name = match request.path_parameter("file") {
        Some(name) => Some(name).filter(|name| *name != PAGE && *name != "openapi.json"),
        None if request.path().ends_with("/openapi.json") => Some("openapi.json"),
        None => Some(PAGE),
    };
    FILES.iter().find(|file| Some(file.name) == name).ok_or(Error::NoSuchFile)
}

/// 200 with the file, or 304 if the client has it.
#[must_use]
pub fn ok_or_not_modified(request: &Request, file: &File) -> Response {
    // A picture is already compressed.
    let gzip = file.gzip.len() < file.plain.len() && accepts_gzip(request.header("accept-encoding"));
    // An entity tag identifies the exact bytes, so each encoding has its own (RFC 9110 §8.8.3.3).
    let tag = format!("\"{}{}\"", file.hash, if gzip { "-gzip" } else { "" });
    let response = match (http::none_matches(request, &tag), gzip) {
        (false, _) => Response::new(304, String::new()),
        (true, false) => Response::bytes(200, file.plain).header("Content-Type", file.content_type()),
        (true, true) => Response::bytes(200, file.gzip)
            .header("Content-Type", file.content_type())
            .header("Content-Encoding", "gzip"),
    };
    response
        .header("ETag", tag)
        .header("Cache-Control", file.cache_control())
        .header("Vary", "Accept-Encoding")
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
}

impl File {
    fn content_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "png" => "image/png",
            _ => "application/json",
        }
    }

    /// Swagger UI is large, and changes only with its version. Its file names contain no hash, because during a
    /// deployment a page of the new version may get its files from the old one.
    fn cache_control(&self) -> &'static str {
        match self.name {
            PAGE | "start.js" | "openapi.json" => "public, no-cache",
            _ => "public, max-age=86400",
        }
    }
}

/// Whether a client accepts gzip (RFC 9110 §12.5.3). A client that sends no `Accept-Encoding`, such as curl, may not be
/// able to read it.
fn accepts_gzip(header: Option<&str>) -> bool {
    let codings = header.unwrap_or_default().split(',').map(|coding| coding.split_once(';').unwrap_or((coding, "")));
    let quality = |parameter: &str| parameter.trim().strip_prefix("q=").is_none_or(|q| q.parse().unwrap_or(0.0) > 0.0);
    let mut accepted = None;
    for (coding, parameter) in codings {
        match coding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => accepted = Some(quality(parameter)),
            "*" => accepted = accepted.or(Some(quality(parameter))),
            _ => {}
        }
    }
    accepted.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_for_clients_that_say_so() {
        for header in ["gzip", "deflate, gzip;q=1.0, *;q=0.5", "GZIP", "*", "br;q=1, *;q=0.1", "gzip ; q=0.001"] {
            assert!(accepts_gzip(Some(header)), "{header}");
        }
        for header in ["", "identity", "br", "gzip;q=0", "*;q=0, gzip;q=0.000", "gzip;q=x", "*, gzip;q=0"] {
            assert!(!accepts_gzip(Some(header)), "{header}");
        }
        assert!(!accepts_gzip(None));
    }
}
