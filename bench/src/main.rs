//! What a function costs, compared with a function that only says hello. README.md explains how to run and read it.
//!
//!     bench DIRECTORY                   measures all functions, whose binaries are there, and writes results.md
//!     bench DIRECTORY against ANOTHER   measures the functions of two builds in one run
//!     bench DIRECTORY peers PEERS       measures list and create in one run with peers in other languages, and with a
//!                                       million tasks, and writes peers.md
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that cannot continue says so and ends"
)]

mod cases;
mod database;
mod growth;
mod measure;
mod parameter_store;
mod peers;
mod process;
mod report;
mod round_trips;
mod runtime_api;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use testing::{
    jwks,
    token::{Key, Token},
};
use tokio::runtime::Runtime;

use cases::{Case, HELLO, METRICS, SECRETS, operations};
use database::{Database, Setting, user};
use report::Report;

/// The settings in which a function that uses the database is measured.
const SETTINGS: [Setting; 4] = [
    Setting::Refused { tls: false },
    Setting::Refused { tls: true },
    Setting::Connected { tls: false },
    Setting::Connected { tls: true },
];

fn main() {
    let mut arguments = env::args().skip(1);
    let usage = "Usage: bench DIRECTORY [against ANOTHER | peers PEERS]";
    let directory = PathBuf::from(arguments.next().expect(usage));
    let runtime = Runtime::new().expect("there are threads");
    let _context = runtime.enter(); // the database needs it when it is dropped
    check_profiles();
    let command = arguments.next();
    let mut another = || PathBuf::from(arguments.next().expect(usage));
    match command.as_deref() {
        None => all(&directory, &runtime.block_on(Database::create()), &runtime),
        Some("against") => print!("{}", against(&directory, &another(), &runtime.block_on(Database::create()))),
        Some("peers") => compare(&directory, &another(), &runtime),
        Some(_) => panic!("{usage}"),
    }
}

/// Compares with peers, and few tasks with many.
fn compare(directory: &Path, peers: &Path, runtime: &Runtime) {
    println!("Filling databases …");
    let filled = |tasks| runtime.block_on(Database::of_size(tasks));
    let (beside, sizes) = (filled(growth::SIZES[0]), growth::SIZES.map(filled));
    println!("Measuring peers …");
    let peers = peers::tables(directory, peers, &beside, runtime);
    println!("Measuring with few and many tasks …");
    let growth = growth::table(directory, &sizes);
    let head = report::head("make bench-peers", &runtime.block_on(beside.version()));
    let text = [head, peers, growth].join("\n");
    fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/peers.md"), &text).expect("it can be written");
    print!("{text}");
}

fn all(directory: &Path, database: &Database, runtime: &Runtime) {
    let mut cases = vec![hello(directory, database)];
    for name in operations() {
        let settings = if name == "health" { &SETTINGS[2..3] } else { &SETTINGS };
        cases.extend(settings.iter().map(|setting| Case::new(name, &directory.join(name), *setting, database)));
    }
    cases.extend(tokens(directory, database));
    cases.extend(extras(directory, database));
    let report = Report {
        seen: measure::all(&cases, database),
        cases,
        trips: round_trips::count(directory, database, runtime),
        postgres: runtime.block_on(database.version()),
    };
    let text = report.all();
    fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/results.md"), &text).expect("it can be written");
    print!("{text}");
}

/// Both builds use one database, so both must work with its schema.
fn against(directory: &Path, another: &Path, database: &Database) -> String {
    let mut cases = Vec::new();
    for name in operations().filter(|name| *name != "health") {
        for setting in [Setting::Refused { tls: true }, Setting::Connected { tls: false }] {
            cases.push(Case::new(name, &directory.join(name), setting, database));
            cases.push(Case::new(name, &another.join(name), setting, database).named(&report::other(name)));
        }
    }
    let seen = measure::all(&cases, database);
    Report { cases, seen, trips: Vec::new(), postgres: String::new() }.comparison()
}

fn hello(directory: &Path, database: &Database) -> Case {
    Case::new(HELLO, &directory.join(HELLO), Setting::Connected { tls: false }, database)
}

/// get-task with tokens that an issuer's key has signed, instead of the shared secret.
fn tokens(directory: &Path, database: &Database) -> Vec<Case> {
    let keys = [("EdDSA", Key::ed25519("bench")), ("ES256", Key::p256("bench")), ("RS256", Key::rsa("bench"))];
    let case = |algorithm: &str, key: &Key, setting| {
        let token = Token::of(user("get-task")).key(key, algorithm).sign();
        let case = Case::new("get-task", &directory.join("get-task"), setting, database);
        case.with_token(algorithm, &token, &jwks::set([key]))
    };
    let settings = [Setting::Refused { tls: false }, Setting::Connected { tls: false }];
    keys.iter().flat_map(|(name, key)| settings.map(|setting| case(name, key, setting))).collect()
}

/// get-task with secrets from Parameter Store, and with metrics.
fn extras(directory: &Path, database: &Database) -> [Case; 3] {
    let case = |setting| Case::new("get-task", &directory.join("get-task"), setting, database);
    let [refused, connected] = [SETTINGS[0], SETTINGS[2]];
    [
        case(refused).with_secrets(SECRETS),
        case(connected).with_secrets(SECRETS),
        case(connected).with(METRICS, "METRICS_NAMESPACE", "task-api"),
    ]
}

/// The comparison with hello needs the same profile for both.
fn check_profiles() {
    let profile = |manifest: &str| -> Vec<String> {
        let lines = manifest.lines().skip_while(|line| *line != "[profile.release]").skip(1);
        let lines = lines.map(|line| line.split('#').next().unwrap_or_default().trim().to_owned());
        lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty()).collect()
    };
    let (ours, theirs) = (include_str!("../Cargo.toml"), include_str!("../../Cargo.toml"));
    assert_eq!(profile(ours), profile(theirs), "[profile.release] differs between bench/Cargo.toml and Cargo.toml");
}
