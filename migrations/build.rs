//! The SQL is read while compiling, by a macro of which Cargo does not know which files it read.

fn main() {
    println!("cargo::rerun-if-changed=.");
}
