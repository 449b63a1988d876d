//! What `docs` serves: `openapi.yaml` as JSON, and a page that shows it, by [Swagger
//! UI](https://swagger.io/tools/swagger-ui/) (Apache-2.0). All of it is in the program, plain
//! and compressed, as build/build.rs has made it; the page loads nothing from anywhere else.

use shared::{Error, Request, Response, Result, http};

/// A file, as the build made it.
#[derive(Debug)]
pub struct File {
    name: &'static str,
    /// The hash of its bytes.
    hash: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The page, which is at `/docs`.
const PAGE: &str = "index.html";

/// Scripts, styles, pictures and answers come from the API itself, and nothing stands in the page that could be run. A
/// token that is pasted there can be sent nowhere else. (The pictures in Swagger UI's style sheet are `data:`.)
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The file that a request asks for.
pub fn file(request: &Request) -> Result<&'static File> {
    let name = match request.path_parameter("file") {
        Some(name) => Some(name).filter(|name| *name != PAGE && *name != "openapi.json"),
        None if request.path().ends_with("/openapi.json") => Some("openapi.json"),
        None => Some(PAGE),
    };
    FILES.iter().find(|file| Some(file.name) == name).ok_or(Error::NoSuchFile)
}

/// The file, or 304 to a client that has it.
#[must_use]
pub fn fresh(request: &Request, file: &File) -> Response {
    // A picture is compressed already.
    let gzip = file.gzip.len() < file.plain.len() && accepts_gzip(request.header("accept-encoding"));
    // A tag is one of bytes (RFC 9110 §8.8.3.3).
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

    /// Swagger UI is another one with a new version only, and is large. Its names have no hash in them: while a release
    /// goes out, a page of the new one may get its files from the old.
    fn cache_control(&self) -> &'static str {
        match self.name {
            PAGE | "start.js" | "openapi.json" => "public, no-cache",
            _ => "public, max-age=86400",
        }
    }
}

/// Whether a client takes gzip (RFC 9110 §12.5.3). One that says nothing, as curl does, may not know what to do with it.
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
