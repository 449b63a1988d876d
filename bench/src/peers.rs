//! Compares list and create with functions that do the same in other languages.

use std::path::Path;

use testing::token::Token;
use tokio::runtime::Runtime;

use crate::{
    cases::{CREATE, Case, event},
    database::{Database, Setting, user},
    measure::{self, Seen},
    report::{ms, table, times, us},
    round_trips,
};

/// Each peer: its name, and the directory of its `bootstrap`.
const PEERS: [(&str, &str); 2] = [("Go, pgx", "go"), ("FastAPI, SQLModel", "fastapi")];

/// The table in which the peers keep their tasks.
const THEIR_TABLE: &str = include_str!("../peers/table.sql");

/// The operations to compare: the name of our function, and the title of the table.
const OPERATIONS: [(&str, &str); 2] = [("list-tasks", "List of 20"), ("create-task", "Create")];

const HEAD: [&str; 10] = [
    "",
    "first poll ms",
    "first answer ms",
    "p50 µs",
    "× ours",
    "p99 µs",
    "CPU µs",
    "server's CPU µs",
    "memory MB",
    "round trips",
];

/// A table for each operation, all from one run. A peer that could not be built is left out.
pub(crate) fn tables(ours: &Path, peers: &Path, database: &Database, runtime: &Runtime) -> String {
    runtime.block_on(database.run(THEIR_TABLE));
    let there: Vec<_> = PEERS.into_iter().filter(|peer| peers.join(peer.1).join("bootstrap").exists()).collect();
    let cases = || -> Vec<Case> {
        let of = |operation| {
            let peer = |peer: &(&str, &str)| theirs(operation, peer.0, &peers.join(peer.1), database);
            [our(operation, ours, database)].into_iter().chain(there.iter().map(peer)).collect::<Vec<_>>()
        };
        OPERATIONS.iter().flat_map(|(operation, _)| of(operation)).collect()
    };
    let trips: Vec<_> = cases().into_iter().map(|case| round_trips::of(case, runtime).1).collect();
    let cases = cases();
    let seen = measure::all(&cases, database);
    let all: Vec<_> = cases.iter().zip(seen.iter().zip(trips)).collect();
    let tables = OPERATIONS.iter().zip(all.chunks(1 + there.len())).map(|((_, title), all)| {
        let ours = all[0].1.0;
        let rows: Vec<_> = all.iter().map(|(case, (seen, trips))| row(&case.name, seen, ours, *trips)).collect();
        format!("## {title}\n\n{}", table(&HEAD, &rows))
    });
    tables.collect::<Vec<_>>().join("\n")
}

fn our(operation: &str, directory: &Path, database: &Database) -> Case {
    let url = database.url(Setting::Connected { tls: false });
    let (event, status) = request(operation);
    Case::of("ours", &directory.join(operation), &url, event, status)
}

/// Each driver needs other parameters in the URL.
fn theirs(operation: &str, name: &str, directory: &Path, database: &Database) -> Case {
    let url = database.url(Setting::Connected { tls: false });
    let url = if name.starts_with("Go") {
        format!("{url}&application_name=task-api")
    } else {
        url.replace("postgres://", "postgresql+asyncpg://").replace("sslmode=", "ssl=")
    };
    let (event, status) = request(operation);
    Case::of(name, &directory.join("bootstrap"), &url, event, status)
}

/// The event, which is the same for all, and the expected status.
fn request(operation: &str) -> (String, u64) {
    let token = Token::of(user(operation)).sign();
    match operation {
        "list-tasks" => (event("GET", "/api/me/tasks?limit=20", None, &token), 200),
        _ => (event("POST", "/api/me/tasks", Some(CREATE), &token), 201),
    }
}

fn row(name: &str, seen: &Seen, ours: &Seen, trips: usize) -> Vec<String> {
    vec![
        name.to_owned(),
        ms(seen.init_wall()),
        ms(seen.cold()),
        us(seen.p50()),
        times(seen.p50(), ours.p50()),
        us(seen.p99()),
        us(seen.cpu_alone()),
        us(seen.server()),
        format!("{:.1}", seen.peak_memory()),
        trips.to_string(),
    ]
}
