//! What really happened, by the database's own account: every change of a task, with the revision that it was given.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use testing::postgres::Database;
use uuid::Uuid;

use crate::operations::timeless;

/// Writes every change of a task down, in the same transaction. (A task that is deleted gets no revision, but its owner
/// moves on by one at the end of the write.)
pub(super) struct Audit;

const TRIGGER: &str = "
    create table audit (owner text, revision bigint, task uuid, before jsonb, after jsonb);
    create function audit() returns trigger language plpgsql security definer as $$
    begin
        insert into public.audit
        select id, coalesce(new.revision, revision + 1), coalesce(new.id, old.id), to_jsonb(old), to_jsonb(new)
        from public.users where id = coalesce(new.owner_user_id, old.owner_user_id);
        return null;
    end $$;
    create trigger audit after insert or update or delete on tasks for each row execute function audit();";

/// One change.
pub(super) struct Change {
    pub(super) owner: String,
    pub(super) task: Uuid,
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) revision: i64,
}

/// All of them.
pub(super) struct History {
    pub(super) changes: Vec<Change>,
    states: HashMap<(Uuid, i64), Value>,
    last: HashSet<(Uuid, i64)>,
}

impl Change {
    pub(super) fn toggles(&self) -> bool {
        self.before["completed"] != self.after["completed"]
    }
}

impl Audit {
    pub(super) async fn of(database: &Database) -> Self {
        database.connect().await.batch_execute(TRIGGER).await.unwrap();
        Self
    }

    pub(super) async fn read(&self, database: &Database) -> History {
        let sql = "select owner, revision, task, coalesce(before, 'null')::text, coalesce(after, 'null')::text
                   from audit order by owner, revision";
        let (mut changes, mut states) = (Vec::new(), HashMap::new());
        for row in database.connect().await.query(sql, &[]).await.unwrap() {
            let state = |column| timeless(serde_json::from_str(row.get(column)).unwrap());
            let (task, revision, after) = (row.get(2), row.get(1), state(4));
            states.insert((task, revision), after.clone());
            changes.push(Change { owner: row.get(0), task, before: state(3), after, revision });
        }
        let last = last(&changes);
        History { changes, states, last }
    }
}

/// The tasks that at any time stood behind all others of their owner's, each at the revision that it then had.
fn last(changes: &[Change]) -> HashSet<(Uuid, i64)> {
    let mut orders: BTreeMap<&str, BTreeSet<(&str, Uuid)>> = BTreeMap::new();
    let (mut revisions, mut last) = (HashMap::new(), HashSet::new());
    for change in changes {
        let order = orders.entry(&change.owner).or_default();
        if let Some(position) = change.before["position"].as_str() {
            order.remove(&(position, change.task));
        }
        if let Some(position) = change.after["position"].as_str() {
            order.insert((position, change.task));
        }
        revisions.insert(change.task, change.revision);
        last.extend(order.last().map(|(_, task)| (*task, revisions[task])));
    }
    last
}

impl History {
    /// Whether a task as a client was shown it is one as it was.
    pub(super) fn knows(&self, shown: &Value) -> bool {
        let id = shown["id"].as_str().and_then(|id| id.parse().ok());
        let state = id.zip(shown["revision"].as_i64()).and_then(|key| self.states.get(&key));
        // Columns that are shown as they are kept.
        let names = ["id", "owner_user_id", "title", "description", "completed", "tags", "position"];
        state.is_some_and(|state| names.iter().all(|name| state[name] == shown[name]))
    }

    /// Whether a task stood behind all others of its owner's while it was at this revision.
    pub(super) fn stood_last(&self, task: Uuid, revision: i64) -> bool {
        self.last.contains(&(task, revision))
    }

    /// Every user's revisions are 1, 2, 3 …, and the tasks that there are are those of the last changes.
    pub(super) async fn assert_gapless(&self, database: &Database) {
        let mut revisions: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        let mut last: BTreeMap<Uuid, &Value> = BTreeMap::new();
        for change in &self.changes {
            revisions.entry(&change.owner).or_default().push(change.revision);
            last.insert(change.task, &change.after);
        }
        let client = database.connect().await;
        for row in client.query("select id, revision from users", &[]).await.unwrap() {
            let (id, revision): (String, i64) = (row.get(0), row.get(1));
            let expected: Vec<_> = (1..=revision).collect();
            assert_eq!(revisions.remove(&*id).unwrap_or_default(), expected, "{id}");
        }
        let tasks = client.query("select id, to_jsonb(tasks)::text from tasks", &[]).await.unwrap();
        let tasks: BTreeMap<Uuid, Value> =
            tasks.iter().map(|row| (row.get(0), timeless(serde_json::from_str(row.get(1)).unwrap()))).collect();
        let last: BTreeMap<_, _> =
            last.into_iter().filter(|(_, task)| !task.is_null()).map(|(id, task)| (id, task.clone())).collect();
        assert_eq!(tasks, last);
    }
}
