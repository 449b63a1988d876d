//! Makes the files that `docs` serves: openapi.yaml as JSON, our page, and Swagger UI from its package. The build
//! compresses and hashes each file once, so that no request has to.

mod yaml;

use std::{
    borrow::Cow,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::{Cursor, Read as _, Write as _},
    path::PathBuf,
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

const DOCUMENT: &str = "../openapi.yaml";
/// Our files of the page.
const OURS: [&str; 2] = ["index.html", "start.js"];
/// The files of Swagger UI that the page uses. The others are for other kinds of pages, and for OAuth sign-in.
const SWAGGER_UI: [&str; 3] = ["favicon-32x32.png", "swagger-ui-bundle.js", "swagger-ui.css"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let mut files = Files { directory: env::var("OUT_DIR")?.into(), table: String::new() };
    files.add("openapi.json", &yaml::to_json(&fs::read_to_string(DOCUMENT)?)?)?;
    for name in OURS {
        let path = format!("src/{name}");
        println!("cargo::rerun-if-changed={path}");
        files.add(name, &fs::read(path)?)?;
    }
    let mut package = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for name in SWAGGER_UI {
        files.add(name, &unpacked(&mut package, &format!("/dist/{name}"))?)?;
    }
    let table = format!("static FILES: &[File] = &[\n{}];\n", files.table);
    fs::write(files.directory.join("files.rs"), table)?;
    Ok(())
}

/// Reads the file of the archive whose path has this end. Each path begins with the version of Swagger UI.
fn unpacked(package: &mut ZipArchive<Cursor<&[u8]>>, path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut names = package.file_names().flatten().map(Cow::into_owned);
    let found = names.find(|name| name.ends_with(path) && name.matches('/').count() == 2);
    drop(names);
    let name = found.ok_or_else(|| format!("Swagger UI's package has no {path}"))?;
    let mut bytes = Vec::new();
    package.by_name(&name)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Where the files are written, and the Rust code that includes them.
struct Files {
    directory: PathBuf,
    table: String,
}

impl Files {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes)?;
        fs::write(self.directory.join(name), bytes)?;
        fs::write(self.directory.join(format!("{name}.gz")), encoder.finish()?)?;
        let hash = Sha256::digest(bytes);
        let hash = hash.iter().take(8).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
        let included = |suffix| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}{suffix}\"))");
        let (plain, gzip) = (included(""), included(".gz"));
        writeln!(self.table, "    File {{ name: {name:?}, hash: \"{hash:016x}\", plain: {plain}, gzip: {gzip} }},")?;
        Ok(())
    }
}
