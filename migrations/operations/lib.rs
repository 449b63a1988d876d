//! The operations as SQL functions: one file for each operation, in this directory.
//!
//! They are installed in a schema that is named by a hash of the files. So each deployment calls the SQL functions that
//! it was compiled with, even if an older deployment still serves requests, and no SQL function is replaced while it
//! runs. `migrate` installs them. The binaries of the functions only need the schema's name.

/// The schema that holds these operations: `task_api_` and the first 8 hexadecimal digits of the SHA-256 of all files,
/// in the order of their names.
pub const SCHEMA: &str = env!("OPERATIONS_SCHEMA");

/// How the files refer to their own schema.
const PLACEHOLDER: &str = "operations.";

/// Each file: its name without `.sql`, and its unchanged text.
pub const SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The files in the order of installation, with the placeholder replaced by the schema's name.
pub fn sources() -> impl Iterator<Item = (&'static str, String)> {
    SOURCES.iter().map(|(name, text)| (*name, text.replace(PLACEHOLDER, &format!("{SCHEMA}."))))
}
