//! The operations as functions in the database: one SQL file an operation, beside this one.
//!
//! They live in a schema that is named by a hash of their sources. So each release calls the functions that it was
//! compiled with, also while another release serves beside it, and no function is ever replaced while it runs.
//! `migrate` installs them; the functions' own binaries only need the name.

/// The schema that holds these operations: `task_api_` and the first 8 hexadecimal digits of the SHA-256 of all files,
/// in the order of their names.
pub const SCHEMA: &str = env!("OPERATIONS_SCHEMA");

/// What the sources call their own schema.
const PLACEHOLDER: &str = "operations.";

/// Each file: its name without `.sql`, and its text as it stands there.
pub const SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The files, in the order in which they are installed, with the schema's name in them.
pub fn sources() -> impl Iterator<Item = (&'static str, String)> {
    SOURCES.iter().map(|(name, text)| (*name, text.replace(PLACEHOLDER, &format!("{SCHEMA}."))))
}
