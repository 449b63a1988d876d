//! A macro reads the SQL files at compile time. Cargo does not know which files a macro reads, so this names them.

fn main() {
    println!("cargo::rerun-if-changed=.");
}
