//! In every crate, modules do not use each other in a circle. Neither do the files in a folder. What a crate's root
//! defines counts as a module of its own. What the root only re-exports counts as the module that defines it.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod imports;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use imports::{files, named, read};

/// The name of a crate's root, as a module.
const ROOT: &str = "the root";

/// The modules that each module uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// The directories below this one that contain a crate's root. Integration tests of several files are crates, too.
fn crates(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::from_iter(root(directory).map(|_| directory.to_owned()));
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = stem(&path);
        if path.is_dir() && !name.starts_with('.') && !["target", "node_modules"].contains(&&*name) {
            found.extend(crates(&path));
        }
    }
    found
}

fn root(source: &Path) -> Option<PathBuf> {
    ["lib.rs", "main.rs"].map(|name| source.join(name)).into_iter().find(|path| path.exists())
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// The module with this name, or the module from which the root re-exports it.
fn owner(source: &Path, name: &str) -> String {
    let modules: Vec<_> = fs::read_dir(source).unwrap().map(|entry| stem(&entry.unwrap().path())).collect();
    let root = read(&root(source).unwrap());
    let re_exports = |module: &&String| named(&root, &format!("use {module}::")).contains(name);
    let owner = modules.iter().find(|module| *module == name).or_else(|| modules.iter().find(re_exports));
    owner.map_or_else(|| ROOT.to_owned(), ToOwned::to_owned)
}

/// The code of a file, without comments and re-exports.
fn code(path: &Path) -> String {
    let text = read(path);
    let lines: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let statements = lines.join("\n");
    statements.split_inclusive(';').filter(|statement| !statement.trim_start().starts_with("pub use")).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// For each folder, what its files use of each other.
fn folders(source: &Path) -> BTreeMap<PathBuf, Uses> {
    let mut folders = BTreeMap::<PathBuf, Uses>::new();
    for path in files(source) {
        let (folder, code) = (path.parent().unwrap(), code(&path));
        let mut note = |folder: &Path, module: String, used: BTreeSet<String>| {
            folders.entry(folder.to_owned()).or_default().entry(module).or_default().extend(used);
        };
        if root(folder).as_ref() == Some(&path) {
            // A module's name can also be a function's.
            let is_used =
                |word: &&str| !source.join(word).with_extension("rs").exists() || code.contains(&format!("{word}::"));
            let used = words(&code).filter(is_used).map(|word| owner(source, word)).collect();
            note(source, ROOT.to_owned(), used);
            continue;
        }
        let of_crate = named(&code, "crate::").into_iter().map(|name| owner(source, &name)).collect();
        let module = path.strip_prefix(source).unwrap().iter().next().unwrap();
        note(source, stem(Path::new(module)), of_crate);
        let beside = named(&code, "super::").into_iter();
        let beside = beside.map(|name| if folder == source { owner(source, &name) } else { name }).collect();
        note(folder, stem(&path), beside);
    }
    folders
}

/// The modules in circles, and those that use them: what remains after all modules that use no other have been removed,
/// again and again.
fn circle(mut uses: Uses) -> Uses {
    loop {
        let names: BTreeSet<_> = uses.keys().cloned().collect();
        for (module, used) in &mut uses {
            used.retain(|name| name != module && names.contains(name));
        }
        uses.retain(|_, used| !used.is_empty());
        if uses.len() == names.len() {
            return uses;
        }
    }
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    let crates = crates(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    assert!(crates.len() > 8, "{crates:?}");
    for (folder, uses) in crates.iter().flat_map(|source| folders(source)) {
        let circle = circle(uses);
        assert!(circle.is_empty(), "{}: {circle:#?}", folder.display());
    }
}

#[test]
fn a_circle_is_what_remains() {
    let uses = |uses: &[(&str, &[&str])]| -> Uses {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        uses.iter().map(|(module, used)| ((*module).to_owned(), owned(used))).collect()
    };
    assert!(circle(uses(&[("a", &["a", "b", "std"]), ("b", &["c"]), ("c", &[])])).is_empty());
    let found = circle(uses(&[("a", &["b"]), ("b", &["c", "d"]), ("c", &["b"]), ("d", &[])]));
    assert_eq!(found.into_keys().collect::<Vec<_>>(), ["a", "b", "c"]);
}
