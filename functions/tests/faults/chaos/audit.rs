//! What really happened, recorded by the database: every change of a task, with its revision and its transaction, and
//! when users were created and erased.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use testing::postgres::Database;
use uuid::Uuid;

use crate::operations::timeless;

/// Triggers that record every change in the same transaction. (A task that is deleted for good gets no revision, but
/// its owner's revision grows by one at the end of the write. Tasks that are erased with their owner are not recorded,
/// because the owner's deletion says enough.)
pub(super) struct Audit;

const TRIGGERS: &str = "
    create table audit (
        number bigint generated always as identity, transaction text default pg_current_xact_id()::text,
        owner text, revision bigint, task uuid, before jsonb, after jsonb
    );
    create function audit_task() returns trigger language plpgsql security definer as $$
    begin
        insert into public.audit (owner, revision, task, before, after)
        select id, coalesce(new.revision, revision + 1), coalesce(new.id, old.id), to_jsonb(old), to_jsonb(new)
        from public.users where id = coalesce(new.owner_user_id, old.owner_user_id);
        return null;
    end $$;
    create trigger audit after insert or update or delete on tasks for each row execute function audit_task();
    create function audit_user() returns trigger language plpgsql security definer as $$
    begin
        insert into public.audit (owner, revision, before, after)
        values (coalesce(new.id, old.id), coalesce(new.revision, old.revision), to_jsonb(old), to_jsonb(new));
        return coalesce(new, old);
    end $$;
    create trigger audit before insert or delete on users for each row execute function audit_user();";

/// One change.
pub(super) struct Change {
    /// None if the owner is erased.
    pub(super) task: Option<Uuid>,
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) revision: i64,
}

/// The changes of one attempt of one request.
pub(super) struct Transaction {
    pub(super) owner: String,
    pub(super) changes: Vec<Change>,
}

/// From an owner's first write to their erasure, if there was one.
struct Life {
    owner: String,
    epoch: Value,
    /// The revision before the first change.
    born: i64,
    /// The revisions of the changes, in order.
    revisions: Vec<i64>,
    is_over: bool,
}

/// The whole record.
pub(super) struct History {
    pub(super) transactions: Vec<Transaction>,
    lives: Vec<Life>,
    states: HashMap<(Uuid, i64), Value>,
    last: HashSet<(Uuid, i64)>,
    deleted: HashSet<Uuid>,
}

impl Transaction {
    pub(super) fn toggles(&self) -> bool {
        let completed = |task: &Value| task["completed"].as_bool();
        let both = |change: &Change| completed(&change.before).zip(completed(&change.after));
        self.changes.iter().filter_map(both).any(|(before, after)| before != after)
    }

    /// The task that the request named: the first changed one that existed before.
    pub(super) fn task(&self) -> Option<Uuid> {
        let made = |id| self.changes.iter().any(|change| change.task == id && change.before.is_null());
        self.changes.iter().find(|change| !made(change.task)).and_then(|change| change.task)
    }
}

impl Audit {
    pub(super) async fn of(database: &Database) -> Self {
        database.connect().await.batch_execute(TRIGGERS).await.unwrap();
        Self
    }

    pub(super) async fn read(&self, database: &Database) -> History {
        let sql =
            "select owner, transaction, revision, task, coalesce(before, 'null')::text, coalesce(after, 'null')::text
                   from audit order by owner, number";
        let (mut transactions, mut lives): (Vec<Transaction>, Vec<Life>) = (Vec::new(), Vec::new());
        let mut current = String::new();
        for row in database.connect().await.query(sql, &[]).await.unwrap() {
            let state = |column| timeless(serde_json::from_str(row.get(column)).unwrap());
            let (owner, transaction): (String, String) = (row.get(0), row.get(1));
            let change = Change { task: row.get(3), before: state(4), after: state(5), revision: row.get(2) };
            if change.task.is_none() && change.before.is_null() {
                let epoch = change.after["epoch"].clone();
                lives.push(Life { owner, epoch, born: change.revision, revisions: Vec::new(), is_over: false });
                continue;
            }
            let life =
                lives.last_mut().filter(|life| life.owner == owner && !life.is_over).expect("a user who writes exists");
            if change.task.is_some() {
                life.revisions.push(change.revision);
            } else {
                life.is_over = true;
            }
            if current != transaction {
                transactions.push(Transaction { owner, changes: Vec::new() });
                current = transaction;
            }
            transactions.last_mut().unwrap().changes.push(change);
        }
        History::of(transactions, lives)
    }
}

impl History {
    fn of(transactions: Vec<Transaction>, lives: Vec<Life>) -> Self {
        let (mut states, mut deleted) = (HashMap::new(), HashSet::new());
        for change in transactions.iter().flat_map(|transaction| &transaction.changes) {
            let Some(task) = change.task else { continue };
            states.insert((task, change.revision), change.after.clone());
            if change.after.is_null() || change.after["deleted_at"] == true {
                deleted.insert(task);
            }
        }
        let last = last(&transactions);
        Self { transactions, lives, states, last, deleted }
    }

    /// Whether a task that a client was shown really had these values.
    pub(super) fn knows(&self, shown: &Value) -> bool {
        let id = shown["id"].as_str().and_then(|id| id.parse().ok());
        let state = id.zip(shown["revision"].as_i64()).and_then(|key| self.states.get(&key));
        let shown = timeless(shown.clone());
        // The columns that are shown as they are stored.
        let names = ["id", "owner_user_id", "title", "description", "completed", "tags", "position", "deleted_at"];
        state.is_some_and(|state| names.iter().all(|name| state[name] == shown[name]))
    }

    /// Whether a task that a client was told is deleted was really deleted once.
    pub(super) fn knows_deleted(&self, id: &Value) -> bool {
        id.as_str().and_then(|id| id.parse().ok()).is_some_and(|id: Uuid| self.deleted.contains(&id))
    }

    /// Whether a task was the last in its owner's order while it had this revision.
    pub(super) fn stood_last(&self, task: Uuid, revision: i64) -> bool {
        self.last.contains(&(task, revision))
    }

    /// Asserts that every user's revisions have no gaps, that a recreated user's revisions are higher than all before,
    /// and that the tasks are those that the changes have left.
    pub(super) async fn assert_gapless(&self, database: &Database) {
        for life in &self.lives {
            let expected: Vec<_> = (life.born + 1..).take(life.revisions.len()).collect();
            assert_eq!(life.revisions, expected, "{}", life.owner);
        }
        for pair in self.lives.windows(2).filter(|pair| pair[0].owner == pair[1].owner) {
            assert!(
                Some(&pair[1].born) > pair[0].revisions.last(),
                "{} was recreated with old revisions",
                pair[0].owner
            );
        }
        let epochs: BTreeSet<_> = self.lives.iter().map(|life| life.epoch.to_string()).collect();
        assert_eq!(epochs.len(), self.lives.len(), "an epoch was used again");

        let client = database.connect().await;
        let living = self.lives.iter().filter(|life| !life.is_over);
        let living: BTreeMap<String, (i64, String)> = living
            .map(|life| {
                let revision = life.revisions.last().copied().unwrap_or(life.born);
                (life.owner.clone(), (revision, life.epoch.as_str().unwrap().to_owned()))
            })
            .collect();
        let users = client.query("select id, revision, epoch::text from users", &[]).await.unwrap();
        let users: BTreeMap<String, (i64, String)> =
            users.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect();
        assert_eq!(users, living);

        let tasks = client.query("select id, to_jsonb(tasks)::text from tasks", &[]).await.unwrap();
        let tasks: BTreeMap<Uuid, Value> =
            tasks.iter().map(|row| (row.get(0), timeless(serde_json::from_str(row.get(1)).unwrap()))).collect();
        assert_eq!(tasks, self.tasks());
        crate::assert_counted(&client).await;
    }

    /// The tasks that the changes have left.
    fn tasks(&self) -> BTreeMap<Uuid, Value> {
        let mut tasks: BTreeMap<Uuid, Value> = BTreeMap::new();
        for transaction in &self.transactions {
            for change in &transaction.changes {
                match change.task {
                    None => tasks.retain(|_, task| task["owner_user_id"] != *transaction.owner),
                    Some(id) if change.after.is_null() => drop(tasks.remove(&id)),
                    Some(id) => drop(tasks.insert(id, change.after.clone())),
                }
            }
        }
        tasks
    }
}

/// Every task that was the last in its owner's order at some time, with its revision at that time. Tasks in the trash
/// keep their positions.
fn last(transactions: &[Transaction]) -> HashSet<(Uuid, i64)> {
    let mut orders: BTreeMap<&str, BTreeSet<(&str, Uuid)>> = BTreeMap::new();
    let (mut revisions, mut last) = (HashMap::new(), HashSet::new());
    for transaction in transactions {
        let order = orders.entry(&transaction.owner).or_default();
        for change in &transaction.changes {
            let Some(task) = change.task else {
                order.clear();
                continue;
            };
            if let Some(position) = change.before["position"].as_str() {
                order.remove(&(position, task));
            }
            if let Some(position) = change.after["position"].as_str() {
                order.insert((position, task));
            }
            revisions.insert(task, change.revision);
            last.extend(order.last().map(|(_, task)| (*task, revisions[task])));
        }
    }
    last
}
