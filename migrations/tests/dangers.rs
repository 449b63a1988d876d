//! No migration may break the version of the API that runs at the same time, or block its requests. A statement that
//! could do so is refused, unless the comment above it says why it is safe: `-- safe: <reason>`.
//!
//! [squawk](https://squawkhq.com) knows most of the rules. This file adds a list of the kinds of statements that are
//! known to be harmless, so every other kind is refused.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::{
    collections::HashSet,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use migrations::{Statement, statements};

/// The minimum length of a reason, so that `-- safe: ok` is not enough.
const REASON: usize = 15;

/// The dangers in a file, each as `line: rule`.
fn dangers(sql: &str) -> Vec<String> {
    let statements = statements(sql);
    let mut found = squawk(sql, statements.iter().any(Statement::is_concurrent));
    found.extend(unknown_to_squawk(&statements));
    found.sort();
    found.dedup();
    found.retain(|(line, _)| {
        !statements.iter().any(|statement| covers(statement, *line) && is_declared_safe(statement))
    });
    found.extend(sql.find("squawk-ignore").map(|_| (0, "squawk-ignore: write `-- safe: <reason>` instead".to_owned())));
    found.into_iter().map(|(line, rule)| format!("{line}: {rule}")).collect()
}

fn covers(statement: &Statement<'_>, line: usize) -> bool {
    (statement.line..statement.line + statement.text.lines().count()).contains(&line)
}

/// The comment must be directly above, so that it cannot belong to another statement.
fn is_declared_safe(statement: &Statement<'_>) -> bool {
    // The last element is the indentation of the statement's own line.
    let block = statement.above.split('\n').rev().skip(1).take_while(|line| line.trim_start().starts_with("--"));
    block.filter_map(|line| line.trim_start().strip_prefix("-- safe: ")).any(|reason| reason.trim().len() >= REASON)
}

fn squawk(sql: &str, concurrent: bool) -> Vec<(usize, String)> {
    let mut command = Command::new(squawk_program());
    command.arg("--config").arg(here().join(".squawk.toml")).args(["--reporter", "json"]);
    command.args(["--stdin-filepath", "V.sql"]);
    if concurrent {
        command.arg("--no-assume-in-transaction"); // `migrate` runs such a file outside of one
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("squawk starts");
    child.stdin.take().expect("it is piped").write_all(sql.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("squawk: {error}: {}", String::from_utf8_lossy(&output.stderr)));
    let violation = |told: &serde_json::Value| {
        let line = told["line"].as_u64().and_then(|line| usize::try_from(line).ok()).expect("a line");
        (line + 1, format!("{}: {}", told["rule_name"].as_str().unwrap(), told["message"].as_str().unwrap()))
    };
    told.as_array().expect("a list").iter().map(violation).collect()
}

fn squawk_program() -> PathBuf {
    let ours = here().with_file_name(".dev").join("venv/bin/squawk");
    let program = env::var_os("SQUAWK").map_or(ours, PathBuf::from);
    assert!(
        program.exists(),
        "squawk is not installed: run `make test`, which installs it, or only `scripts/packages.py squawk-cli`"
    );
    program
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The kinds of statements that squawk checks, or that are harmless.
const KNOWN: [&str; 21] = [
    "alter index", // squawk checks renames
    "alter table",
    "comment on",
    "create extension",
    "create function",
    "create index",
    "create policy",
    "create sequence",
    "create table",
    "create trigger",
    "create type",
    "create unique index",
    "create view",
    "drop function", // squawk checks drops and renames
    "drop index",
    "drop table",
    "drop view",
    "grant",
    "insert into",
    "set local lock_timeout",
    "set local statement_timeout",
];

/// Dangerous parts of such statements that squawk does not refuse.
const FORBIDDEN: [(&str, &str, &str); 10] = [
    ("alter table", " disable row level security", "removes a wall between users"),
    ("alter table", " no force row level security", "removes that wall for the owner"),
    ("alter table", " disable trigger", "lets writes bypass the trigger"),
    ("alter table", " owner to", "gives the table away"),
    ("alter table", " detach partition", "hides rows from the running version"),
    ("alter table", " set unlogged", "rewrites the table, and a crash empties it"),
    ("alter table", " set logged", "rewrites the table under a lock"),
    ("grant", " to public", "gives the right to every role"),
    ("grant", " with grant option", "lets the role give the right to others"),
    ("create table", " as select", "copies rows that the running version still changes"),
];

/// The statements that are refused although squawk allows them.
fn unknown_to_squawk(statements: &[Statement<'_>]) -> Vec<(usize, String)> {
    let mut made = HashSet::new();
    let mut found = Vec::new();
    for statement in statements {
        let code = statement.code();
        let words: Vec<&str> = code.split([' ', '(']).collect();
        if let ["create", "table", name, ..] = words[..] {
            made.insert(name.to_owned());
        }
        if let Some(rule) = danger(&code, &made) {
            found.push((statement.line, rule));
        }
    }
    found
}

fn danger(code: &str, made: &HashSet<String>) -> Option<String> {
    let is = |kind: &str| code == kind || code.starts_with(&format!("{kind} "));
    let Some(kind) = KNOWN.into_iter().find(|kind| is(kind)) else {
        let kind: Vec<&str> = code.split(' ').take(3).collect();
        return Some(format!("kind: `{} …` is not among the statements known to be safe", kind.join(" ")));
    };
    let on_new_table = code.split([' ', '(']).any(|word| made.contains(word));
    if kind == "create policy" && !on_new_table {
        return Some("policy: another policy on a table in use shows rows that were hidden".to_owned());
    }
    if kind == "create trigger" && !on_new_table {
        return Some("trigger: the writes of the running version go through it, too".to_owned());
    }
    let part = FORBIDDEN.iter().find(|(of, part, _)| kind == *of && code.contains(part));
    part.map(|(_, part, why)| format!("part: `{}` {why}", part.trim()))
}

#[test]
fn no_migration_breaks_or_blocks_the_version_that_runs_at_the_same_time() {
    let mut judged = 0;
    for entry in fs::read_dir(here()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let found = dangers(&fs::read_to_string(&path).unwrap());
        // V1 creates a role in a `do` block, which no rule can check. No version ran at the same time.
        let first = name == "V1__users_and_tasks.sql";
        let found: Vec<_> = found.into_iter().filter(|danger| !(first && danger.contains("kind: `do "))).collect();
        assert!(found.is_empty(), "migrations/README.md says what to do instead. {name}:\n{}", found.join("\n"));
        judged += 1;
    }
    assert!(judged > 0, "the files are not where this test looks for them");
}

/// One statement that each rule refuses.
const REFUSED: &[(&str, &str)] = &[
    // The running version needs what these remove.
    ("drop table tasks", "ban-drop-table"),
    ("alter table tasks drop column title", "ban-drop-column"),
    ("alter table tasks rename to todos", "renaming-table"),
    ("alter table tasks rename column title to name", "renaming-column"),
    ("alter table tasks alter column title drop default", "ban-drop-default"),
    ("alter table tasks alter column title drop not null", "ban-drop-not-null"),
    ("alter table tasks drop constraint tasks_pkey", "ban-drop-constraint"),
    ("drop function f()", "ban-drop-function"),
    ("drop view v", "ban-drop-view"),
    ("drop schema public cascade", "ban-drop-schema"),
    ("alter type priority rename value 'low' to 'least'", "renaming-object"),
    // The running version's writes would fail.
    ("alter table tasks add column priority text not null", "adding-required-field"),
    ("alter table tasks alter column description set not null", "adding-not-nullable-field"),
    ("create trigger t before insert on tasks for each row execute function f()", "trigger"),
    // These block requests.
    ("alter table tasks alter column title type varchar", "changing-column-type"),
    ("alter table tasks add column n uuid default gen_random_uuid()", "adding-field-with-default"),
    ("create index i on tasks (title)", "require-concurrent-index-creation"),
    ("create unique index i on tasks (title)", "require-concurrent-index-creation"),
    ("drop index tasks_by_created", "require-concurrent-index-deletion"),
    ("reindex table tasks", "require-concurrent-reindex"),
    ("alter table tasks add constraint c check (revision > 1)", "constraint-missing-not-valid"),
    ("alter table tasks add constraint c foreign key (id) references users (id)", "adding-foreign-key-constraint"),
    ("alter table tasks add constraint c unique (title)", "disallowed-unique-constraint"),
    (
        "alter table tasks add constraint c check (revision > 1) not valid; alter table tasks validate constraint c",
        "constraint-missing-not-valid",
    ),
    ("lock table tasks", "kind"),
    ("vacuum full tasks", "kind"),
    ("cluster tasks", "kind"),
    ("refresh materialized view v", "kind"),
    ("alter table tasks set unlogged", "part"),
    ("alter table tasks set logged", "part"),
    ("create table copies as select title from tasks", "part"),
    // These lose or rewrite data.
    ("truncate tasks", "kind"),
    ("delete from tasks", "kind"),
    ("update tasks set title = 'x'", "kind"),
    ("merge into tasks using users on true when matched then delete", "kind"),
    ("with gone as (delete from tasks returning id) select count(id) from gone", "kind"),
    ("alter table tasks detach partition old", "part"),
    // These open the walls between users.
    ("alter table tasks disable row level security", "part"),
    ("alter table tasks no force row level security", "part"),
    ("alter table tasks owner to task_api", "part"),
    ("alter table tasks disable trigger all", "part"),
    ("create policy p on tasks using (true)", "policy"),
    ("alter policy tasks_own on tasks using (true)", "kind"),
    ("drop policy tasks_own on tasks", "kind"),
    ("grant select on tasks to public", "part"),
    ("grant select on tasks to task_api with grant option", "part"),
    ("revoke select on tasks from task_api", "kind"),
    ("alter role task_api bypassrls", "kind"),
    ("alter default privileges grant select on tables to task_api", "kind"),
    // No rule can check these.
    ("do $$ begin drop table tasks; end $$", "kind"),
    ("create or replace function f() returns int language sql as 'select 1'", "kind"),
    ("set local role other", "kind"),
    ("drop table tasks -- squawk-ignore ban-drop-table", "squawk-ignore"),
];

#[test]
fn each_rule_refuses_its_statement_unless_a_reason_is_given() {
    for (sql, rule) in REFUSED {
        let found = dangers(&format!("{sql};\n"));
        assert!(found.iter().any(|danger| danger.contains(&format!(": {rule}"))), "{sql}: {found:?}");
        let reasoned = sql.replace("; ", ";\n-- safe: this test says that it is\n");
        let found = dangers(&format!("-- safe: this test says that it is\n{reasoned};\n"));
        assert!(found.iter().all(|danger| danger.contains("squawk-ignore")), "{sql}: {found:?}");
    }
}

#[test]
fn a_reason_is_a_sentence_directly_above_its_statement() {
    let drop = "alter table tasks drop column title;";
    for (above, passes) in [
        ("-- safe: no version since 2 reads it\n", true),
        ("-- Why it was there.\n-- safe: no version since 2 reads it\n-- And more.\n", true),
        ("-- safe:\n", false),
        ("-- safe: ok\n", false),
        ("-- It is safe: no version since 2 reads it\n", false),
        ("-- safe: no version since 2 reads it\n\n", false),
        ("-- safe: no version since 2 reads it\nselect 1;\n", false),
        ("select 1; -- safe: no version since 2 reads it\n", false),
        ("/* -- safe: no version since 2 reads it */\n", false),
    ] {
        let found = dangers(&format!("{above}{drop}"));
        assert_eq!(!found.iter().any(|danger| danger.contains("ban-drop-column")), passes, "{above}: {found:?}");
    }
}

/// Statements that no rule refuses.
const PASSES: &[&str] = &[
    "alter table tasks add column theme text",
    "alter table tasks add column archived boolean not null default false",
    "alter table tasks add constraint tasks_theme check (theme <> '') not valid",
    "alter table tasks validate constraint tasks_theme",
    "drop index concurrently if exists tasks_by_theme; create index concurrently tasks_by_theme on tasks (theme)",
    "alter table tasks add constraint tasks_theme_key unique using index tasks_by_theme",
    "create table labels (owner_user_id text collate \"C\" not null, id uuid not null,
         constraint labels_pkey primary key (owner_user_id, id));
     create index labels_by_id on labels (owner_user_id, id);
     alter table labels enable row level security;
     alter table labels force row level security;
     create policy labels_own on labels to task_api using (owner_user_id = current_setting('app.user_id', true));
     grant select, insert, delete on labels to task_api",
    "grant update (theme) on tasks to task_api",
    "comment on column tasks.theme is 'light or dark'",
    "set local statement_timeout = '10min'; alter table tasks validate constraint tasks_theme",
];

#[test]
fn statements_that_are_safe_for_a_running_version_pass_without_a_reason() {
    for sql in PASSES {
        assert_eq!(dangers(sql), Vec::<String>::new(), "{sql}");
    }
}

#[test]
fn the_examples_of_the_readme_pass() {
    let examples = common::readme_examples();
    assert!(examples.len() > 5, "the examples are not where this test looks for them");
    for sql in examples {
        assert_eq!(dangers(&sql), Vec::<String>::new(), "{sql}");
    }
}
