//! Embeds the SQL files at compile time, and computes the hash that names their schema.

use std::{error::Error, fmt::Write as _, fs, path::PathBuf};

use sha2::{Digest as _, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo::rerun-if-changed=.");
    let files = fs::read_dir(&directory)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    let mut files: Vec<_> = files.into_iter().filter(|file| file.extension().is_some_and(|it| it == "sql")).collect();
    files.sort(); // the files that begin with `_` come first, because the others use them

    let (mut hash, mut sources) = (Sha256::new(), String::from("&["));
    for file in &files {
        let text = fs::read_to_string(file)?.replace("\r\n", "\n"); // a checkout may have changed the line ends
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        hash.update(&text);
        write!(sources, "({name:?}, {text:?}), ")?;
    }
    sources.push(']');
    let hash = hash.finalize();
    let name = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("sources.rs"), sources)?;
    println!("cargo::rustc-env=OPERATIONS_SCHEMA=task_api_{name:08x}");
    Ok(())
}
