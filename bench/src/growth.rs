//! How list, changes and create depend on the number of the owner's tasks, and what a batch saves.

use std::path::Path;

use serde_json::{Value, json};
use testing::token::Token;

use crate::{
    cases::{CREATE, Case, event, event_if_none_match},
    database::{Database, Setting, user},
    measure::{self, Seen},
    process::Process,
    report::{self, times, us},
};

/// The numbers of tasks that an owner has.
pub(crate) const SIZES: [u32; 2] = [1_000, 1_000_000];

/// The page size on the way to the middle of the list: the most that the API allows.
const STRIDE: u32 = 500;

/// Both sizes in one run, each in its own database.
pub(crate) fn table(directory: &Path, databases: &[Database; 2]) -> String {
    let sized = || databases.iter().zip(SIZES);
    let first = sized().map(|(database, _)| page(directory, database, "/api/me/tasks?limit=20"));
    let deep = sized().map(|(database, tasks)| page(directory, database, &middle(directory, database, tasks)));
    let known = sized().map(|(database, _)| known(directory, database));
    let nothing_new = sized().map(|(database, _)| changes(directory, database, &end_of_changes(directory, database)));
    let create = sized().map(|(database, _)| create(directory, database));
    let batch = sized().map(|(database, _)| batch(directory, database));
    let cases: Vec<_> = first.chain(deep).chain(known).chain(nothing_new).chain(create).chain(batch).collect();
    let mut seen = Seen::of_none(&cases);
    measure::warm(&cases, &mut seen, &databases[0]);
    let names = [
        "first page of 20",
        "page of 20 in the middle",
        "list that the client has (304)",
        "changes, nothing new",
        "create",
        "batch of 100 creates",
    ];
    let row = |(name, seen): (&str, &[Seen])| {
        let [few, many] = [&seen[0], &seen[1]];
        vec![
            name.to_owned(),
            us(few.p50()),
            us(many.p50()),
            times(many.p50(), few.p50()),
            us(few.server()),
            us(many.server()),
            times(many.server(), few.server()),
        ]
    };
    let rows: Vec<_> = names.into_iter().zip(seen.chunks(2)).map(row).collect();
    let head =
        ["", "1,000: p50 µs", "1,000,000: p50 µs", "×", "1,000: server's CPU µs", "1,000,000: server's CPU µs", "×"];
    format!("## By the tasks of the owner\n\n{}", report::table(&head, &rows))
}

fn page(directory: &Path, database: &Database, target: &str) -> Case {
    let token = Token::of(user("list-tasks")).sign();
    case("list-tasks", directory, database, event("GET", target, None, &token), 200)
}

fn create(directory: &Path, database: &Database) -> Case {
    let token = Token::of(user("create-task")).sign();
    case("create-task", directory, database, event("POST", "/api/me/tasks", Some(CREATE), &token), 201)
}

fn known(directory: &Path, database: &Database) -> Case {
    let first = page(directory, database, "/api/me/tasks?limit=20");
    let (_, answer) = Process::start(&first.binary, &first.variables).answer(&first.event(), 200);
    let tag = answer["headers"]["ETag"].as_str().expect("a list has a tag");
    let token = Token::of(user("list-tasks")).sign();
    case("list-tasks", directory, database, event_if_none_match("/api/me/tasks?limit=20", tag, &token), 304)
}

fn changes(directory: &Path, database: &Database, target: &str) -> Case {
    let token = Token::of(user("list-tasks")).sign();
    case("list-changes", directory, database, event("GET", target, None, &token), 200)
}

/// The target after all changes. It gets there as a client does, with the token of each page.
fn end_of_changes(directory: &Path, database: &Database) -> String {
    let mut target = format!("/api/me/tasks/changes?limit={STRIDE}");
    let first = changes(directory, database, &target);
    let mut process = Process::start(&first.binary, &first.variables);
    loop {
        let (_, answer) = process.answer(&changes(directory, database, &target).event(), 200);
        let page: Value = answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).expect("a page");
        let next = page["next"].as_str().expect("a page has a token");
        target = format!("/api/me/tasks/changes?limit={STRIDE}&since={next}");
        if page["more"] == false {
            return target;
        }
    }
}

/// A batch with the maximum number of creates.
fn batch(directory: &Path, database: &Database) -> Case {
    let task: Value = serde_json::from_str(CREATE).expect("the body is JSON");
    let operations = vec![json!({ "op": "create", "task": task }); 100];
    let body = json!({ "operations": operations }).to_string();
    let token = Token::of(user("create-task")).sign();
    case("batch-tasks", directory, database, event("POST", "/api/me/tasks/batch", Some(&body), &token), 200)
}

fn case(name: &str, directory: &Path, database: &Database, event: String, status: u64) -> Case {
    Case::of(name, &directory.join(name), &database.url(Setting::Connected { tls: false }), event, status)
}

/// The target of the page in the middle of the list. It gets there as a client does, with the link of each page.
fn middle(directory: &Path, database: &Database, tasks: u32) -> String {
    let mut target = format!("/api/me/tasks?limit={STRIDE}");
    let case = page(directory, database, &target);
    let mut process = Process::start(&case.binary, &case.variables);
    for _ in 0..tasks / STRIDE / 2 {
        let (_, answer) = process.answer(&page(directory, database, &target).event(), 200);
        let link = answer["headers"]["Link"].as_str().expect("there is a next page");
        target = link.split(['<', '>']).nth(1).map(str::to_owned).expect("a link is in brackets");
    }
    target.replace(&format!("limit={STRIDE}"), "limit=20")
}
