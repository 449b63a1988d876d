//! How list and create grow with the tasks of their owner.

use std::path::Path;

use testing::token::Token;

use crate::{
    cases::{CREATE, Case, event},
    database::{Database, Setting, user},
    measure::{self, Seen},
    process::Process,
    report::{self, times, us},
};

/// How many tasks the owner has.
pub(crate) const SIZES: [u32; 2] = [1_000, 1_000_000];

/// How many tasks a page has on the way to the middle of the list: as many as the API allows.
const STRIDE: u32 = 500;

/// The two sizes beside each other, each in a database of its own, in one run.
pub(crate) fn table(directory: &Path, databases: &[Database; 2]) -> String {
    let sized = || databases.iter().zip(SIZES);
    let first = sized().map(|(database, _)| page(directory, database, "/api/me/tasks?limit=20"));
    let deep = sized().map(|(database, tasks)| page(directory, database, &middle(directory, database, tasks)));
    let create = sized().map(|(database, _)| create(directory, database));
    let cases: Vec<_> = first.chain(deep).chain(create).collect();
    let mut seen = Seen::of_none(&cases);
    measure::warm(&cases, &mut seen, &databases[0]);
    let names = ["first page of 20", "page of 20 in the middle", "create"];
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

fn case(name: &str, directory: &Path, database: &Database, event: String, status: u64) -> Case {
    Case::of(name, &directory.join(name), &database.url(Setting::Connected { tls: false }), event, status)
}

/// The page in the middle of the list, as a client gets there: by the link from each page to the next.
fn middle(directory: &Path, database: &Database, tasks: u32) -> String {
    let mut target = format!("/api/me/tasks?limit={STRIDE}");
    let case = page(directory, database, &target);
    let mut process = Process::start(&case.binary, &case.variables);
    for _ in 0..tasks / STRIDE / 2 {
        let (_, answer) = process.answer(&page(directory, database, &target).event(), 200);
        let link = answer["headers"]["Link"].as_str().expect("there are more");
        target = link.split(['<', '>']).nth(1).map(str::to_owned).expect("a link is in brackets");
    }
    target.replace(&format!("limit={STRIDE}"), "limit=20")
}
